import type { Balancer as BalancerSettings } from '../ir/balancer.ts';
import { createRotation } from './balance.ts';
import { createHashRing, type HashLookup } from './hash-ring.ts';
import { createMaglevTable } from './maglev-table.ts';

/** Who can be chosen. */
export interface Candidate {
  /** Where it is; equal for the same one in every process. */
  readonly label: string;
  readonly weight: number;
  /** Requests under way. */
  readonly active: number;
}

/** Chooses for a request; the hash counts only where the balancer hashes, and without one chance decides. */
export type Choose<T> = (hash?: number) => T | undefined;

/** A number of at least 0 and below 1, as `Math.random`. */
export type Random = () => number;

/** The balancer of the settings over these candidates; made anew when they change. */
export function createBalancer<T extends Candidate>(
  candidates: readonly T[],
  settings: BalancerSettings | undefined,
  random: Random,
): Choose<T> {
  const usable = candidates.filter(({ weight }) => weight > 0);
  switch (settings?.kind) {
    case 'leastRequest':
      return leastRequest(usable, settings.choiceCount, random);
    case 'random':
      return () => usable[Math.floor(random() * usable.length)];
    case 'ringHash':
      return hashing(usable, createHashRing(sharesOf(usable), settings), random);
    case 'maglev':
      return hashing(usable, createMaglevTable(sharesOf(usable)), random);
    default:
      return createRotation(usable, ({ weight }) => weight).next;
  }
}

/** Whether the balancer asks for the hash of a request. */
export function isHashing(settings: BalancerSettings | undefined): boolean {
  return settings?.kind === 'ringHash' || settings?.kind === 'maglev';
}

/** Two of one label are two. */
function sharesOf(candidates: readonly Candidate[]): { key: string; weight: number }[] {
  const seen = new Map<string, number>();
  return candidates.map(({ label, weight }) => {
    const count = seen.get(label) ?? 0;
    seen.set(label, count + 1);
    return { key: count === 0 ? label : `${label} ${count}`, weight };
  });
}

function hashing<T>(usable: readonly T[], lookup: HashLookup, random: Random): Choose<T> {
  return (hash) => {
    const index = lookup(hash ?? Math.floor(random() * 2 ** 32));
    return index === undefined ? undefined : usable[index];
  };
}

/** Weights make it likelier to be looked at; while all are idle the first that was picked is taken, so by weight alone. */
function leastRequest<T extends Candidate>(
  usable: readonly T[],
  choiceCount: number,
  random: Random,
): Choose<T> {
  const pick = weightedPick(usable, random);
  return () => {
    let best = pick();
    for (let choice = 1; choice < choiceCount && best !== undefined; choice += 1) {
      const other = pick();
      if (other !== undefined && load(other) < load(best)) best = other;
    }
    return best;
  };
}

function load({ active, weight }: Candidate): number {
  return active / weight;
}

/** By chance, in proportion to the weights. */
function weightedPick<T extends Candidate>(usable: readonly T[], random: Random): Choose<T> {
  const [first] = usable;
  if (usable.every(({ weight }) => weight === first?.weight)) {
    return () => usable[Math.floor(random() * usable.length)];
  }
  const ends = new Float64Array(usable.length);
  let total = 0;
  for (const [index, { weight }] of usable.entries()) {
    total += weight;
    ends[index] = total;
  }
  return () => {
    const value = random() * total;
    let [low, high] = [0, usable.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ends[middle] ?? total) <= value) low = middle + 1;
      else high = middle;
    }
    return usable[low];
  };
}
