import { isIP } from 'node:net';
import { buildConnector, Pool } from 'undici';

import type { LocalAddresses } from '../base/local-addresses.ts';
import type { Cluster, Endpoint } from '../ir/cluster.ts';
import { checkedLookup, forbiddenAddressError } from '../jwt/checked-lookup.ts';
import { isForbiddenAddress } from '../jwt/forbidden-address.ts';

/** Connections to one endpoint; shared by the programs that name it and closed when none does any more. */
export class EndpointPool {
  /** `host:port`, for the log. */
  readonly label: string;
  readonly weight: number;
  /** Equal keys mean interchangeable connections. */
  readonly key: string;
  /** Constant, so that undici never opens a connection anew because `Host` changed. */
  readonly serverName: string;
  readonly #cluster: Cluster;
  readonly #host: string;
  readonly #localAddresses: LocalAddresses;
  #pool: Pool | undefined;
  #holders = 1;

  constructor(cluster: Cluster, endpoint: Endpoint, localAddresses: LocalAddresses) {
    const bracketed = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host;
    this.label = `${bracketed}:${endpoint.port}`;
    this.weight = endpoint.weight;
    this.key = poolKey(cluster, endpoint);
    this.serverName = endpoint.sni ?? cluster.tls?.sni ?? endpoint.host;
    this.#cluster = cluster;
    this.#host = endpoint.host;
    this.#localAddresses = localAddresses;
  }

  /** Opened on first use: a table of thousands of clusters costs nothing before it is asked. */
  get pool(): Pool {
    this.#pool ??= this.#open();
    return this.#pool;
  }

  hold(): this {
    this.#holders += 1;
    return this;
  }

  /** The last one to let go closes the connections, each after the request on it. */
  release(): void {
    this.#holders -= 1;
    if (this.#holders > 0) return;
    this.#pool?.close().catch(() => undefined);
    this.#pool = undefined;
  }

  #open(): Pool {
    const { tls, connectTimeoutMs, maxConnections } = this.#cluster;
    const connect = buildConnector({
      allowH2: false,
      timeout: connectTimeoutMs,
      lookup: checkedLookup(this.#localAddresses),
      ...(tls && { rejectUnauthorized: tls.verify, ...(tls.ca !== undefined && { ca: tls.ca }) }),
    });
    // Of an address nothing is looked up.
    const refused = isIP(this.#host) !== 0 && isForbiddenAddress(this.#host, this.#localAddresses);
    // RFC 6066 section 3: an address is no server name.
    const servername = isIP(this.serverName) === 0 ? this.serverName : '';
    return new Pool(`${tls ? 'https' : 'http'}://${this.label}`, {
      connect: (options, callback) => {
        if (refused) callback(forbiddenAddressError(this.#host), null);
        else connect({ ...options, servername }, callback);
      },
      connections: Math.max(1, maxConnections),
      pipelining: 1,
      maxHeaderSize: 64 * 1024,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }
}

/** What decides whether the connections of an endpoint can be kept. */
export function poolKey(cluster: Cluster, endpoint: Endpoint): string {
  const { tls, connectTimeoutMs, maxConnections } = cluster;
  return JSON.stringify([endpoint, tls ?? null, connectTimeoutMs, maxConnections]);
}
