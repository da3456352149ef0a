import type { VirtualHost } from './table.ts';

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/**
 * How a virtual host is served on a TLS listener (Gloo `sslConfig`): ids into `Secrets` for PEM texts, and the server names it
 * is for (empty: any).
 */
export interface TlsContext {
  readonly certificateSecret: string;
  readonly keySecret: string;
  /** Lower case: `host` or `*.suffix`. */
  readonly sniDomains: readonly string[];
  /** Present: who does not prove to be one of them gets no connection. */
  readonly clients?: TlsClients;
  /** Default TLSv1.2. */
  readonly minVersion?: TlsVersion;
  /** Default TLSv1.3. */
  readonly maxVersion?: TlsVersion;
  /** For TLSv1.2, by their names in OpenSSL. Default: those of the engine. */
  readonly ciphers?: readonly string[];
  /** Groups of the key exchange. Default: those of the engine. */
  readonly curves?: readonly string[];
  /** The first that the client has as well. Default: h2, http/1.1. */
  readonly alpn?: readonly string[];
  /** Each connection begins with a whole handshake. */
  readonly noResumption?: true;
  /** In milliseconds. Default: that of the engine. */
  readonly handshakeTimeoutMs?: number;
}

/** Clients that are let in. */
export interface TlsClients {
  /** Id into `Secrets`: PEM of the authorities that certify them. */
  readonly authoritiesSecret: string;
  /** One of these has to be a subject alternative name. Empty: whoever is certified. */
  readonly names: readonly string[];
}

/** Virtual hosts with one and the same TLS, and the server names that lead to them: Envoy's filter chain. */
export interface TlsGroup {
  readonly tls: TlsContext;
  readonly hosts: readonly VirtualHost[];
  /** Those that no earlier group has; may hold patterns of domains. */
  readonly names: readonly string[];
  /** For every name that no group has, and for clients that send none. */
  readonly isDefault: boolean;
}

interface OpenGroup extends TlsGroup {
  readonly hosts: VirtualHost[];
  readonly names: string[];
  isDefault: boolean;
}

/**
 * Groups the hosts of a listener by all of their TLS but the server names. Without `sniDomains` a host is for its own domains,
 * and the first such one for whatever nobody else has (Gloo: any).
 */
export function tlsGroups(hosts: readonly VirtualHost[]): readonly TlsGroup[] {
  const groups = new Map<string, OpenGroup>();
  const taken = new Set<string>();
  let hasDefault = false;
  for (const host of hosts) {
    const { tls, domains } = host;
    if (tls === undefined) continue;
    const key = tlsKey(tls);
    const group = groups.get(key) ?? { tls, hosts: [], names: [], isDefault: false };
    groups.set(key, group);
    group.hosts.push(host);
    for (const name of serverNames(tls, domains)) {
      if (taken.has(name)) continue;
      taken.add(name);
      group.names.push(name);
    }
    if (tls.sniDomains.length > 0 || hasDefault) continue;
    hasDefault = true;
    group.isDefault = true;
  }
  return [...groups.values()];
}

/** Equal for hosts that may share connections. */
export function tlsKey({ sniDomains: _names, ...rest }: TlsContext): string {
  return JSON.stringify(rest);
}

/** The names that lead to a host. */
export function serverNames(
  { sniDomains }: Pick<TlsContext, 'sniDomains'>,
  domains: readonly string[],
): readonly string[] {
  if (sniDomains.length > 0) return sniDomains.map((name) => name.toLowerCase());
  return domains.map((domain) => domain.replace(/:\d+$/, '')).filter((name) => name !== '*');
}
