import { systemClock, type Clock } from '../base/clock.ts';
import type { Labels } from '../ir/balancer.ts';
import type { Cluster } from '../ir/cluster.ts';
import { prepareBackend, type PreparedBackend } from '../llm/backend.ts';
import { tellsQueueDepth } from '../llm/queue-depth.ts';
import type { Account } from './account.ts';
import { Accounts } from './accounts.ts';
import { isHashing, type Random } from './balancer.ts';
import { EndpointChoice } from './endpoint-choice.ts';
import type { ConnectorParts } from './endpoint-connector.ts';
import { HealthBoard, type EndpointHealth, type Watch } from './endpoint-health.ts';
import { EndpointPool, poolKey } from './endpoint-pool.ts';
import { EndpointQueue, type Load } from './endpoint-queue.ts';
import { ModelBreaker } from './model-breaker.ts';
import { leastLoad } from './queue-choice.ts';
import { isWatched, watchEndpoints, watchQueues } from './upstream-watch.ts';

/** Someone who waits for a free connection. */
export interface Waiter {
  /** A connection is free now. */
  readonly admit: () => void;
}

/** What a cluster needs beside what the table says of it. */
export interface UpstreamParts extends ConnectorParts {
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: `Math.random`. */
  readonly random?: Random;
  /** Default: those of this cluster alone. */
  readonly accounts?: Accounts;
  /** Hears of every endpoint that gets requests from now on, or gets none any more. */
  readonly healthChanged?: (cluster: string, health: EndpointHealth) => void;
  /** Hears of every model server that begins to fail, or is well again. */
  readonly serverChanged?: (cluster: string, isFailing: boolean) => void;
}

/** What holds where the cluster says nothing (Envoy). */
const defaultRequests = 1024;
const defaultRetries = 3;

/** A cluster in use: its endpoints in turn, and a fair queue in front of the connections it may have. */
export class Upstream {
  readonly cluster: Cluster;
  readonly endpoints: readonly EndpointPool[];
  readonly backend: PreparedBackend | undefined;
  /** Of a model server whose endpoints no outlier detection watches. */
  readonly breaker: ModelBreaker | undefined;
  /** Of a model server whose requests under way are limited over several upstreams. */
  readonly account: Account | undefined;
  /** Whether the choice of an endpoint asks for a hash of the request. */
  readonly hashes: boolean;
  readonly #choice: EndpointChoice;
  readonly #board: HealthBoard | undefined;
  readonly #parts: UpstreamParts;
  readonly #accounts: Accounts;
  readonly #waiting = new Set<Waiter>();
  #active = 0;
  #holders = 1;
  #retries = 0;
  #publishers = 0;
  #watches: readonly Watch[] = [];

  constructor(cluster: Cluster, parts: UpstreamParts, former?: Upstream) {
    this.cluster = cluster;
    this.#parts = parts;
    this.backend = cluster.llm && prepareBackend(cluster.llm, parts.secrets);
    const { llm, outlierDetection } = cluster;
    const isGuarded = llm !== undefined && outlierDetection === undefined;
    this.breaker = isGuarded ? (former?.breaker ?? this.#newBreaker()) : undefined;
    this.#accounts = parts.accounts ?? new Accounts(parts.clock ?? systemClock);
    this.account = llm?.concurrency && this.#accounts.hold(llm.concurrency);
    this.hashes = isHashing(cluster.balancer);
    const kept = new Map(former?.endpoints.map((pool) => [pool.key, pool]));
    this.endpoints = cluster.endpoints.map(
      (endpoint) =>
        kept.get(poolKey(cluster, endpoint))?.hold() ?? new EndpointPool(cluster, endpoint, parts),
    );
    const board = former === undefined ? undefined : former.#board;
    this.#board = isWatched(cluster) ? (board ?? this.#newBoard()) : undefined;
    for (const pool of this.endpoints) pool.health = this.#board?.of(pool.label);
    const { random = Math.random, clock = systemClock } = parts;
    if (tellsQueueDepth(cluster.llm?.engine)) {
      for (const pool of this.endpoints) pool.queue ??= new EndpointQueue(clock);
    }
    this.#choice = new EndpointChoice(cluster, this.endpoints, { board: this.#board, random });
  }

  get active(): number {
    return this.#active;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Whether an endpoint is well; those that are not are asked all the same when there is no other. */
  get hasUsable(): boolean {
    return this.#choice.hasUsable;
  }

  nextEndpoint(hash?: number, subset?: Labels): EndpointPool | undefined {
    if (this.#board !== undefined) this.#board.used = true;
    return this.#choice.next(hash, subset);
  }

  /** The endpoints that {@link nextEndpoint} chooses from now; takes no turn of any. */
  candidates(subset?: Labels): readonly EndpointPool[] {
    return this.#choice.candidates(subset);
  }

  /** Of the least busy endpoint that may be chosen now. */
  get load(): Load {
    return leastLoad(this.#choice.candidates(undefined).map(({ load }) => load));
  }

  /** Takes a connection at once if one is free; each true has to be followed by one {@link leave}. */
  tryEnter(): boolean {
    if (this.#active >= Math.max(1, this.cluster.maxConnections)) return false;
    this.#active += 1;
    return true;
  }

  /** Whether no more requests may be under way, though there may be free connections (Envoy `max_requests`). */
  get isFull(): boolean {
    const { maxRequests = defaultRequests, maxPendingRequests } = this.cluster;
    // Each waits for its connection for a moment.
    return this.#active >= maxRequests || maxPendingRequests === 0;
  }

  /** Waits in line; false: the line is full. */
  queue(waiter: Waiter, limit: number): boolean {
    if (this.#waiting.size >= (this.cluster.maxPendingRequests ?? limit)) return false;
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
    if (this.#retries >= (this.cluster.maxRetries ?? defaultRetries)) return false;
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
    if (this.account !== undefined) this.#accounts.release(this.account);
  }

  /** A program with it is in force: its endpoints are watched as long as there is one. */
  publish(): void {
    this.#publishers += 1;
    if (this.#publishers > 1) return;
    const { concurrency } = this.cluster.llm ?? {};
    if (concurrency !== undefined) this.account?.use(concurrency.limit);
    const { clock = systemClock, random = Math.random } = this.#parts;
    const parts = { clock, random };
    const health = this.#board && watchEndpoints(this.cluster, this.endpoints, this.#board, parts);
    const queues = watchQueues(this.backend, this.endpoints, parts);
    this.#watches = health === undefined ? queues : [health, ...queues];
  }

  unpublish(): void {
    this.#publishers -= 1;
    if (this.#publishers > 0) return;
    const { concurrency } = this.cluster.llm ?? {};
    if (concurrency !== undefined) this.account?.unuse(concurrency.limit);
    for (const watch of this.#watches) watch.stop();
    this.#watches = [];
  }

  #newBoard(): HealthBoard {
    const { healthChanged } = this.#parts;
    return new HealthBoard((health) => healthChanged?.(this.cluster.name, health));
  }

  #newBreaker(): ModelBreaker {
    const { serverChanged } = this.#parts;
    const { name } = this.cluster;
    return new ModelBreaker((isFailing) => serverChanged?.(name, isFailing));
  }
}
