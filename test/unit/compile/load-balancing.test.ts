import { describe, expect, it } from '@jest/globals';

import { createFindings } from '../../../src/compile/findings.ts';
import {
  compileBalancing,
  compileSubsets,
  hostLabels,
} from '../../../src/compile/load-balancing.ts';

describe('compileBalancing', () => {
  it.each([
    [undefined, {}],
    [{ roundRobin: {} }, {}],
    [{ healthyPanicThreshold: 50 }, {}],
    [{ healthyPanicThreshold: 0 }, { panicThreshold: 0 }],
    [{ leastRequest: {} }, { balancer: { kind: 'leastRequest', choiceCount: 2 } }],
    [{ leastRequest: { choiceCount: 1 } }, { balancer: { kind: 'leastRequest', choiceCount: 2 } }],
    [{ leastRequest: { choiceCount: 5 } }, { balancer: { kind: 'leastRequest', choiceCount: 5 } }],
    [{ random: {} }, { balancer: { kind: 'random' } }],
    [{ maglev: {}, useHostnameForHashing: true }, { balancer: { kind: 'maglev' } }],
    [
      { ringHash: {} },
      { balancer: { kind: 'ringHash', minimumSize: 1024, maximumSize: 8_388_608 } },
    ],
    [
      { ringHash: { ringHashConfig: { minimumRingSize: 5, maximumRingSize: 50 } } },
      { balancer: { kind: 'ringHash', minimumSize: 5, maximumSize: 50 } },
    ],
  ])('%j', (spec, expected) => {
    const findings = createFindings();
    expect(compileBalancing(spec, findings)).toEqual(expected);
    expect(findings.list).toEqual([]);
  });

  it('a ring cannot be smaller than it has to be', () => {
    const findings = createFindings();
    compileBalancing({ ringHash: { ringHashConfig: { maximumRingSize: 10 } } }, findings);
    expect(findings.list).toEqual([
      expect.objectContaining({
        severity: 'error',
        reason: 'InvalidUpstream',
        path: 'spec.loadBalancerConfig.ringHash.ringHashConfig',
        message:
          'there is no such ring: found at least 1024 and at most 10 points, accepted a minimumRingSize up to the maximumRingSize',
      }),
    ]);
  });
});

describe('compileSubsets', () => {
  it.each([
    [{}, { selectors: [], fallback: 'any' }],
    [
      { selectors: [{ keys: ['a', 'b'], singleHostPerSubset: true }, {}] },
      {
        selectors: [
          { keys: ['a', 'b'], single: true },
          { keys: [], single: false },
        ],
        fallback: 'any',
      },
    ],
    [{ fallbackPolicy: 'NO_FALLBACK' }, { selectors: [], fallback: 'none' }],
    [
      { fallbackPolicy: 1, defaultSubset: { values: { v: '1' } } },
      { selectors: [], fallback: 'default', defaultLabels: { v: '1' } },
    ],
  ] as const)('%j', (spec, expected) => {
    expect(compileSubsets(spec as never)).toEqual(expected);
  });
});

describe('labels', () => {
  it.each([
    [undefined, {}],
    [{ other: { a: '1' } }, {}],
    [{ 'envoy.lb': 'x' }, {}],
    [{ 'envoy.lb': { a: 1 } }, {}],
    [{ 'envoy.lb': { a: '1', b: 2 } }, { labels: { a: '1' } }],
  ])('of a host with the metadata %j', (metadata, expected) => {
    expect(hostLabels(metadata)).toEqual(expected);
  });
});
