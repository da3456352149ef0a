import { isIP } from 'node:net';
import { buildConnector } from 'undici';

import type { LocalAddresses } from '../base/local-addresses.ts';
import type { Cluster, Endpoint } from '../ir/cluster.ts';
import type { Secrets } from '../ir/table.ts';
import { checkedLookup, forbiddenAddressError } from '../jwt/checked-lookup.ts';
import { clusterTls } from '../jwt/cluster-tls.ts';
import { isForbiddenAddress } from '../jwt/forbidden-address.ts';

/** What a connection needs beside what the table says of it. */
export interface ConnectorParts {
  readonly secrets: Secrets;
  /** Where names and addresses may lead to. */
  readonly localAddresses: LocalAddresses;
}

/** Opens connections to an endpoint, for requests and for health checks alike. */
export function createEndpointConnector(
  cluster: Cluster,
  endpoint: Endpoint,
  { secrets, localAddresses }: ConnectorParts,
): buildConnector.connector {
  const { tls, connectTimeoutMs, connections } = cluster;
  const connect = buildConnector({
    allowH2: false,
    timeout: connectTimeoutMs,
    lookup: checkedLookup(localAddresses),
    ...(tls && clusterTls(tls, secrets)),
  });
  // Of an address nothing is looked up.
  const refused = isIP(endpoint.host) !== 0 && isForbiddenAddress(endpoint.host, localAddresses);
  const serverName = serverNameOf(cluster, endpoint);
  // RFC 6066 section 3: an address is no server name.
  const servername = isIP(serverName) === 0 ? serverName : '';
  return (options, callback) => {
    if (refused) {
      callback(forbiddenAddressError(endpoint.host), null);
      return;
    }
    connect({ ...options, servername }, (...[error, socket]) => {
      if (error !== null) {
        callback(error, null);
        return;
      }
      if (connections?.keepAlive !== undefined) {
        const { timeMs, intervalMs, probes } = connections.keepAlive;
        socket.setKeepAlive(true, timeMs, intervalMs, probes);
      }
      callback(null, socket);
    });
  };
}

/** The name that TLS asks for, and that certificates are checked against. */
export function serverNameOf({ tls }: Cluster, { sni, host }: Endpoint): string {
  return sni ?? tls?.sni ?? host;
}
