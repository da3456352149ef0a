import { keyHash, mixed } from './key-hash.ts';

/** Something with a share of the hashes; its key alone decides which ones. */
export interface HashShare {
  readonly key: string;
  readonly weight: number;
}

/** Gives the index of whose hash it is; undefined: there is nobody. */
export type HashLookup = (hash: number) => number | undefined;

/** Larger rings take long to make anew each time that the health of an endpoint changes. */
const mostPoints = 2 ** 18;
/** Unless more are asked for. */
const usualPoints = 2 ** 17;
const hashes = 2 ** 32;
/** A point is its position and its owner in one number, so that an array of numbers is sorted. */
const owners = 2 ** 20;

/**
 * Consistent hashing on a ring: whoever comes or goes moves only the hashes that are its own. How many points somebody has
 * depends on its own weight, and on the others only by powers of two.
 */
export function createHashRing(
  shares: readonly HashShare[],
  { minimumSize, maximumSize }: { readonly minimumSize: number; readonly maximumSize: number },
): HashLookup {
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return () => undefined;
  const most = Math.min(maximumSize, mostPoints, Math.max(minimumSize, usualPoints));
  const pointsPerWeight = Math.min(minimumSize, 2 ** Math.floor(Math.log2(most / total)));
  const points = pointsOf(shares, pointsPerWeight).sort();
  return (hash) => {
    const point = points[firstNotBelow(points, hash * owners)] ?? points[0];
    return point === undefined ? undefined : point % owners;
  };
}

function pointsOf(shares: readonly HashShare[], pointsPerWeight: number): Float64Array {
  const counts = shares.map(({ weight }) =>
    weight === 0 ? 0 : Math.max(1, Math.round(weight * pointsPerWeight)),
  );
  const points = new Float64Array(counts.reduce((sum, count) => sum + count, 0));
  let made = 0;
  for (const [index, { key }] of shares.entries()) {
    const seed = keyHash(key);
    const end = made + (counts[index] ?? 0);
    for (let turn = 0; made < end; turn += 1) {
      points[made] = mixed(seed + Math.imul(turn, 0x9e3779b9)) * owners + index;
      made += 1;
    }
  }
  return points;
}

function firstNotBelow(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? hashes * owners) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
