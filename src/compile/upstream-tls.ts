import { getCiphers } from 'node:tls';

import type { Resource } from '../api/resource.ts';
import { tlsVersions } from '../api/tls-parameters.ts';
import type { UpstreamSslSpec } from '../api/upstream-ssl.ts';
import type { UpstreamTls } from '../ir/cluster.ts';
import { certificateFault, isCertificate } from './certificates.ts';
import { enumName } from './enum-name.ts';
import { shown, type Findings } from './findings.ts';
import { checkServerName } from './host-names.ts';
import { findSecret, keepSecret, type FoundSecret, type SecretUse } from './secrets.ts';

/** Gloo checks the certificates of an Upstream only against a CA that is given; then a Warning says so. */
export function compileTls(
  { spec }: Resource<'Upstream'>,
  use: SecretUse,
  alwaysVerify: boolean,
): UpstreamTls {
  const ssl = spec.sslConfig ?? {};
  const { sni, secretRef, verifySubjectAltName: names = [] } = ssl;
  if (sni) checkServerName(sni, 'spec.sslConfig.sni', use.findings);
  const at = { ...use, path: 'spec.sslConfig.secretRef' };
  const secret = secretRef && findSecret(secretRef, at);
  const ca = secret && readAuthorities(secret, at);
  // Other ways to name authorities are not read yet; then those of the system have to do, rather than none.
  const asksToVerify =
    secretRef !== undefined ||
    ssl.sslFiles !== undefined ||
    ssl.sds !== undefined ||
    names.length > 0;
  const verify = alwaysVerify || asksToVerify;
  if (!verify) {
    use.findings.warn({
      reason: 'InsecureUpstream',
      path: 'spec.sslConfig',
      what: 'the certificate of the server is not checked: name a Secret with ca.crt in sslConfig.secretRef',
    });
  }
  warnAlpn(ssl, use.findings);
  return {
    ...(sni ? { sni } : {}),
    verify,
    ...(ca === undefined ? {} : { ca }),
    ...(secret && ownCertificate(secret, at)),
    ...(names.length > 0 ? { names } : {}),
    ...parametersOf(ssl.parameters ?? {}, use.findings),
  };
}

function readAuthorities(secret: FoundSecret, use: SecretUse): string | undefined {
  const ca = secret.read('ca.crt');
  if (ca === undefined) {
    use.findings.warn({
      reason: 'SecretNotFound',
      path: use.path,
      what: 'certificates are checked against the authorities of the system',
      found: `no entry ca.crt in ${secret.id}`,
      accepted: 'an entry ca.crt',
    });
  } else if (!isCertificate(ca)) {
    use.findings.error({
      reason: 'InvalidUpstream',
      path: use.path,
      what: 'no server could be trusted',
      found: `an entry ca.crt in ${secret.id} that is no certificate`,
      accepted: 'certificates in PEM',
    });
  }
  return ca;
}

/** What the gateway shows to servers that ask for it, where the Secret has it. */
function ownCertificate(
  { id, body, read }: FoundSecret,
  { context, findings, path }: SecretUse,
): Pick<UpstreamTls, 'certificateSecret' | 'keySecret'> {
  const [certificate, key] = [read('tls.crt') || undefined, read('tls.key') || undefined];
  if (certificate === undefined && key === undefined) return {};
  const fault =
    certificate === undefined || key === undefined
      ? 'one of them is missing'
      : certificateFault(body, certificate, key);
  if (fault !== '' || certificate === undefined || key === undefined) {
    findings.error({
      reason: 'InvalidKey',
      path,
      what: 'no certificate to show to the server',
      found: `tls.crt and tls.key in ${id} that do not load (${fault})`,
      accepted: 'a certificate and its key in PEM, or neither',
    });
    return {};
  }
  return {
    certificateSecret: keepSecret(context, `${id}/tls.crt`, certificate),
    keySecret: keepSecret(context, `${id}/tls.key`, key),
  };
}

function warnAlpn({ alpnProtocols = [] }: UpstreamSslSpec, findings: Findings): void {
  const others = alpnProtocols.filter((name) => name !== 'http/1.1' && name !== 'http/1.0');
  if (others.length === 0) return;
  findings.warn({
    reason: 'Unsupported',
    path: 'spec.sslConfig.alpnProtocols',
    what: 'servers are spoken to in HTTP/1.1, and nothing else is offered',
    found: shown(others.join(', ')),
    accepted: 'http/1.1',
  });
}

const path = 'spec.sslConfig.parameters';

function parametersOf(
  spec: NonNullable<UpstreamSslSpec['parameters']>,
  findings: Findings,
): Pick<UpstreamTls, 'minVersion' | 'maxVersion' | 'ciphers' | 'curves'> {
  const { cipherSuites = [], ecdhCurves = [] } = spec;
  const ciphers = cipherSuites.flatMap(withoutBrackets);
  const [minimum, maximum] = [spec.minimumProtocolVersion, spec.maximumProtocolVersion].map(
    (version) => tlsVersions.indexOf(enumName(version, tlsVersions)),
  );
  const [tls12, tls13] = [3, 4];
  const least = Math.max(minimum ?? 0, tls12);
  if (maximum && maximum < least) {
    findings.error({
      reason: 'InvalidValue',
      path: `${path}.maximumProtocolVersion`,
      what: 'no version of TLS is left',
      found: tlsVersions[maximum] ?? '',
      accepted: 'TLSv1_2 or TLSv1_3, and not older than minimumProtocolVersion',
    });
  }
  const known = new Set(getCiphers().map((name) => name.toUpperCase()));
  checkNames(ciphers, known, { field: `${path}.cipherSuites`, findings });
  checkNames(ecdhCurves, knownCurves, { field: `${path}.ecdhCurves`, findings });
  return {
    ...(minimum === tls13 ? { minVersion: 'TLSv1.3' } : {}),
    ...(maximum === tls12 ? { maxVersion: 'TLSv1.2' } : {}),
    ...(ciphers.length > 0 ? { ciphers } : {}),
    ...(ecdhCurves.length > 0 ? { curves: ecdhCurves } : {}),
  };
}

const knownCurves: ReadonlySet<string> = new Set(['X25519', 'P-256', 'P-384', 'P-521']);

function checkNames(
  names: readonly string[],
  known: ReadonlySet<string>,
  { field, findings }: { readonly field: string; readonly findings: Findings },
): void {
  for (const name of names) {
    if (known.has(name.toUpperCase())) continue;
    findings.error({
      reason: 'InvalidValue',
      path: field,
      what: 'the name is not known',
      found: shown(name),
      accepted: field.endsWith('Curves') ? [...known].join(', ') : 'a name of OpenSSL',
    });
  }
}

/** BoringSSL writes ciphers of equal rank as `[A|B]`. */
function withoutBrackets(written: string): readonly string[] {
  return /^\[.+\]$/.test(written) ? written.slice(1, -1).split('|') : [written];
}
