import type { HashLookup, HashShare } from './hash-ring.ts';
import { keyHash } from './key-hash.ts';

/** Slots of the table, a prime (Envoy's default). */
const slots = 65_537;

/** Consistent hashing by Maglev's table: shares as even as can be, and few hashes move when somebody comes or goes. */
export function createMaglevTable(shares: readonly HashShare[]): HashLookup {
  const table = filledTable(shares.filter(({ weight }) => weight > 0));
  const indexes = shares.flatMap(({ weight }, index) => (weight > 0 ? [index] : []));
  return (hash) => indexes[table[hash % slots] ?? 0];
}

const free = 0xffff_ffff;

/** Each takes the first free slot of a permutation of its own, in turns by weight, until all are taken. */
function filledTable(shares: readonly HashShare[]): Uint32Array {
  const table = new Uint32Array(slots).fill(free);
  const heaviest = Math.max(...shares.map(({ weight }) => weight));
  const takers = shares.map(({ key, weight }) => ({
    next: keyHash(`offset ${key}`) % slots,
    skip: (keyHash(`skip ${key}`) % (slots - 1)) + 1,
    weight,
    target: 0,
  }));
  let left = shares.length === 0 ? 0 : slots;
  for (let round = 1; left > 0; round += 1) {
    for (const [index, taker] of takers.entries()) {
      if (round * taker.weight < taker.target) continue;
      taker.target += heaviest;
      while (table[taker.next] !== free) taker.next = (taker.next + taker.skip) % slots;
      table[taker.next] = index;
      left -= 1;
      if (left === 0) break;
    }
  }
  return table;
}
