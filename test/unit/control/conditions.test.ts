import { describe, expect, it } from '@jest/globals';
import {
  keySetStatement,
  keysReady,
  programmed,
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
  keySets: new Map(),
  programmed: true,
  unreachable: () => undefined,
};

describe('conditions: KeysReady', () => {
  const loadedAtMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
  const fetchedAtMs = Date.UTC(2026, 0, 3);
  const ready: KeySetFacts = { state: 'ready', keys: 2, loadedAtMs, fetchedAtMs };
  const stale: KeySetFacts = { ...ready, state: 'stale', keys: 1, lastError: 'status 503' };
  const tooOld: KeySetFacts = { ...stale, state: 'failed', keys: 0 };
  const failed: KeySetFacts = { state: 'failed', keys: 0, lastError: 'connection refused' };
  const pending: KeySetFacts = { state: 'pending', keys: 0 };
  const cases: readonly [
    name: string,
    keySets: Readonly<Record<string, KeySetFacts>>,
    status: string,
    reason: string,
    message: string,
  ][] = [
    ['ready', { a: ready }, 'True', 'KeysReady', 'a.example: 2 keys, loaded 2026-01-02T03:04:05Z'],
    [
      'stale: they still verify',
      { a: stale },
      'True',
      'KeysStale',
      'a.example: 1 key, loaded 2026-01-02T03:04:05Z, last fetched 2026-01-03T00:00:00Z, last fetch: status 503',
    ],
    [
      'never had',
      { a: failed },
      'False',
      'KeyFetchFailed',
      'a.example: no keys, last fetch: connection refused',
    ],
    [
      'too old',
      { a: tooOld },
      'False',
      'KeyFetchFailed',
      'a.example: no keys, last fetch: status 503',
    ],
    ['not there yet', { a: pending }, 'Unknown', 'KeysPending', 'a.example: no keys yet'],
    [
      'of two sets: the worse',
      { a: ready, b: failed },
      'False',
      'KeyFetchFailed',
      'a.example: 2 keys, loaded 2026-01-02T03:04:05Z; b.example: no keys, last fetch: connection refused',
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
    const statements = Object.entries(keySets).map(
      ([id, known]) => [id, keySetStatement(`${id}.example`, known)] as const,
    );
    const condition = keysReady({ ...outcome, keySets: ['a', 'b'] }, new Map(statements));
    expect(condition).toEqual({ type: 'KeysReady', status, reason, message });
  });

  it('is true where no keys come from the network', () => {
    expect(keysReady(outcome, new Map())).toMatchObject({ status: 'True', reason: 'NoKeysNeeded' });
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
    expect(programmed({ ...outcome, ...of }, { ...facts, ...engine })).toEqual(expected);
  });
});
