import { describe, expect, test } from '@jest/globals';

import { EndpointChoice } from '../../../src/dataplane/endpoint-choice.ts';
import { HealthBoard } from '../../../src/dataplane/endpoint-health.ts';
import { EndpointPool } from '../../../src/dataplane/endpoint-pool.ts';
import type { Labels, Subsets } from '../../../src/ir/balancer.ts';
import type { Cluster } from '../../../src/ir/cluster.ts';
import type { HealthCheck } from '../../../src/ir/health.ts';
import { cluster } from '../../support/gateway.ts';

const parts = { secrets: {}, localAddresses: 'on' } as const;
const healthCheck = {} as HealthCheck;

function rig(labels: readonly (Labels | undefined)[], more: Partial<Cluster> = {}) {
  const endpoints = labels.map((one, index) => ({
    host: `h${index}`,
    port: 80,
    weight: 1,
    ...(one ? { labels: one } : {}),
  }));
  const settings = cluster(1, { endpoints, ...more });
  const board = new HealthBoard();
  const pools = endpoints.map((endpoint) => {
    const pool = new EndpointPool(settings, endpoint, parts);
    pool.health = board.of(pool.label);
    return pool;
  });
  const choice = new EndpointChoice(settings, pools, { board, random: () => 0 });
  const seen = (subset?: Labels): string =>
    [...new Set([1, 2, 3, 4, 5, 6].map(() => choice.next(undefined, subset)?.endpoint.host ?? '-'))]
      .sort()
      .join(' ');
  const state = (...passing: readonly (boolean | undefined)[]): void => {
    for (const [index, one] of passing.entries()) {
      const health = pools[index]?.health;
      if (health && one !== undefined) health.passing = one;
    }
  };
  return { seen, state, pools, choice };
}

const bare = (count: number): undefined[] => Array.from({ length: count }, () => undefined);

describe('by health', () => {
  test.each([
    ['before any check all are used', [undefined, undefined], {}, 'h0 h1'],
    ['unhealthy ones get nothing', [true, false], {}, 'h0'],
    ['nor do those that were not checked yet', [true, undefined], {}, 'h0'],
    ['below half all are used', [true, false, false], {}, 'h0 h1 h2'],
    ['none at all is panic too', [false, false], {}, 'h0 h1'],
    ['unless there is none', [false, false], { panicThreshold: 0 }, '-'],
    ['a threshold of its own', [true, false, false], { panicThreshold: 30 }, 'h0'],
    ['all of it has to be well', [true, true, false], { panicThreshold: 100 }, 'h0 h1 h2'],
  ])('%s', (_name, passing, more, expected) => {
    const { seen, state } = rig(bare(passing.length), { healthCheck, ...more });
    state(...passing);
    expect(seen()).toBe(expected);
  });

  test.each([
    ['before any check', [undefined, undefined], true],
    ['one that is well', [false, true], true],
    ['none that is well, though all are asked then', [false, false], false],
    ['no endpoint', [], false],
  ])('%s: an endpoint is well: %j is %s', (_name, passing, expected) => {
    const { state, choice } = rig(bare(passing.length), { healthCheck });
    state(...passing);
    expect(choice.hasUsable).toBe(expected);
  });

  test('without checks only ejections count', () => {
    const { seen, state, pools } = rig(bare(2));
    state(false, true);
    expect(seen()).toBe('h0 h1');
    const [first] = pools;
    if (first?.health) first.health.ejected = true;
    expect(seen()).toBe('h1');
  });

  test('each change is seen by the next request', () => {
    const { seen, state } = rig(bare(2), { healthCheck });
    state(true, true);
    expect(seen()).toBe('h0 h1');
    state(false);
    expect(seen()).toBe('h1');
    state(true);
    expect(seen()).toBe('h0 h1');
  });
});

describe('by subset', () => {
  const labels = [
    { version: 'v1', stage: 'prod' },
    { version: 'v2', stage: 'prod' },
    { version: 'v2', stage: 'test' },
    {},
  ];
  const subsets = (more: Partial<Subsets> = {}): Subsets => ({
    selectors: [
      { keys: ['version'], single: false },
      { keys: ['stage', 'version'], single: false },
      { keys: ['stage'], single: true },
    ],
    fallback: 'any',
    ...more,
  });

  test.each([
    ['one label', { version: 'v2' }, {}, 'h1 h2'],
    ['two, in any order', { stage: 'test', version: 'v2' }, {}, 'h2'],
    ['a label that is not there is empty', { version: '' }, {}, 'h3'],
    ['one endpoint of it takes all', { stage: 'prod' }, {}, 'h0'],
    ['a value that nobody has', { version: 'v3' }, {}, 'h0 h1 h2 h3'],
    ['the same without a fallback', { version: 'v3' }, { fallback: 'none' }, '-'],
    ['keys of no selector', { other: 'x' }, { fallback: 'none' }, '-'],
    ['no labels are asked for', undefined, {}, 'h0 h1 h2 h3'],
    ['the same without a fallback', undefined, { fallback: 'none' }, '-'],
    [
      'a default subset',
      { version: 'v3' },
      { fallback: 'default', defaultLabels: { stage: 'test' } },
      'h2',
    ],
    [
      'also for requests that ask for nothing',
      undefined,
      { fallback: 'default', defaultLabels: { stage: 'prod' } },
      'h0 h1',
    ],
  ] as const)('%s', (_name, subset, more, expected) => {
    expect(rig(labels, { subsets: subsets(more) }).seen(subset)).toBe(expected);
  });

  test('health counts within the subset', () => {
    const { seen, state } = rig(labels, { subsets: subsets(), healthCheck });
    state(true, true, false, true);
    expect(seen({ version: 'v2' })).toBe('h1');
    state(true, false, false, true);
    expect(seen({ version: 'v2' })).toBe('h1 h2');
  });
});
