import { isIP } from 'node:net';

import type { Labels, Subsets } from '../ir/balancer.ts';
import type { Cluster, Endpoint, UpstreamTls } from '../ir/cluster.ts';
import type { RemoteKeySet } from '../ir/jwt.ts';
import { clusterPolicies } from './cluster-policies.ts';
import { lbMetadata } from './hash-policy.ts';
import { secretSource, type Translation } from './translation.ts';
import { protoDuration, typedConfig, type EnvoyConfig } from './typed-config.ts';

const keyFetchTimeoutMs = 5000;
const systemAuthorities = '/etc/ssl/certs/ca-certificates.crt';

/** All clusters: those of the table, and one for each server that keys are fetched from. */
export function envoyClusters(translation: Translation): readonly EnvoyConfig[] {
  const { table } = translation;
  const own = Object.values(table.clusters);
  const servers = new Map(
    Object.values(table.keySets).flatMap((keySet) =>
      keySet.kind === 'remote' && keySet.cluster === undefined
        ? [[keyServerName(keySet), keyServer(keySet)] as const]
        : [],
    ),
  );
  return [...own, ...servers.values()].map((cluster) => envoyCluster(cluster, translation));
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

function envoyCluster(cluster: Cluster, translation: Translation): EnvoyConfig {
  const { name, tls, connectTimeoutMs } = cluster;
  if (cluster.endpoints.some(({ healthPath, healthMethod }) => healthPath ?? healthMethod)) {
    const what = 'all hosts are checked by the path of the cluster';
    translation.note({ place: `cluster ${name}`, what, effect: 'different' });
  }
  if (cluster.llm?.concurrency !== undefined) {
    const what = 'requests of its account are not limited, and do not wait for each other';
    translation.note({ place: `cluster ${name}`, what, effect: 'different' });
  }
  // Envoy has no weight of zero: such an endpoint gets nothing.
  const endpoints = cluster.endpoints.filter(({ weight }) => weight > 0);
  const isStatic = endpoints.every(({ host }) => isIP(host) !== 0);
  return {
    name,
    type: isStatic ? 'STATIC' : 'STRICT_DNS',
    ...(isStatic ? {} : { dns_lookup_family: 'V4_PREFERRED' }),
    connect_timeout: protoDuration(connectTimeoutMs),
    ...clusterPolicies(cluster),
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: endpoints.map((endpoint) => envoyEndpoint(endpoint, cluster)) }],
    },
    ...(tls ? tlsSockets(tls, endpoints, translation) : {}),
  };
}

function envoyEndpoint(endpoint: Endpoint, { tls, subsets }: Cluster): EnvoyConfig {
  const { host, port, weight, labels = {} } = endpoint;
  const hostname = endpoint.hostname ?? (isIP(host) === 0 ? host : undefined);
  const filterMetadata = {
    ...(subsets ? lbMetadata({ ...emptyLabels(subsets), ...labels }) : {}),
    ...(tls ? socketMetadata(endpoint, tls) : {}),
  };
  return {
    endpoint: {
      address: { socket_address: { address: host, port_value: port } },
      ...(hostname === undefined ? {} : { hostname }),
    },
    load_balancing_weight: weight,
    ...(Object.keys(filterMetadata).length > 0
      ? { metadata: { filter_metadata: filterMetadata } }
      : {}),
  };
}

/** Gloo: a label that a pod lacks is an empty one. */
function emptyLabels({ selectors }: Subsets): Labels {
  return Object.fromEntries(selectors.flatMap(({ keys }) => keys.map((key) => [key, ''])));
}

const socketMatch = 'envoy.transport_socket_match';

/** The name of the endpoint is for `Host`; that for TLS may be another one, so that each has a socket of its own. */
function socketMetadata(endpoint: Endpoint, tls: UpstreamTls): EnvoyConfig {
  return { [socketMatch]: { server: serverName(endpoint, tls) } };
}

function tlsSockets(
  tls: UpstreamTls,
  endpoints: readonly Endpoint[],
  translation: Translation,
): EnvoyConfig {
  const names = [...new Set(endpoints.map((endpoint) => serverName(endpoint, tls)))];
  const socket = tlsSocket(tls, names, translation);
  if (names.length < 2) return { transport_socket: socket };
  return {
    transport_socket_matches: names.map((name) => ({
      name,
      match: { server: name },
      transport_socket: tlsSocket(tls, [name], translation),
    })),
    transport_socket: socket,
  };
}

function serverName({ sni, host }: Endpoint, tls: UpstreamTls | undefined): string {
  return sni ?? tls?.sni ?? host;
}

function tlsSocket(
  tls: UpstreamTls,
  names: readonly string[],
  translation: Translation,
): EnvoyConfig {
  const { certificateSecret, keySecret } = tls;
  // RFC 6066 section 3: an address is no server name.
  const sni = names.length === 1 ? names.find((name) => isIP(name) === 0) : undefined;
  const certificates =
    certificateSecret === undefined || keySecret === undefined
      ? {}
      : {
          tls_certificates: [
            {
              certificate_chain: secretSource(certificateSecret, translation),
              private_key: secretSource(keySecret, translation),
            },
          ],
        };
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typedConfig('extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
      ...(sni === undefined ? {} : { sni }),
      common_tls_context: {
        ...tlsParameters(tls),
        ...certificates,
        ...(tls.verify ? { validation_context: validation(tls, names) } : {}),
      },
    }),
  };
}

function tlsParameters({ minVersion, maxVersion, ciphers, curves }: UpstreamTls): EnvoyConfig {
  const parameters = {
    ...(minVersion ? { tls_minimum_protocol_version: 'TLSv1_3' } : {}),
    ...(maxVersion ? { tls_maximum_protocol_version: 'TLSv1_2' } : {}),
    ...(ciphers ? { cipher_suites: ciphers } : {}),
    ...(curves ? { ecdh_curves: curves } : {}),
  };
  return Object.keys(parameters).length > 0 ? { tls_params: parameters } : {};
}

function validation(tls: UpstreamTls, own: readonly string[]): EnvoyConfig {
  const names = [...new Set(tls.names ?? own)];
  return {
    trusted_ca: tls.ca === undefined ? { filename: systemAuthorities } : { inline_string: tls.ca },
    match_typed_subject_alt_names: names.flatMap((name) =>
      sanTypes(name).map((type) => ({ san_type: type, matcher: { exact: name } })),
    ),
  };
}

function sanTypes(name: string): readonly string[] {
  if (isIP(name) !== 0) return ['IP_ADDRESS'];
  if (name.includes('://')) return ['URI'];
  return name.includes('@') ? ['EMAIL'] : ['DNS'];
}
