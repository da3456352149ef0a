import type { LocalAddresses } from '../base/local-addresses.ts';
import type { Cluster } from '../ir/cluster.ts';
import type { Secrets } from '../ir/table.ts';
import { prepareBackend, type PreparedBackend } from '../llm/backend.ts';
import { createRotation, type Rotation } from './balance.ts';
import { EndpointPool, poolKey } from './endpoint-pool.ts';

/** Someone who waits for a free connection. */
export interface Waiter {
  /** A connection is free now. */
  readonly admit: () => void;
}

/** What a cluster needs beside what the table says of it. */
export interface UpstreamParts {
  readonly secrets: Secrets;
  /** Where its names and addresses may lead to. */
  readonly localAddresses: LocalAddresses;
}

/** Envoy's default. */
const maxRetries = 3;

/** A cluster in use: its endpoints in turn, and a fair queue in front of the connections it may have. */
export class Upstream {
  readonly cluster: Cluster;
  readonly endpoints: readonly EndpointPool[];
  readonly backend: PreparedBackend | undefined;
  readonly #rotation: Rotation<EndpointPool>;
  readonly #waiting = new Set<Waiter>();
  #active = 0;
  #holders = 1;
  #retries = 0;

  constructor(cluster: Cluster, parts: UpstreamParts, former?: Upstream) {
    const { secrets, localAddresses } = parts;
    this.cluster = cluster;
    this.backend = cluster.llm && prepareBackend(cluster.llm, secrets);
    const kept = new Map(former?.endpoints.map((pool) => [pool.key, pool]));
    this.endpoints = cluster.endpoints.map(
      (endpoint) =>
        kept.get(poolKey(cluster, endpoint))?.hold() ??
        new EndpointPool(cluster, endpoint, localAddresses),
    );
    this.#rotation = createRotation(this.endpoints, ({ weight }) => weight);
  }

  get active(): number {
    return this.#active;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  nextEndpoint(): EndpointPool | undefined {
    return this.#rotation.next();
  }

  /** Takes a connection at once if one is free; each true has to be followed by one {@link leave}. */
  tryEnter(): boolean {
    if (this.#active >= Math.max(1, this.cluster.maxConnections)) return false;
    this.#active += 1;
    return true;
  }

  /** Waits in line; false: the line is full. */
  queue(waiter: Waiter, limit: number): boolean {
    if (this.#waiting.size >= limit) return false;
    this.#waiting.add(waiter);
    return true;
  }

  unqueue(waiter: Waiter): void {
    this.#waiting.delete(waiter);
  }

  /** Hands the connection to the first in line, if there is one. */
  leave(): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#active -= 1;
      return;
    }
    this.#waiting.delete(first);
    first.admit();
  }

  /** Takes one of the retries that may be under way at a time; each true has to be followed by one {@link endRetry}. */
  tryRetry(): boolean {
    if (this.#retries >= maxRetries) return false;
    this.#retries += 1;
    return true;
  }

  endRetry(): void {
    this.#retries -= 1;
  }

  hold(): this {
    this.#holders += 1;
    return this;
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders > 0) return;
    for (const endpoint of this.endpoints) endpoint.release();
  }
}
