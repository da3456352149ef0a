import { isIP } from 'node:net';

import type { Cluster, Endpoint, UpstreamTls } from '../ir/cluster.ts';
import type { RemoteKeySet } from '../ir/jwt.ts';
import type { Translation } from './translation.ts';
import { protoDuration, typedConfig, type EnvoyConfig } from './typed-config.ts';

const keyFetchTimeoutMs = 5000;
const systemAuthorities = '/etc/ssl/certs/ca-certificates.crt';

/** All clusters: those of the table, and one for each server that keys are fetched from. */
export function envoyClusters({ table }: Translation): readonly EnvoyConfig[] {
  const own = Object.values(table.clusters);
  const servers = new Map(
    Object.values(table.keySets).flatMap((keySet) =>
      keySet.kind === 'remote' && keySet.cluster === undefined
        ? [[keyServerName(keySet), keyServer(keySet)] as const]
        : [],
    ),
  );
  return [...own, ...servers.values()].map(envoyCluster);
}

/** The cluster that the keys of a remote key set come from. */
export function keyServerName(keySet: RemoteKeySet): string {
  return keySet.cluster ?? `jwks:${new URL(keySet.url).origin}`;
}

function keyServer(keySet: RemoteKeySet): Cluster {
  const { protocol, hostname, port } = new URL(keySet.url);
  const secure = protocol === 'https:';
  const defaultPort = secure ? 443 : 80;
  return {
    name: keyServerName(keySet),
    endpoints: [
      {
        host: hostname.replace(/^\[(.*)\]$/, '$1'),
        port: port === '' ? defaultPort : Number(port),
        weight: 1,
      },
    ],
    ...(secure ? { tls: { verify: true } } : {}),
    connectTimeoutMs: keyFetchTimeoutMs,
    maxConnections: 1024,
  };
}

function envoyCluster(cluster: Cluster): EnvoyConfig {
  const { name, tls, connectTimeoutMs, maxConnections } = cluster;
  // Envoy has no weight of zero: such an endpoint gets nothing.
  const endpoints = cluster.endpoints.filter(({ weight }) => weight > 0);
  const isStatic = endpoints.every(({ host }) => isIP(host) !== 0);
  return {
    name,
    type: isStatic ? 'STATIC' : 'STRICT_DNS',
    ...(isStatic ? {} : { dns_lookup_family: 'V4_PREFERRED' }),
    connect_timeout: protoDuration(connectTimeoutMs),
    circuit_breakers: { thresholds: [{ max_connections: Math.max(1, maxConnections) }] },
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: endpoints.map((endpoint) => envoyEndpoint(endpoint, tls)) }],
    },
    ...(tls ? { transport_socket: tlsSocket(tls, endpoints) } : {}),
  };
}

function envoyEndpoint(endpoint: Endpoint, tls: UpstreamTls | undefined): EnvoyConfig {
  const { host, port, weight } = endpoint;
  const name = serverName(endpoint, tls);
  return {
    endpoint: {
      address: { socket_address: { address: host, port_value: port } },
      // RFC 6066 section 3: an address is no server name.
      ...(isIP(name) === 0 ? { hostname: name } : {}),
    },
    load_balancing_weight: weight,
  };
}

function serverName({ sni, host }: Endpoint, tls: UpstreamTls | undefined): string {
  return sni ?? tls?.sni ?? host;
}

function tlsSocket(tls: UpstreamTls, endpoints: readonly Endpoint[]): EnvoyConfig {
  const common = tls.verify ? { validation_context: validation(tls, endpoints) } : {};
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typedConfig('extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
      auto_host_sni: true,
      common_tls_context: common,
    }),
  };
}

function validation(tls: UpstreamTls, endpoints: readonly Endpoint[]): EnvoyConfig {
  const names = [...new Set(endpoints.map((endpoint) => serverName(endpoint, tls)))];
  return {
    trusted_ca: tls.ca === undefined ? { filename: systemAuthorities } : { inline_string: tls.ca },
    match_typed_subject_alt_names: names.map((name) => ({
      san_type: isIP(name) === 0 ? 'DNS' : 'IP_ADDRESS',
      matcher: { exact: name },
    })),
  };
}
