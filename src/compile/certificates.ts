import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { messageOf } from '../base/errors.ts';

/** Loading a pair costs a millisecond; a Secret that has not changed is the same object in the next compile. */
const checked = new WeakMap<object, string>();

/** Why a certificate and a key cannot serve TLS together; empty when they can. `owner` is what both were read from. */
export function certificateFault(owner: object, cert: string, key: string): string {
  const known = checked.get(owner);
  if (known !== undefined) return known;
  const fault = load(cert, key);
  checked.set(owner, fault);
  return fault;
}

function load(cert: string, key: string): string {
  try {
    createSecureContext({ cert, key });
    // OpenSSL itself only notices keys of the same type.
    const fits = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
    return fits ? '' : 'the key is not that of the certificate';
  } catch (thrown) {
    // OpenSSL's texts name the fault and repeat nothing of what it read.
    return messageOf(thrown);
  }
}

/** Whether a text begins with a certificate in PEM. */
export function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}
