import type { Subsets, Labels } from '../ir/balancer.ts';
import type { Cluster } from '../ir/cluster.ts';
import { tellsQueueDepth } from '../llm/queue-depth.ts';
import { createBalancer, type Choose, type Random } from './balancer.ts';
import type { HealthBoard } from './endpoint-health.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import { chooseByLoad } from './queue-choice.ts';

/** Envoy's: with fewer healthy endpoints than that, health is not looked at. */
const defaultPanicThreshold = 50;

/** Chooses endpoints of a cluster: by subset, by health, then by its balancer. */
export class EndpointChoice {
  readonly #cluster: Cluster;
  readonly #endpoints: readonly EndpointPool[];
  readonly #board: HealthBoard | undefined;
  readonly #random: Random;
  /** By {@link subsetKey}; made on first use. */
  readonly #chooseOf = new Map<string, Choose<EndpointPool>>();
  readonly #keys: ReadonlySet<string>;
  #all: Choose<EndpointPool> | undefined;
  #version = 0;

  constructor(
    cluster: Cluster,
    endpoints: readonly EndpointPool[],
    { board, random }: { readonly board: HealthBoard | undefined; readonly random: Random },
  ) {
    this.#cluster = cluster;
    this.#endpoints = endpoints;
    this.#board = board;
    this.#random = random;
    this.#keys = new Set(cluster.subsets?.selectors.map(({ keys }) => keyOf(keys)));
  }

  /** Whether any endpoint is well. */
  get hasUsable(): boolean {
    return this.#well(this.#endpoints).length > 0;
  }

  /** Undefined: there is nobody who could answer. */
  next(hash: number | undefined, subset: Labels | undefined): EndpointPool | undefined {
    const version = this.#board?.version ?? 0;
    if (version !== this.#version) {
      this.#version = version;
      this.#all = undefined;
      this.#chooseOf.clear();
    }
    const { subsets } = this.#cluster;
    if (subsets !== undefined) return this.#ofSubset(subsets, hash, subset);
    this.#all ??= this.#balancer(this.#endpoints);
    return this.#all(hash);
  }

  /** All that may be chosen now, without choosing. */
  candidates(subset: Labels | undefined): readonly EndpointPool[] {
    const { subsets } = this.#cluster;
    const members = subsets === undefined ? this.#endpoints : this.#members(subsets, subset);
    return this.#usable(members).filter(({ weight }) => weight > 0);
  }

  #ofSubset(
    subsets: Subsets,
    hash: number | undefined,
    subset: Labels | undefined,
  ): EndpointPool | undefined {
    const key = subset === undefined ? '' : subsetKey(subset);
    let choose = this.#chooseOf.get(key);
    if (choose === undefined) {
      choose = this.#balancer(this.#members(subsets, subset));
      this.#chooseOf.set(key, choose);
    }
    return choose(hash);
  }

  #members(subsets: Subsets, subset: Labels | undefined): readonly EndpointPool[] {
    const keys = subset === undefined ? '' : keyOf(Object.keys(subset));
    const found = subset === undefined || !this.#keys.has(keys) ? [] : this.#labelled(subset);
    if (found.length > 0) {
      const isSingle = subsets.selectors.some((one) => one.single && keyOf(one.keys) === keys);
      return isSingle ? found.slice(0, 1) : found;
    }
    if (subsets.fallback === 'none') return [];
    return subsets.fallback === 'any'
      ? this.#endpoints
      : this.#labelled(subsets.defaultLabels ?? {});
  }

  #labelled(labels: Labels): readonly EndpointPool[] {
    const wanted = Object.entries(labels);
    return this.#endpoints.filter(({ endpoint }) =>
      // Gloo: a label that is not there is an empty one.
      wanted.every(([name, value]) => (endpoint.labels?.[name] ?? '') === value),
    );
  }

  #balancer(endpoints: readonly EndpointPool[]): Choose<EndpointPool> {
    const usable = this.#usable(endpoints);
    if (!this.#asksQueues) return createBalancer(usable, this.#cluster.balancer, this.#random);
    return () => {
      const loaded = usable.map((pool) => ({ pool, weight: pool.weight, load: pool.load }));
      return chooseByLoad(loaded, this.#random)?.pool;
    };
  }

  /** Where the balancer is free to choose, and servers tell how many requests wait there. */
  get #asksQueues(): boolean {
    const { balancer, llm } = this.#cluster;
    const isFree = balancer === undefined || balancer.kind === 'leastRequest';
    return isFree && tellsQueueDepth(llm?.engine);
  }

  #usable(endpoints: readonly EndpointPool[]): readonly EndpointPool[] {
    if (this.#board === undefined || endpoints.length === 0) return endpoints;
    const { panicThreshold = defaultPanicThreshold } = this.#cluster;
    const usable = this.#well(endpoints);
    const isPanic = (100 * usable.length) / endpoints.length < panicThreshold;
    return isPanic ? endpoints : usable;
  }

  #well(endpoints: readonly EndpointPool[]): readonly EndpointPool[] {
    const isChecked =
      this.#cluster.healthCheck !== undefined &&
      endpoints.some(({ health }) => health?.passing !== undefined);
    return endpoints.filter(({ health }) => health?.isUsable(isChecked) !== false);
  }
}

function keyOf(keys: readonly string[]): string {
  return JSON.stringify([...keys].sort());
}

function subsetKey(subset: Labels): string {
  return JSON.stringify(Object.entries(subset).sort(([a], [b]) => (a < b ? -1 : 1)));
}
