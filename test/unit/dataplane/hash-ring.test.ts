import { describe, expect, test } from '@jest/globals';

import { createHashRing, type HashShare } from '../../../src/dataplane/hash-ring.ts';
import { keyHash } from '../../../src/dataplane/key-hash.ts';
import { createMaglevTable } from '../../../src/dataplane/maglev-table.ts';

const size = { minimumSize: 1024, maximumSize: 8_388_608 };
const kinds = [
  ['ring hash', (shares: readonly HashShare[]) => createHashRing(shares, size)],
  ['maglev', createMaglevTable],
] as const;

const shares = (count: number, weight = (_index: number): number => 1): HashShare[] =>
  Array.from({ length: count }, (_value, index) => ({
    key: `10.0.${index >> 8}.${index & 255}:8080`,
    weight: weight(index),
  }));
const hashes = Array.from({ length: 20_000 }, (_value, index) => keyHash(`user-${index}`));

describe.each(kinds)('%s', (_name, create) => {
  test('nobody to choose from', () => {
    expect(create([])(1)).toBeUndefined();
    expect(create(shares(2, () => 0))(1)).toBeUndefined();
  });

  test('a weight of 0 is never chosen', () => {
    const lookup = create(shares(3, (index) => (index === 1 ? 0 : 1)));
    expect(new Set(hashes.map(lookup))).toEqual(new Set([0, 2]));
  });

  test.each([2, 3, 5, 10, 50, 200])('the last of %i takes its share, from all alike', (count) => {
    const all = shares(count);
    const [before, after] = [create(all.slice(0, -1)), create(all)];
    const moved = hashes.filter((hash) => before(hash) !== after(hash));
    const taken = moved.filter((hash) => after(hash) === count - 1);
    const share = hashes.length / count;
    expect(taken.length).toBeGreaterThan(share * 0.6);
    expect(taken.length).toBeLessThan(share * 1.5);
    // Others hardly move: never on a ring, a little in a table.
    expect(moved.length - taken.length).toBeLessThan(hashes.length * 0.05);
  });

  test('whoever comes back has the same hashes, in whatever order they stand', () => {
    const all = shares(20);
    const turned = all.toReversed();
    const [one, other] = [create(all), create(turned)];
    const differing = hashes.filter(
      (hash) => all[one(hash) ?? 0]?.key !== turned[other(hash) ?? 0]?.key,
    );
    expect(differing.length).toBeLessThan(hashes.length * 0.02);
  });

  test.each([2, 7, 30])('of %i, one of weight 3 gets three times as much', (count) => {
    const lookup = create(shares(count, (index) => (index === 0 ? 3 : 1)));
    const first = hashes.filter((hash) => lookup(hash) === 0).length;
    const expected = (hashes.length * 3) / (count + 2);
    expect(Math.abs(first - expected) / expected).toBeLessThan(0.25);
  });
});

test('on a ring nobody but the new one takes anything', () => {
  const all = shares(40);
  const [before, after] = [createHashRing(all.slice(0, -1), size), createHashRing(all, size)];
  const moved = hashes.filter((hash) => before(hash) !== after(hash));
  expect(new Set(moved.map(after))).toEqual(new Set([39]));
});

test.each([
  [1, 8_388_608, 1],
  [1024, 1024, 1],
  [8_388_608, 8_388_608, 1_000_000],
])('a ring of %i to %i points, and one with a weight of %i', (minimumSize, maximumSize, weight) => {
  const all = shares(2, (index) => (index === 0 ? 1 : weight));
  const lookup = createHashRing(all, { minimumSize, maximumSize });
  const counts = [0, 1].map((one) => hashes.filter((hash) => lookup(hash) === one).length);
  expect(counts[0]).toBeLessThan(hashes.length);
  expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBe(hashes.length);
});
