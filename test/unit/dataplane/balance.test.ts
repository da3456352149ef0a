import { describe, expect, test } from '@jest/globals';

import { createRotation } from '../../../src/dataplane/balance.ts';

const turns = (weights: Record<string, number>, count: number): string => {
  const rotation = createRotation(Object.entries(weights), ([, weight]) => weight);
  return Array.from({ length: count }, () => rotation.next()?.[0] ?? '-').join('');
};

describe('createRotation', () => {
  test.each([
    ['equal weights take turns', { a: 1, b: 1, c: 1 }, 'abcabc'],
    ['weights are kept exactly and spread evenly', { a: 5, b: 1, c: 1 }, 'aaabcaaaaabcaa'],
    ['of 3 and 2 none comes thrice', { a: 3, b: 2 }, 'ababaababa'],
    ['weight 0 is never chosen', { a: 0, b: 1 }, 'bbb'],
    ['only weights of 0 choose nobody', { a: 0 }, '--'],
    ['nobody to choose from', {}, '-'],
  ])('%s', (_name, weights, expected) => {
    expect(turns(weights, expected.length)).toBe(expected);
  });

  test('keeps the shares of many different weights, and for ever', () => {
    const weights = Array.from({ length: 100 }, (_value, index) => index + 1);
    const rotation = createRotation(weights, (weight) => weight);
    const counts = new Map<number, number>();
    // Past the point where the times are counted from zero again.
    for (let turn = 0; turn < 5050 * 20; turn += 1) {
      const chosen = rotation.next() ?? 0;
      counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
    }
    expect([...counts].filter(([weight, count]) => Math.abs(count - weight * 20) > 1)).toEqual([]);
  });

  test('a turn among many takes no longer than the logarithm of them', () => {
    const time = (count: number): number => {
      const rotation = createRotation(
        Array.from({ length: count }, (_value, index) => 1 + (index % 7)),
        (weight) => weight,
      );
      const started = performance.now();
      for (let turn = 0; turn < 20_000; turn += 1) rotation.next();
      return performance.now() - started;
    };
    time(100);
    // A thousand times as many, and in a loop over all of them a thousand times as long.
    expect(time(100_000) / time(100)).toBeLessThan(100);
  });
});
