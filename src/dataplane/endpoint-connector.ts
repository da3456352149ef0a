import { isIP } from 'node:net';
import { buildConnector } from 'undici';

import type { LocalAddresses } from '../base/local-addresses.ts';
import type { Cluster, Endpoint, UpstreamTls } from '../ir/cluster.ts';
import type { Secrets } from '../ir/table.ts';
import { checkedLookup, forbiddenAddressError } from '../jwt/checked-lookup.ts';
import { isForbiddenAddress } from '../jwt/forbidden-address.ts';
import { hasName } from './peer-names.ts';

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
    ...(tls && tlsOptions(tls, secrets)),
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

function tlsOptions(tls: UpstreamTls, secrets: Secrets): buildConnector.BuildOptions {
  const { names, certificateSecret, keySecret, ciphers, curves } = tls;
  return {
    rejectUnauthorized: tls.verify,
    ...(tls.ca !== undefined && { ca: tls.ca }),
    ...(certificateSecret !== undefined &&
      keySecret !== undefined && { cert: secrets[certificateSecret], key: secrets[keySecret] }),
    ...(names && { checkServerIdentity: (_host, certificate) => hasName(certificate, names) }),
    ...(tls.minVersion && { minVersion: tls.minVersion }),
    ...(tls.maxVersion && { maxVersion: tls.maxVersion }),
    ...(ciphers && { ciphers: ciphers.join(':') }),
    ...(curves && { ecdhCurve: curves.join(':') }),
  };
}
