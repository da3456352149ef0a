import { describe, expect, test } from '@jest/globals';

import { createBalancer, isHashing } from '../../../src/dataplane/balancer.ts';
import type { Balancer } from '../../../src/ir/balancer.ts';

/** Numbers as chance would give them, the same in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const endpoint = (label: string, weight = 1, active = 0) => ({ label, weight, active });

function shares(
  settings: Balancer | undefined,
  endpoints: readonly ReturnType<typeof endpoint>[],
  hash?: (turn: number) => number,
): Record<string, number> {
  const choose = createBalancer(endpoints, settings, seeded(7));
  const counts: Record<string, number> = {};
  for (let turn = 0; turn < 12_000; turn += 1) {
    const label = choose(hash?.(turn))?.label ?? 'nobody';
    counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}

const least = { kind: 'leastRequest', choiceCount: 2 } as const;
const ring = { kind: 'ringHash', minimumSize: 1024, maximumSize: 8_388_608 } as const;
const all = [undefined, least, { kind: 'random' }, ring, { kind: 'maglev' }] as const;

describe('createBalancer', () => {
  test.each(all)('%j: nobody, and weights of 0', (settings) => {
    expect(shares(settings, [])).toEqual({ nobody: 12_000 });
    expect(shares(settings, [endpoint('a', 0)])).toEqual({ nobody: 12_000 });
    expect(Object.keys(shares(settings, [endpoint('a', 0), endpoint('b')]))).toEqual(['b']);
  });

  test.each([undefined, least, ring, { kind: 'maglev' }] as const)(
    '%j: of weights 1 and 3 the second gets three quarters',
    (settings) => {
      const { b = 0 } = shares(settings, [endpoint('a'), endpoint('b', 3)]);
      expect(b / 12_000).toBeGreaterThan(0.68);
      expect(b / 12_000).toBeLessThan(0.82);
    },
  );

  test('by chance weights do not count, as in Envoy', () => {
    const { b = 0 } = shares({ kind: 'random' }, [endpoint('a'), endpoint('b', 9)]);
    expect(Math.abs(b / 12_000 - 0.5)).toBeLessThan(0.03);
  });

  test('the busy one of two is chosen only when chance picks it twice', () => {
    const { a = 0 } = shares(least, [endpoint('a', 1, 5), endpoint('b', 1, 1)]);
    expect(Math.abs(a / 12_000 - 0.25)).toBeLessThan(0.03);
  });

  test('more choices find the idle one more often', () => {
    const busy = Array.from({ length: 9 }, (_value, index) => endpoint(`busy${index}`, 1, 3));
    const idle = [...busy, endpoint('idle')];
    const two = shares(least, idle)['idle'] ?? 0;
    const nine = shares({ kind: 'leastRequest', choiceCount: 9 }, idle)['idle'] ?? 0;
    expect(Math.abs(two / 12_000 - 0.19)).toBeLessThan(0.03);
    expect(Math.abs(nine / 12_000 - 0.61)).toBeLessThan(0.03);
  });

  test.each([ring, { kind: 'maglev' } as const])('%j: one hash, one endpoint', (settings) => {
    const endpoints = ['a', 'b', 'c', 'd'].map((label) => endpoint(label));
    expect(Object.values(shares(settings, endpoints, () => 123_456))).toEqual([12_000]);
    // Without a hash chance decides.
    expect(Object.keys(shares(settings, endpoints))).toHaveLength(4);
  });

  test('two endpoints of one address both get requests', () => {
    const counts = shares(ring, [endpoint('a', 1, 1), endpoint('a', 1, 2)]);
    expect(counts).toEqual({ a: 12_000 });
    const choose = createBalancer([endpoint('a', 1, 1), endpoint('a', 1, 2)], ring, seeded(1));
    const seen = new Set(Array.from({ length: 100 }, () => choose()?.active));
    expect(seen.size).toBe(2);
  });

  test('only two of them hash', () => {
    expect(all.map(isHashing)).toEqual([false, false, false, true, true]);
  });
});
