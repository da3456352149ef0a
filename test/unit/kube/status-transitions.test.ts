import { describe, expect, it } from '@jest/globals';
import type { Condition, Outcome } from '../../../src/ir/outcome.ts';
import { statusTransitions } from '../../../src/kube/status-transitions.ts';
import type { StoredStatus } from '../../../src/kube/stored-status.ts';
import { conditionsWith, createOutcome, rejectedOutcome } from '../../support/kube-outcome.ts';

const nothing: StoredStatus = { state: undefined, reason: undefined, conditions: new Map() };

function toldOf({ state, reason, conditions }: Outcome): StoredStatus {
  return { state, reason, conditions: new Map(conditions.map((one) => [one.type, one])) };
}

function withKeys(status: Condition['status'], reason: string, message = 'id.example'): Outcome {
  const keys = { type: 'KeysReady', status, reason, message } as const;
  return createOutcome({ conditions: conditionsWith(keys) });
}

const unresolved = createOutcome({
  state: 'Warning',
  conditions: conditionsWith(
    { type: 'ResolvedRefs', status: 'False', reason: 'UpstreamNotFound', message: 'no x' },
    { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'spec.y: no x' },
  ),
  findings: [{ severity: 'warning', reason: 'UpstreamNotFound', path: 'spec.y', message: 'no x' }],
});
const slash = createOutcome({
  state: 'Warning',
  conditions: conditionsWith({
    type: 'Accepted',
    status: 'True',
    reason: 'Accepted',
    message: 'spec.z: no slash',
  }),
  findings: [{ severity: 'warning', reason: 'PrefixWithoutSlash', path: 'spec.z', message: 'x' }],
});
const closedPort = createOutcome({
  conditions: conditionsWith({
    type: 'Programmed',
    status: 'False',
    reason: 'NotProgrammed',
    message: 'port 80 is taken',
  }),
});
const otherFault = rejectedOutcome({
  conditions: conditionsWith(
    { type: 'Accepted', status: 'False', reason: 'DomainConflict', message: 'a.example is taken' },
    { type: 'Programmed', status: 'False', reason: 'NotProgrammed', message: 'rejected' },
  ),
});

describe('statusTransitions', () => {
  const good = createOutcome();
  const rejected = rejectedOutcome();
  const cases: readonly [string, Outcome | undefined, Outcome, readonly string[]][] = [
    [
      'new and in order',
      undefined,
      good,
      ['Normal Accepted: the manifest is in order', 'Normal Programmed: the gateway works by it'],
    ],
    ['new and rejected', undefined, rejected, ['Warning Rejected: spec.x: bad regex']],
    ['as before', good, good, []],
    ['a new generation', good, { ...good, observedGeneration: 9 }, []],
    ['rejected after it was good', good, rejected, ['Warning Rejected: spec.x: bad regex']],
    ['rejected as before', rejected, rejected, []],
    ['rejected for another reason', rejected, otherFault, ['Warning Rejected: a.example is taken']],
    [
      'good again',
      rejected,
      good,
      ['Normal Accepted: the manifest is in order', 'Normal Programmed: the gateway works by it'],
    ],
    ['a reference that is lost', good, unresolved, ['Warning UpstreamNotFound: no x']],
    [
      'a reference that is found',
      unresolved,
      good,
      [
        'Normal Accepted: the manifest is in order',
        'Normal ResolvedRefs: everything it refers to is there',
      ],
    ],
    ['a warning', good, slash, ['Warning PrefixWithoutSlash: spec.z: no slash']],
    ['keys are being fetched', good, withKeys('Unknown', 'KeysPending'), []],
    [
      'keys have come',
      withKeys('Unknown', 'KeysPending'),
      withKeys('True', 'KeysReady'),
      ['Normal KeysReady: id.example'],
    ],
    [
      'no keys can be had',
      withKeys('Unknown', 'KeysPending'),
      withKeys('False', 'KeyFetchFailed'),
      ['Warning KeyFetchFailed: id.example'],
    ],
    [
      'keys grow old',
      withKeys('True', 'KeysReady'),
      withKeys('True', 'KeysStale'),
      ['Warning KeysStale: id.example'],
    ],
    ['keys are not needed any more', withKeys('True', 'KeysReady'), good, []],
    ['a port that is taken', good, closedPort, ['Warning NotProgrammed: port 80 is taken']],
    ['a port that is free again', closedPort, good, ['Normal Programmed: the gateway works by it']],
    ['pending', good, { ...good, state: 'Pending' }, []],
  ];

  it.each(cases)('tells of %s', (_name, before, outcome, expected) => {
    const told = statusTransitions(before ? toldOf(before) : nothing, outcome);
    expect(told.map(({ type, reason, message }) => `${type} ${reason}: ${message}`)).toEqual(
      expected,
    );
  });
});
