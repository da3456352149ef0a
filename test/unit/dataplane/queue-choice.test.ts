import { describe, expect, test } from '@jest/globals';

import { chooseByLoad, leastLoad, leastWaiting } from '../../../src/dataplane/queue-choice.ts';

const server = (name: string, waiting: number, total: number, weight = 1) => ({
  name,
  weight,
  load: { waiting, total },
});

/** Shares of many choices by an even spread of chance. */
function shares(servers: readonly ReturnType<typeof server>[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  const steps = 20;
  for (let one = 0; one < steps; one += 1) {
    for (let two = 0; two < steps; two += 1) {
      const chances = [(one + 0.5) / steps, (two + 0.5) / steps];
      const name = chooseByLoad(servers, () => chances.shift() ?? 0)?.name ?? 'none';
      counts[name] = (counts[name] ?? 0) + 1 / steps ** 2;
    }
  }
  for (const name of Object.keys(counts)) counts[name] = Math.round((counts[name] ?? 0) * 100);
  return counts;
}

describe('chooseByLoad', () => {
  test.each([
    ['nobody', [], { none: 100 }],
    ['one', [server('a', 9, 9)], { a: 100 }],
    ['equals share', [server('a', 0, 0), server('b', 0, 0)], { a: 50, b: 50 }],
    ['none where requests wait', [server('a', 1, 1), server('b', 0, 500)], { b: 100 }],
    ['the shorter queue', [server('a', 3, 9), server('b', 2, 90)], { b: 100 }],
    ['the shorter for its weight', [server('a', 30, 90, 10), server('b', 4, 9)], { a: 100 }],
    ['the less busy', [server('a', 0, 5), server('b', 0, 4)], { b: 100 }],
    ['the less busy for its weight', [server('a', 0, 9, 10), server('b', 0, 1)], { a: 100 }],
    ['idle ones by weight', [server('a', 0, 0, 3), server('b', 0, 0)], { a: 75, b: 25 }],
    ['nobody without weight', [server('a', 0, 0, 0), server('b', 7, 7)], { b: 100 }],
    [
      'never the busiest of three',
      [server('a', 0, 1), server('b', 0, 2), server('c', 0, 3)],
      { a: 67, b: 33 },
    ],
  ])('%s', (_name, servers, expected) => {
    expect(shares(servers)).toEqual(expected);
  });
});

describe('leastWaiting', () => {
  test('keeps all where nothing waits, else those with least', () => {
    const names = (servers: readonly ReturnType<typeof server>[]) =>
      leastWaiting(servers).map(({ name }) => name);
    expect(names([server('a', 0, 5), server('b', 0, 0), server('c', 1, 1)])).toEqual(['a', 'b']);
    expect(names([server('a', 2, 5), server('b', 3, 0)])).toEqual(['a']);
    expect(names([])).toEqual([]);
  });
});

describe('leastLoad', () => {
  test.each([
    [[], { waiting: 0, total: 0 }],
    [
      [
        { waiting: 1, total: 1 },
        { waiting: 0, total: 9 },
        { waiting: 0, total: 8 },
      ],
      { waiting: 0, total: 8 },
    ],
  ])('%j', (loads, least) => {
    expect(leastLoad(loads)).toEqual(least);
  });
});
