import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';

import type { SslConfig } from '../api/virtual-service.ts';
import type { TlsClients } from '../ir/tls.ts';
import type { Findings } from './findings.ts';
import type { CompileContext } from './context.ts';
import { keepSecret, type FoundSecret } from './secrets.ts';

/** Where the authorities are looked for, the first that has some. */
export interface ClientAuthorities {
  readonly secrets: readonly FoundSecret[];
  readonly context: CompileContext;
  readonly findings: Findings;
}

/** As in Gloo a `ca.crt` in the Secret asks for certificates of clients, unless `oneWayTls`. */
export function compileClients(
  { oneWayTls, verifySubjectAltName: names = [] }: SslConfig,
  { secrets, context, findings }: ClientAuthorities,
): TlsClients | undefined {
  if (oneWayTls === true) return undefined;
  for (const { id, read } of secrets) {
    const pem = read('ca.crt') ?? '';
    if (pem === '') continue;
    const fault = authoritiesFault(pem);
    if (fault !== '') {
      findings.error({
        reason: 'InvalidKey',
        path: 'spec.sslConfig.secretRef',
        what: 'no authorities to check certificates of clients with, so the host is not served',
        found: `ca.crt in Secret ${id} that does not load (${fault})`,
        accepted: 'certificates in PEM, or oneWayTls: true',
      });
    }
    return { authoritiesSecret: keepSecret(context, `${id}/ca.crt`, pem), names };
  }
  if (names.length > 0) {
    findings.error({
      reason: 'SecretNotFound',
      path: 'spec.sslConfig.verifySubjectAltName',
      what: 'without authorities no name of a client can be believed',
      found: 'no ca.crt in the Secret',
      accepted: 'a Secret with ca.crt',
      gloo: 'a root_ca must be provided if verify_subject_alt_name is not empty',
    });
  }
  return undefined;
}

const block = /-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g;

function authoritiesFault(pem: string): string {
  const blocks = [...pem.matchAll(block)];
  if (blocks.length === 0) return 'no PEM block';
  for (const [text, label] of blocks) {
    if (label !== 'CERTIFICATE') return 'another PEM block than a certificate';
    try {
      createSecureContext({ ca: new X509Certificate(text).toString() });
    } catch {
      return 'a certificate that is none';
    }
  }
  return '';
}
