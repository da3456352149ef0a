import { createSecureContext, type SecureContext } from 'node:tls';

import type { Secrets, TlsContext, VirtualHost } from '../ir/table.ts';
import { prepareDomains } from './domains.ts';

/** The certificates of a TLS listener. */
export interface Certificates {
  /** By the server name that the client asked for; undefined: there is none for it. Throws on a PEM that does not load. */
  readonly find: (serverName: string) => SecureContext | undefined;
  /** For clients that ask for no name. */
  readonly fallback: CertificatePem | undefined;
  /** By the ids of their secrets, which change with the values. */
  readonly loaders: ReadonlyMap<string, Loader>;
}

type Loader = () => SecureContext | undefined;

/** PEM texts, as node:tls takes them. */
interface CertificatePem {
  readonly cert: string;
  readonly key: string;
}

/**
 * The names are those of `sslConfig.sniDomains`; without them the certificate serves the domains of its virtual host, and
 * any other name that nobody else has (Gloo: any). What the former ones have loaded serves on.
 */
export function prepareCertificates(
  virtualHosts: readonly VirtualHost[],
  secrets: Secrets,
  former?: Certificates,
): Certificates {
  const loaders = new Map<string, Loader>();
  const loaderOf = (tls: TlsContext): Loader => {
    const key = `${tls.certificateSecret} ${tls.keySecret}`;
    const known = loaders.get(key) ?? former?.loaders.get(key) ?? loader(pem(tls, secrets));
    loaders.set(key, known);
    return known;
  };
  const served = virtualHosts.flatMap(({ tls, domains }) =>
    tls === undefined ? [] : [{ tls, domains, load: loaderOf(tls) }],
  );
  const entries = served.flatMap(({ tls, domains, load }) => {
    const names = tls.sniDomains.length > 0 ? tls.sniDomains : [...domains.map(withoutPort), '*'];
    return names.map((name) => [name.toLowerCase(), load] as const);
  });
  const byName = prepareDomains(entries);
  const any = served.find(({ tls }) => tls.sniDomains.length === 0)?.tls;
  return {
    find: (serverName) => byName.find(serverName.toLowerCase())?.(),
    fallback: any && pem(any, secrets),
    loaders,
  };
}

function withoutPort(domain: string): string {
  return domain.replace(/:\d+$/, '');
}

function pem(tls: TlsContext, secrets: Secrets): CertificatePem | undefined {
  const cert = secrets[tls.certificateSecret];
  const key = secrets[tls.keySecret];
  return cert === undefined || key === undefined ? undefined : { cert, key };
}

/** Loaded on the first handshake that needs it, so that one bad certificate hurts only its own names. */
function loader(texts: CertificatePem | undefined): Loader {
  let context: SecureContext | undefined;
  return () => {
    context ??= texts && createSecureContext({ ...texts, minVersion: 'TLSv1.2' });
    return context;
  };
}
