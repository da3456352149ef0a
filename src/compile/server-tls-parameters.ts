import { getCiphers } from 'node:tls';

import { tlsVersions } from '../api/tls-parameters.ts';
import type { SslConfig } from '../api/virtual-service.ts';
import { durationMs } from '../base/duration.ts';
import type { TlsContext, TlsVersion } from '../ir/tls.ts';
import { enumName } from './enum-name.ts';
import { shown, type Findings } from './findings.ts';

const path = 'spec.sslConfig.parameters';

/** What of a TLS context is no certificate. */
type TlsParameters = Omit<TlsContext, 'certificateSecret' | 'keySecret' | 'clients'>;

/** Versions, ciphers, names and protocols; what no engine would take is an error, and older than TLS 1.2 is not spoken. */
export function compileTlsParameters(ssl: SslConfig, findings: Findings): TlsParameters {
  const { parameters = {}, alpnProtocols: alpn = [], disableTlsSessionResumption } = ssl;
  const { cipherSuites: ciphers = [], ecdhCurves: curves = [] } = parameters;
  checkNames(ciphers, { field: `${path}.cipherSuites`, known: knownCiphers(), findings });
  checkNames(curves, { field: `${path}.ecdhCurves`, known: knownCurves, findings });
  const handshakeTimeoutMs = durationMs(ssl.transportSocketConnectTimeout ?? '') || undefined;
  return {
    sniDomains: compileServerNames(ssl.sniDomains ?? [], findings),
    ...versions(parameters, findings),
    ...(ciphers.length > 0 ? { ciphers: ciphers.flatMap(withoutBrackets) } : {}),
    ...(curves.length > 0 ? { curves } : {}),
    ...(alpn.length > 0 ? { alpn } : {}),
    ...(disableTlsSessionResumption === true ? { noResumption: true } : {}),
    ...(handshakeTimeoutMs === undefined ? {} : { handshakeTimeoutMs }),
  };
}

function versions(
  { minimumProtocolVersion, maximumProtocolVersion }: NonNullable<SslConfig['parameters']>,
  findings: Findings,
): { readonly minVersion?: TlsVersion; readonly maxVersion?: TlsVersion } {
  const oldest = tlsVersions.indexOf(enumName(minimumProtocolVersion, tlsVersions));
  const newest = tlsVersions.indexOf(enumName(maximumProtocolVersion, tlsVersions));
  const [tls12, tls13] = [tlsVersions.indexOf('TLSv1_2'), tlsVersions.indexOf('TLSv1_3')];
  if (newest > 0 && newest < Math.max(oldest, tls12)) {
    findings.error({
      reason: 'InvalidValue',
      path: `${path}.maximumProtocolVersion`,
      what: 'no version of TLS is left',
      found: tlsVersions[newest] ?? '',
      accepted: 'TLSv1_2 or TLSv1_3, and not older than minimumProtocolVersion',
    });
  } else if (oldest > 0 && oldest < tls12) {
    findings.warn({
      reason: 'Unsupported',
      path: `${path}.minimumProtocolVersion`,
      what: 'versions of TLS older than 1.2 can be broken (RFC 8996): TLSv1_2 is the oldest that is spoken',
    });
  }
  return {
    ...(oldest === tls13 ? { minVersion: 'TLSv1.3' } : {}),
    ...(newest === tls12 ? { maxVersion: 'TLSv1.2' } : {}),
  };
}

interface NameCheck {
  readonly field: string;
  readonly known: ReadonlySet<string>;
  readonly findings: Findings;
}

function checkNames(names: readonly string[], { field, known, findings }: NameCheck): void {
  for (const [index, written] of names.entries()) {
    if (withoutBrackets(written).every((name) => known.has(name))) continue;
    findings.error({
      reason: 'InvalidValue',
      path: `${field}[${index}]`,
      what: 'the name is not known',
      found: shown(written),
      accepted: [...known].join(', '),
    });
  }
}

/** BoringSSL writes ciphers of equal rank as `[A|B]`. */
function withoutBrackets(written: string): readonly string[] {
  return /^\[.+\]$/.test(written) ? written.slice(1, -1).split('|') : [written];
}

const knownCurves: ReadonlySet<string> = new Set([
  'X25519MLKEM768',
  'X25519',
  'P-256',
  'P-384',
  'P-521',
]);

let ciphersOfBoth: ReadonlySet<string> | undefined;

/** Those with forward secrecy or at least authenticated encryption, which both engines have. */
function knownCiphers(): ReadonlySet<string> {
  if (ciphersOfBoth) return ciphersOfBoth;
  const own = new Set(getCiphers().map((name) => name.toUpperCase()));
  ciphersOfBoth = new Set(envoyCiphers.filter((name) => own.has(name)));
  return ciphersOfBoth;
}

const envoyCiphers: readonly string[] = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-ECDSA-AES256-SHA',
  'ECDHE-RSA-AES256-SHA',
  'AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'AES128-SHA',
  'AES256-SHA',
];

const serverName = /^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;

function compileServerNames(written: readonly string[], findings: Findings): readonly string[] {
  const names = written.map((name) => name.toLowerCase());
  for (const [index, name] of names.entries()) {
    if (serverName.test(name)) continue;
    findings.error({
      reason: 'InvalidDomain',
      path: `spec.sslConfig.sniDomains[${index}]`,
      what: 'no client asks for such a server name',
      found: shown(written[index] ?? ''),
      accepted: 'a host or *.suffix; without sniDomains any name',
    });
  }
  return [...new Set(names)];
}
