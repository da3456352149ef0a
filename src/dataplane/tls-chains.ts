import { constants } from 'node:crypto';
import type { TlsOptions } from 'node:tls';

import type { Secrets, VirtualHost } from '../ir/table.ts';
import { tlsGroups, type TlsContext, type TlsGroup } from '../ir/tls.ts';
import { prepareDomains } from './domains.ts';

/** How connections for some server names are taken, and what they may ask for (Envoy: filter chain). */
export interface TlsChain {
  /** Equal keys: equal in all that a handshake depends on, the values of secrets included. */
  readonly key: string;
  /** For node:tls. */
  readonly options: TlsOptions;
  readonly clients: TlsClientRule | undefined;
  /** Names of the virtual hosts that a connection of it may ask for. */
  readonly hosts: ReadonlySet<string>;
}

/** Who may connect. */
export interface TlsClientRule {
  /** Equal keys: whom one lets in the other lets in. */
  readonly key: string;
  /** Subject alternative names of which a client has to have one; empty: any. */
  readonly names: readonly string[];
}

/** The chains of a TLS listener. */
export interface TlsChains {
  /** Undefined: nobody is served under that name; without a name, the chain for clients that ask for none. */
  readonly find: (serverName: string | undefined) => TlsChain | undefined;
  readonly all: readonly TlsChain[];
}

/** Prepares the chains of a listener from the hosts that it serves. */
export function prepareTlsChains(hosts: readonly VirtualHost[], secrets: Secrets): TlsChains {
  const entries = tlsGroups(hosts).map((group) => ({ group, chain: prepareChain(group, secrets) }));
  const byName = prepareDomains(
    entries.flatMap(({ group, chain }) => group.names.map((name) => [name, chain] as const)),
  );
  const fallback = entries.find(({ group }) => group.isDefault)?.chain;
  return {
    find: (name) => (name === undefined ? fallback : (byName.find(name) ?? fallback)),
    all: entries.map(({ chain }) => chain),
  };
}

function prepareChain({ tls, hosts }: TlsGroup, secrets: Secrets): TlsChain {
  const { sniDomains: _names, ...rest } = tls;
  const { clients } = tls;
  return {
    // Ids of secrets end in a hash of the value.
    key: JSON.stringify(rest),
    options: tlsOptions(tls, secrets),
    clients: clients && { key: JSON.stringify(clients), names: clients.names },
    hosts: new Set(hosts.map(({ name }) => name)),
  };
}

/** TLS 1.3 has its own ciphers, which nothing can narrow; node takes both kinds in one list. */
const tls13Ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
];

function tlsOptions(tls: TlsContext, secrets: Secrets): TlsOptions {
  const { clients, ciphers, curves, handshakeTimeoutMs } = tls;
  return {
    cert: secrets[tls.certificateSecret],
    key: secrets[tls.keySecret],
    minVersion: tls.minVersion ?? 'TLSv1.2',
    maxVersion: tls.maxVersion ?? 'TLSv1.3',
    ALPNProtocols: [...(tls.alpn ?? ['h2', 'http/1.1'])],
    ...(ciphers ? { ciphers: [...tls13Ciphers, ...ciphers].join(':') } : {}),
    ...(curves ? { ecdhCurve: curves.join(':') } : {}),
    ...(tls.noResumption === true ? { secureOptions: constants.SSL_OP_NO_TICKET } : {}),
    ...(handshakeTimeoutMs === undefined ? {} : { handshakeTimeout: handshakeTimeoutMs }),
    ...(clients ? clientOptions(secrets[clients.authoritiesSecret]) : {}),
  };
}

/** An intermediate authority in the Secret is trusted by itself, as in Envoy. */
function clientOptions(ca: string | undefined): TlsOptions {
  return {
    requestCert: true,
    rejectUnauthorized: true,
    // An empty list is nobody; without one node would trust the authorities of the system.
    ca: ca === undefined ? [] : [ca],
    allowPartialTrustChain: true,
  };
}
