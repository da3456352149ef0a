import { describe, expect, test } from '@jest/globals';

import {
  ModelTargets,
  modelTargets,
  type ModelTarget,
} from '../../../src/dataplane/model-targets.ts';
import { Upstream } from '../../../src/dataplane/upstream.ts';
import type { Cluster } from '../../../src/ir/cluster.ts';
import type { LlmBackend } from '../../../src/ir/llm.ts';
import { cluster } from '../../support/gateway.ts';

const llm: LlmBackend = {
  provider: 'openai',
  credential: { kind: 'none' },
  authority: 'localhost',
};

function upstream(name: string, more: Partial<Cluster> = {}): Upstream {
  return new Upstream(cluster(1, { name, llm, ...more }), { secrets: {}, localAddresses: 'on' });
}

function target(name: string, weight = 1, priority = 0): ModelTarget {
  return { upstream: upstream(name), weight, priority };
}

const nameOf = (one: ModelTarget | undefined): string => one?.upstream.cluster.name ?? '-';

/** All targets in the order in which they are asked. */
function order(targets: readonly ModelTarget[], nowMs = 0): string {
  const left = new ModelTargets(targets);
  let names = '';
  while (left.size > 0) names += nameOf(left.next(nowMs));
  return names;
}

describe('modelTargets', () => {
  test('an upstream without pools is its own', () => {
    const one = upstream('a');
    expect(modelTargets(one, new Map())).toEqual([{ upstream: one, weight: 1, priority: 0 }]);
  });

  test('members that are not in the table are left out', () => {
    const [a, b] = [upstream('a'), upstream('b')];
    const pools = [
      [{ cluster: 'a', weight: 3 }],
      [
        { cluster: 'x', weight: 1 },
        { cluster: 'b', weight: 2 },
      ],
    ];
    const parent = upstream('parent', { pools, endpoints: [] });
    expect(modelTargets(parent, new Map(Object.entries({ a, b })))).toEqual([
      { upstream: a, weight: 3, priority: 0 },
      { upstream: b, weight: 2, priority: 1 },
    ]);
  });
});

describe('ModelTargets', () => {
  test('goes down the priorities and gives each target once', () => {
    const targets = [target('c', 1, 2), target('a', 1, 0), target('b', 1, 1)];
    expect(order(targets)).toBe('abc');
    expect(nameOf(new ModelTargets([]).next(0))).toBe('-');
  });

  test('the first of many requests are shared by weight, exactly', () => {
    const targets = [target('a', 3), target('b', 1)];
    const firsts = Array.from({ length: 8 }, () => nameOf(new ModelTargets(targets).next(0)));
    expect(firsts.join('')).toBe('aabaaaba');
  });

  test('who failed lately comes last, whatever its priority', () => {
    const [a, b, c] = [target('a', 1, 0), target('b', 1, 1), target('c', 1, 2)];
    a.upstream.breaker?.failed(0);
    b.upstream.breaker?.failed(0);
    expect(order([a, b, c], 1)).toBe('cab');
    b.upstream.breaker?.succeeded();
    expect(order([a, b, c], 2)).toBe('bca');
  });

  test('without an endpoint that is well it comes last, too', () => {
    const none = { upstream: upstream('a', { endpoints: [] }), weight: 1, priority: 0 };
    expect(order([none, target('b', 1, 1)])).toBe('ba');
  });

  test('after its pause it is asked again, by one request', () => {
    const [a, b] = [target('a', 1, 0), target('b', 1, 1)];
    a.upstream.breaker?.failed(0);
    const firsts = [4999, 5000, 5001].map((ms) => nameOf(new ModelTargets([a, b]).next(ms)));
    expect(firsts).toEqual(['b', 'a', 'b']);
  });

  test('of one priority those where least waits, whatever their weights', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name, index) => ({
      upstream: upstream(name, { llm: { ...llm, engine: 'VLLM' } }),
      weight: 9 - index,
      priority: name === 'c' ? 1 : 0,
    }));
    a!.upstream.endpoints[0]?.queue?.record({ waiting: 3, running: 1 }, 0, 3000);
    b!.upstream.endpoints[0]?.queue?.record({ waiting: 0, running: 50 }, 0, 3000);
    expect(order([a!, b!, c!])).toBe('bac');
    b!.upstream.endpoints[0]?.queue?.record({ waiting: 9, running: 50 }, 0, 3000);
    expect(order([a!, b!, c!])).toBe('abc');
  });

  test('without room it is the turn of others; who failed is not asked while one is only full', () => {
    const full = (name: string, priority: number): ModelTarget => {
      const concurrency = { account: `ns/${name}`, limit: 1, maxWaiting: 1, waitMs: 1 };
      const limited = upstream(name, { llm: { ...llm, concurrency } });
      limited.account?.enter();
      return { upstream: limited, weight: 1, priority };
    };
    const [a, b, c, d] = [full('a', 1), full('b', 0), target('c', 1, 2), target('d', 1, 3)];
    d.upstream.breaker?.failed(0);
    const left = new ModelTargets([a, b, c, d]);
    const next = (): string => nameOf(left.next(1, ({ upstream: { account } }) => !account));
    expect([next(), next(), left.full(1).map(nameOf)]).toEqual(['c', '-', ['b', 'a']]);
    expect(nameOf(left.take(b, 1))).toBe('b');
    left.drop([a]);
    expect([next(), next(), left.full(1)]).toEqual(['d', '-', []]);
  });
});
