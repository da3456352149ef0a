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
});
