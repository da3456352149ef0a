import { readFileSync, writeFileSync } from 'node:fs';

import { openssl } from './openssl.ts';
import { createTempFolder } from './temp-folder.ts';

/** A certificate and its key, in PEM. */
interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface Pki {
  readonly authority: string;
  /** Certifies names such as `DNS:a.test`. */
  readonly issue: (subjectAltName: string) => KeyPair;
}

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** An authority of its own; what it issues lives for two days. */
export function createPki(name = 'authority.test'): Pki {
  using folder = createTempFolder();
  const [caKey, caCert] = [folder.pathOf('ca.key'), folder.pathOf('ca.crt')];
  const made = ['req', '-x509', ...curve, '-days', '2', '-subj', `/CN=${name}`];
  openssl(...made, '-keyout', caKey, '-out', caCert);
  const ca = { cert: readFileSync(caCert, 'utf8'), key: readFileSync(caKey, 'utf8') };
  return { authority: ca.cert, issue: (subjectAltName) => issue(ca, subjectAltName) };
}

function issue(ca: KeyPair, subjectAltName: string): KeyPair {
  using folder = createTempFolder();
  writeFileSync(folder.pathOf('ca.crt'), ca.cert);
  writeFileSync(folder.pathOf('ca.key'), ca.key);
  const [key, cert] = [folder.pathOf('tls.key'), folder.pathOf('tls.crt')];
  const signer = ['-CA', folder.pathOf('ca.crt'), '-CAkey', folder.pathOf('ca.key')];
  const subject = ['-subj', '/CN=leaf', '-addext', `subjectAltName=${subjectAltName}`];
  const usage = ['-addext', 'basicConstraints=critical,CA:FALSE'];
  openssl(
    'req',
    '-x509',
    ...curve,
    '-days',
    '2',
    ...subject,
    ...usage,
    ...signer,
    '-keyout',
    key,
    '-out',
    cert,
  );
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}
