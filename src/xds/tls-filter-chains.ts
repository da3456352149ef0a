import { isIP } from 'node:net';

import type { VirtualHost } from '../ir/table.ts';
import { tlsGroups, type TlsClients, type TlsContext, type TlsGroup } from '../ir/tls.ts';
import { secretSource, type Translation } from './translation.ts';
import { protoDuration, typedConfig, type EnvoyConfig } from './typed-config.ts';

/** Filters of a chain: those that serve some hosts and send those who ask for the others away. */
export type ChainFilters = (
  hosts: readonly VirtualHost[],
  others: readonly VirtualHost[],
) => readonly EnvoyConfig[];

/** A chain for each group of hosts with equal TLS, chosen by the server name; without one no handshake begins. */
export function tlsFilterChains(
  hosts: readonly VirtualHost[],
  filtersOf: ChainFilters,
  translation: Translation,
): EnvoyConfig {
  const chains = tlsGroups(hosts).map((group) => ({
    group,
    chain: filterChain(group, filtersOf(group.hosts, without(hosts, group.hosts)), translation),
  }));
  const fallback = chains.find(({ group }) => group.isDefault)?.chain;
  const inspector = typedConfig('extensions.filters.listener.tls_inspector.v3.TlsInspector');
  return {
    listener_filters: [{ name: 'envoy.filters.listener.tls_inspector', typed_config: inspector }],
    filter_chains: chains.flatMap(({ group, chain }) => {
      const names = group.names.filter(isServerName);
      if (names.length === 0) return [];
      return [{ ...chain, filter_chain_match: { server_names: names } }];
    }),
    ...(fallback ? { default_filter_chain: fallback } : {}),
  };
}

function without(
  hosts: readonly VirtualHost[],
  own: readonly VirtualHost[],
): readonly VirtualHost[] {
  return hosts.filter((host) => !own.includes(host));
}

/** Envoy knows names and `*.suffix`; other patterns fall to the default chain. */
function isServerName(name: string): boolean {
  return /^(?:\*\.)?[^*]+$/.test(name);
}

function filterChain(
  { tls, hosts }: TlsGroup,
  filters: readonly EnvoyConfig[],
  translation: Translation,
): EnvoyConfig {
  const { handshakeTimeoutMs } = tls;
  return {
    name: hosts[0]?.name ?? '',
    filters,
    transport_socket: tlsSocket(tls, translation),
    ...(handshakeTimeoutMs === undefined
      ? {}
      : { transport_socket_connect_timeout: protoDuration(handshakeTimeoutMs) }),
  };
}

function tlsSocket(tls: TlsContext, translation: Translation): EnvoyConfig {
  const { clients, ciphers, curves, maxVersion } = tls;
  const message = 'extensions.transport_sockets.tls.v3.DownstreamTlsContext';
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typedConfig(message, {
      ...(clients ? { require_client_certificate: true } : {}),
      ...(tls.noResumption === true
        ? { disable_stateless_session_resumption: true, disable_stateful_session_resumption: true }
        : {}),
      common_tls_context: {
        alpn_protocols: tls.alpn ?? ['h2', 'http/1.1'],
        tls_params: {
          tls_minimum_protocol_version: versionName(tls.minVersion ?? 'TLSv1.2'),
          ...(maxVersion ? { tls_maximum_protocol_version: versionName(maxVersion) } : {}),
          ...(ciphers ? { cipher_suites: ciphers } : {}),
          ...(curves ? { ecdh_curves: curves } : {}),
        },
        tls_certificates: [
          {
            certificate_chain: secretSource(tls.certificateSecret, translation),
            private_key: secretSource(tls.keySecret, translation),
          },
        ],
        ...(clients ? { validation_context: validation(clients, translation) } : {}),
      },
    }),
  };
}

function versionName(version: string): string {
  return version.replace('.', '_');
}

function validation({ authoritiesSecret, names }: TlsClients, translation: Translation) {
  const matchers = names.flatMap((exact) =>
    (isIP(exact) === 0 ? ['DNS', 'URI', 'EMAIL'] : ['IP_ADDRESS']).map((kind) => ({
      san_type: kind,
      matcher: { exact },
    })),
  );
  return {
    trusted_ca: secretSource(authoritiesSecret, translation),
    ...(matchers.length > 0 ? { match_typed_subject_alt_names: matchers } : {}),
  };
}
