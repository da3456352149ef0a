import { refKey } from '../api/resource.ts';
import type { Ref } from '../api/schema.ts';
import type { SslConfig } from '../api/virtual-service.ts';
import type { TlsContext } from '../ir/tls.ts';
import { certificateFault } from './certificates.ts';
import { compileClients } from './client-certificates.ts';
import type { ServedCertificate } from './context.ts';
import { resourceKey } from './core-kinds.ts';
import { copyFindings, createFindings, type Note } from './findings.ts';
import { permitted } from './namespaces.ts';
import type { HostScope } from './providers.ts';
import { findSecret, foundSecret, keepSecret, type FoundSecret } from './secrets.ts';
import { compileTlsParameters } from './server-tls-parameters.ts';

const path = 'spec.sslConfig.secretRef';

/** The virtual host that is served, and which version of it is compiled. */
export interface TlsScope extends HostScope {
  /** `metadata.uid` of its VirtualService. */
  readonly uid: string | undefined;
  /** The last good version: it may go on with the certificate that it served with. */
  readonly lastGood: boolean;
}

/** What TLS is served with. */
export interface ServerTls {
  readonly context: TlsContext;
  readonly certificate: ServedCertificate;
  /** The Secret holds it no longer. */
  readonly isLast: boolean;
}

/** Without a good certificate the host cannot be served, and never without TLS: the resource is refused, as by Gloo. */
export function compileTls(ssl: SslConfig, scope: TlsScope): ServerTls | undefined {
  if (!ssl.secretRef) {
    scope.findings.error({
      reason: 'Unsupported',
      path: 'spec.sslConfig',
      what: 'certificates are only read from a Secret yet, so the host is not served',
      found: 'no secretRef',
      accepted: 'secretRef',
    });
    return undefined;
  }
  const findings = createFindings();
  const secret = findSecret(ssl.secretRef, { ...scope, findings, path, required: true });
  const fault = secret && pairFault(secret);
  if (secret && !fault) {
    const certificate = { uid: scope.uid, secret: secret.body };
    return { context: tlsContext(ssl, [secret], scope), certificate, isLast: false };
  }
  if (fault) findings.error(fault);
  const last = scope.lastGood ? lastCertificate(ssl.secretRef, scope) : undefined;
  if (last) {
    const now = secret ? [secret] : [];
    const context = tlsContext(ssl, [foundSecret(last.secret), ...now], scope);
    return { context, certificate: last, isLast: true };
  }
  copyFindings(findings, scope.findings, () => false);
  return undefined;
}

/**
 * What the host served with, as long as it names the same Secret and may: also when that was deleted, since whoever takes a
 * host out of service deletes the VirtualService. One that was made anew under the same name is another Secret.
 */
function lastCertificate(
  ref: Ref,
  { context, namespace, name, uid }: TlsScope,
): ServedCertificate | undefined {
  const owner = ref.namespace ?? namespace;
  if (!permitted(owner, namespace, context.settings.sharedSecrets)) return undefined;
  const last = context.lastCertificates.get(refKey({ kind: 'VirtualService', namespace, name }));
  const key = resourceKey({ namespace: owner, name: ref.name });
  if (last?.uid !== uid || !last || resourceKey(last.secret.metadata) !== key) return undefined;
  const now = context.secretBodies.get(key);
  return !now || now.metadata.uid === last.secret.metadata.uid ? last : undefined;
}

/** The pair is that of the first Secret; who asks for certificates of clients today is asked first. */
function tlsContext(
  ssl: SslConfig,
  secrets: readonly [FoundSecret, ...FoundSecret[]],
  { context, findings }: HostScope,
): TlsContext {
  const [{ id, read }] = secrets;
  const clients = compileClients(ssl, { secrets: secrets.toReversed(), context, findings });
  return {
    certificateSecret: keepSecret(context, `${id}/tls.crt`, read('tls.crt') ?? ''),
    keySecret: keepSecret(context, `${id}/tls.key`, read('tls.key') ?? ''),
    ...compileTlsParameters(ssl, findings),
    ...(clients ? { clients } : {}),
  };
}

function pairFault({ id, body, read }: FoundSecret): Note | undefined {
  const [certificate, key] = [read('tls.crt'), read('tls.key')];
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
