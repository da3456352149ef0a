import { describe, expect, it } from '@jest/globals';
import {
  completeOutcome,
  type EngineFacts,
  type KeySetFacts,
} from '../../../src/control/conditions.ts';
import type { Outcome } from '../../../src/ir/outcome.ts';

const outcome: Outcome = {
  ref: { kind: 'VirtualService', namespace: 'default', name: 'x' },
  origin: 'a.yaml:1',
  state: 'Accepted',
  reason: '',
  conditions: [{ type: 'Accepted', status: 'True', reason: 'Accepted', message: '' }],
  findings: [],
  keySets: [],
  servingLastGood: false,
};

const facts: EngineFacts = {
  keySets: {},
  hostOf: (id) => `${id}.example`,
  programmed: true,
  unreachable: () => undefined,
};

function conditionOf(type: string, of: Partial<Outcome>, engine: Partial<EngineFacts> = {}) {
  const complete = completeOutcome({ ...outcome, ...of }, { ...facts, ...engine });
  return complete.conditions.find((condition) => condition.type === type);
}

describe('conditions', () => {
  it('keeps those of the compile', () => {
    const types = completeOutcome(outcome, facts).conditions.map(({ type }) => type);
    expect(types).toEqual(['Accepted', 'KeysReady', 'Programmed']);
  });
});

describe('conditions: KeysReady', () => {
  const ready: KeySetFacts = { state: 'ready', keys: 2, ageSeconds: 61 };
  const stale: KeySetFacts = { state: 'stale', keys: 1, ageSeconds: 7300, lastError: 'status 503' };
  const failed: KeySetFacts = { state: 'failed', keys: 0, lastError: 'connection refused' };
  const pending: KeySetFacts = { state: 'pending', keys: 0 };
  const cases: readonly [
    name: string,
    keySets: Readonly<Record<string, KeySetFacts>>,
    status: string,
    reason: string,
    message: string,
  ][] = [
    ['ready', { a: ready }, 'True', 'KeysReady', 'a.example: 2 keys, 61 s old'],
    [
      'stale: they still verify',
      { a: stale },
      'True',
      'KeysStale',
      'a.example: 1 key, 2 h old, last fetch: status 503',
    ],
    [
      'never had',
      { a: failed },
      'False',
      'KeyFetchFailed',
      'a.example: no keys yet, last fetch: connection refused',
    ],
    ['not there yet', { a: pending }, 'Unknown', 'KeysPending', 'a.example: no keys yet'],
    [
      'of two sets: the worse',
      { a: ready, b: failed },
      'False',
      'KeyFetchFailed',
      'a.example: 2 keys, 61 s old; b.example: no keys yet, last fetch: connection refused',
    ],
    [
      'of a resource that is not in force',
      {},
      'Unknown',
      'KeysPending',
      'keys are fetched once the resource is in force',
    ],
  ];
  it.each(cases)('%s', (_name, keySets, status, reason, message) => {
    const of = { keySets: ['a', 'b'] };
    expect(conditionOf('KeysReady', of, { keySets })).toEqual({
      type: 'KeysReady',
      status,
      reason,
      message,
    });
  });

  it('is true where no keys come from the network', () => {
    expect(conditionOf('KeysReady', {})).toMatchObject({ status: 'True', reason: 'NoKeysNeeded' });
  });
});

describe('conditions: Programmed', () => {
  const rejected = { state: 'Rejected' } as const;
  const cases: readonly [
    name: string,
    of: Partial<Outcome>,
    engine: Partial<EngineFacts>,
    expected: readonly [status: string, reason: string, message: string],
  ][] = [
    ['the table serves', {}, {}, ['True', 'Programmed', '']],
    ['with warnings', { state: 'Warning' }, {}, ['True', 'Programmed', '']],
    ['not yet', {}, { programmed: false }, ['Unknown', 'Pending', 'waiting for the data plane']],
    [
      'the engines refuse',
      {},
      { programmed: false, publishError: 'port 80 is in use' },
      ['False', 'NotProgrammed', 'port 80 is in use'],
    ],
    [
      'its listener is not open',
      {},
      { unreachable: () => 'port 80 is in use' },
      ['False', 'NotProgrammed', 'port 80 is in use'],
    ],
    ['rejected, although the table serves', rejected, {}, ['False', 'NotProgrammed', 'rejected']],
    [
      'rejected, with an earlier version',
      { ...rejected, servingLastGood: true },
      {},
      ['False', 'NotProgrammed', 'rejected; the last accepted version keeps serving'],
    ],
  ];
  it.each(cases)('%s', (_name, of, engine, [status, reason, message]) => {
    const expected = { type: 'Programmed', status, reason, message };
    expect(conditionOf('Programmed', of, engine)).toEqual(expected);
  });
});
