import type { PoolMember } from '../ir/llm.ts';
import { hasRoom } from './model-slots.ts';
import { leastWaiting } from './queue-choice.ts';
import type { Upstream } from './upstream.ts';

/** A model server that a request may be sent to. */
export interface ModelTarget {
  readonly upstream: Upstream;
  /** Its share among those of its priority. */
  readonly weight: number;
  /** 0 is the first. */
  readonly priority: number;
}

/** All model servers behind an upstream: itself, or the members of its pools. */
export function modelTargets(
  upstream: Upstream,
  upstreams: ReadonlyMap<string, Upstream>,
): readonly ModelTarget[] {
  const { pools } = upstream.cluster;
  if (pools === undefined) return [{ upstream, weight: 1, priority: 0 }];
  return pools.flatMap((pool, priority) =>
    pool.flatMap(({ cluster, weight }: PoolMember) => {
      const member = upstreams.get(cluster);
      return member === undefined ? [] : [{ upstream: member, weight, priority }];
    }),
  );
}

/** What stands in the way of choosing a target, the least first. */
const standings = ['well', 'failed'] as const;

/** The targets of one request that were not asked yet; gives the best of them, one after the other. */
export class ModelTargets {
  readonly #left: Set<ModelTarget>;

  constructor(targets: readonly ModelTarget[]) {
    this.#left = new Set(targets);
  }

  get size(): number {
    return this.#left.size;
  }

  /** One that was asked may be asked once more. */
  putBack(target: ModelTarget): void {
    this.#left.add(target);
  }

  /**
   * Of the targets that are well those of the first priority, of them those where least waits, among these by weight; those
   * that failed lately only when no other is left.
   */
  next(nowMs: number, isFree: (target: ModelTarget) => boolean = always): ModelTarget | undefined {
    const free = this.#best(nowMs).filter(isFree);
    const first = Math.min(...free.map(({ priority }) => priority));
    const chosen = inTurn(leastBusy(free.filter(({ priority }) => priority === first)));
    return chosen === undefined ? undefined : this.take(chosen, nowMs);
  }

  /** Those that {@link next} chooses from now and whose account has no room, by priority. */
  full(nowMs: number): readonly ModelTarget[] {
    const full = this.#best(nowMs).filter((target) => !hasRoom(target));
    return full.sort((one, other) => one.priority - other.priority);
  }

  /** One of them is asked now. */
  take(target: ModelTarget, nowMs: number): ModelTarget {
    this.#left.delete(target);
    target.upstream.breaker?.asked(nowMs);
    return target;
  }

  /** They are not asked. */
  drop(targets: readonly ModelTarget[]): void {
    for (const target of targets) this.#left.delete(target);
  }

  #best(nowMs: number): ModelTarget[] {
    const left = [...this.#left];
    const found = standings.map((standing) =>
      left.filter((target) => standingOf(target, nowMs) === standing),
    );
    return found.find((targets) => targets.length > 0) ?? [];
  }
}

const always = (): boolean => true;

function leastBusy(targets: readonly ModelTarget[]): readonly ModelTarget[] {
  if (targets.length < 2) return targets;
  const loaded = targets.map((target) => {
    return { target, weight: target.weight, load: target.upstream.load };
  });
  return leastWaiting(loaded).map(({ target }) => target);
}

function standingOf({ upstream }: ModelTarget, nowMs: number): (typeof standings)[number] {
  const isOpen = upstream.breaker?.isOpen(nowMs) === true;
  return isOpen || !upstream.hasUsable ? 'failed' : 'well';
}

/** How far the turns of a model server have gone; they follow each other evenly for any choice of servers. */
const credits = new WeakMap<Upstream, number>();

/** Smooth weighted round robin. */
function inTurn(targets: readonly ModelTarget[]): ModelTarget | undefined {
  if (targets.length < 2) return targets[0];
  let total = 0;
  let best: ModelTarget | undefined;
  let most = -Infinity;
  for (const target of targets) {
    total += target.weight;
    const credit = (credits.get(target.upstream) ?? 0) + target.weight;
    credits.set(target.upstream, credit);
    if (credit > most) [best, most] = [target, credit];
  }
  if (best !== undefined) credits.set(best.upstream, most - total);
  return best;
}
