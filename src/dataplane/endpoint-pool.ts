import { Pool, type buildConnector } from 'undici';

import type { Cluster, Endpoint } from '../ir/cluster.ts';
import type { Candidate } from './balancer.ts';
import {
  createEndpointConnector,
  serverNameOf,
  type ConnectorParts,
} from './endpoint-connector.ts';
import type { EndpointHealth } from './endpoint-health.ts';
import type { EndpointQueue, Load } from './endpoint-queue.ts';

/** Above what TCP connections outlive; a timer of node cannot wait much longer. */
const foreverMs = 24 * 3_600_000;

/** Connections to one endpoint; shared by the programs that name it and closed when none does any more. */
export class EndpointPool implements Candidate {
  /** `host:port`, for the log. */
  readonly label: string;
  readonly weight: number;
  /** Equal keys mean interchangeable connections. */
  readonly key: string;
  /** Constant, so that undici never opens a connection anew because `Host` changed. */
  readonly serverName: string;
  readonly endpoint: Endpoint;
  /** `https://host:port`, or without TLS `http`. */
  readonly origin: string;
  /** Requests under way. */
  active = 0;
  /** Undefined: nobody asks how it is. */
  health: EndpointHealth | undefined;
  /** Of a model server that tells how many requests wait there. */
  queue: EndpointQueue | undefined;
  readonly #cluster: Cluster;
  readonly #parts: ConnectorParts;
  #pool: Pool | undefined;
  #holders = 1;

  constructor(cluster: Cluster, endpoint: Endpoint, parts: ConnectorParts) {
    this.label = endpointLabel(endpoint);
    this.weight = endpoint.weight;
    this.key = poolKey(cluster, endpoint);
    this.serverName = serverNameOf(cluster, endpoint);
    this.endpoint = endpoint;
    this.origin = `${cluster.tls ? 'https' : 'http'}://${this.label}`;
    this.#cluster = cluster;
    this.#parts = parts;
  }

  get load(): Load {
    return this.queue?.load(this.active) ?? { waiting: 0, total: this.active };
  }

  /** Opened on first use: a table of thousands of clusters costs nothing before it is asked. */
  get pool(): Pool {
    this.#pool ??= this.#open();
    return this.#pool;
  }

  /** Opens a connection as those of the pool are. */
  connector(): buildConnector.connector {
    return createEndpointConnector(this.#cluster, this.endpoint, this.#parts);
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
    const { maxConnections, connections } = this.#cluster;
    const idleMs = connections?.idleTimeoutMs;
    return new Pool(this.origin, {
      connect: this.connector(),
      connections: Math.max(1, maxConnections),
      pipelining: 1,
      maxHeaderSize: 64 * 1024,
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(connections?.maxRequests && { maxRequestsPerClient: connections.maxRequests }),
      ...(idleMs !== undefined && { keepAliveTimeout: idleMs === 0 ? foreverMs : idleMs }),
    });
  }
}

/** `host:port`. */
function endpointLabel({ host, port }: Endpoint): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** What decides whether the connections of an endpoint can be kept. */
export function poolKey(cluster: Cluster, endpoint: Endpoint): string {
  const { tls, connectTimeoutMs, maxConnections, connections } = cluster;
  return JSON.stringify([
    endpoint,
    tls ?? null,
    connectTimeoutMs,
    maxConnections,
    connections ?? null,
  ]);
}
