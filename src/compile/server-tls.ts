import type { SslConfig } from '../api/virtual-service.ts';
import type { TlsContext } from '../ir/table.ts';
import { certificateFault } from './certificates.ts';
import type { Note } from './findings.ts';
import type { HostScope } from './providers.ts';
import { findSecret, keepSecret, type FoundSecret } from './secrets.ts';

const path = 'spec.sslConfig.secretRef';

/** Without a good certificate the host cannot be served, and never without TLS: the resource is refused, as by Gloo. */
export function compileTls(ssl: SslConfig, scope: HostScope): TlsContext | undefined {
  const { context, findings } = scope;
  if (!ssl.secretRef) {
    findings.error({
      reason: 'Unsupported',
      path: 'spec.sslConfig',
      what: 'certificates are only read from a Secret yet, so the host is not served',
      found: 'no secretRef',
      accepted: 'secretRef',
    });
    return undefined;
  }
  const secret = findSecret(ssl.secretRef, { ...scope, path, required: true });
  if (!secret) return undefined;
  checkClients(ssl, secret, scope);
  const certificate = secret.read('tls.crt');
  const key = secret.read('tls.key');
  const fault = pairFault(secret, certificate, key);
  if (fault) findings.error(fault);
  if (certificate === undefined || key === undefined) return undefined;
  return {
    certificateSecret: keepSecret(context, `${secret.id}/tls.crt`, certificate),
    keySecret: keepSecret(context, `${secret.id}/tls.key`, key),
    sniDomains: (ssl.sniDomains ?? []).map((domain) => domain.toLowerCase()),
  };
}

function pairFault(
  { id, body }: FoundSecret,
  certificate: string | undefined,
  key: string | undefined,
): Note | undefined {
  const what = 'no certificate to serve with';
  const accepted = 'a kubernetes.io/tls Secret';
  if (certificate === undefined || key === undefined) {
    const found = `no tls.crt and tls.key in Secret ${id}`;
    return { reason: 'SecretNotFound', path, what, found, accepted };
  }
  const fault = certificateFault(body, certificate, key);
  if (fault === '') return undefined;
  const found = `tls.crt and tls.key in Secret ${id} that do not load (${fault})`;
  return { reason: 'InvalidKey', path, what, found, accepted };
}

/** Certificates of clients are not checked yet: whoever asks for that is not served without. */
function checkClients(ssl: SslConfig, secret: FoundSecret, { findings }: HostScope): void {
  if (ssl.oneWayTls === true) return;
  const names = ssl.verifySubjectAltName ?? [];
  if (secret.read('ca.crt') === undefined && names.length === 0) return;
  findings.error({
    reason: 'Unsupported',
    path: names.length > 0 ? 'spec.sslConfig.verifySubjectAltName' : path,
    what: 'client certificates are not checked yet, so the host is not served',
    found: names.length > 0 ? 'names of clients' : `ca.crt in Secret ${secret.id}`,
    accepted: 'oneWayTls: true, or a Secret without ca.crt',
  });
}
