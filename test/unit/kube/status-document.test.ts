import { describe, expect, it } from '@jest/globals';
import { apiTime, cutText, statusChange } from '../../../src/kube/status-document.ts';
import { mergePatch } from '../../support/fake-kube-api.ts';
import {
  conditionsWith,
  createOutcome,
  goodConditions,
  rejectedOutcome,
} from '../../support/kube-outcome.ts';

const earlier = '2029-12-31T00:00:00Z';
const now = '2030-01-01T00:00:00Z';
const all = { observedGeneration: true, conditions: true, statuses: true };
const context = { namespace: 'gate', nowMs: Date.parse(now), parts: all };

function stored(outcome = createOutcome(), time = earlier) {
  const change = statusChange(outcome, undefined, { ...context, nowMs: Date.parse(time) });
  return mergePatch({}, change) as {
    observedGeneration: number;
    conditions: Record<string, unknown>[];
    statuses: Record<string, Record<string, unknown>>;
  };
}

describe('statusChange', () => {
  it('writes everything where nothing is stored', () => {
    expect(statusChange(createOutcome(), undefined, context)).toEqual({
      observedGeneration: 3,
      conditions: goodConditions.map((one) => {
        return { ...one, observedGeneration: 3, lastTransitionTime: now };
      }),
      statuses: { gate: { reportedBy: 'seekgate', state: 'Accepted' } },
    });
  });

  it('writes nothing where the same is stored', () => {
    for (const outcome of [createOutcome(), rejectedOutcome()]) {
      expect(statusChange(outcome, stored(outcome), context)).toBeUndefined();
    }
  });

  it('keeps the time of a condition whose status is as before, and of no other', () => {
    const change = statusChange(rejectedOutcome(), stored(), context);
    expect(change?.conditions).toMatchObject([
      { type: 'Accepted', status: 'False', lastTransitionTime: now },
      { type: 'ResolvedRefs', status: 'True', lastTransitionTime: earlier },
      { type: 'KeysReady', lastTransitionTime: earlier },
      { type: 'Programmed', lastTransitionTime: now },
    ]);
    expect(change).not.toHaveProperty('observedGeneration');
  });

  it('tells a new generation without touching times and the entry', () => {
    const change = statusChange(createOutcome({ observedGeneration: 4 }), stored(), context);
    expect(change).toEqual({
      observedGeneration: 4,
      conditions: stored().conditions.map((one) => ({ ...one, observedGeneration: 4 })),
    });
  });

  it('gives a reason and takes it away again', () => {
    const rejected = rejectedOutcome();
    expect(statusChange(rejected, stored(), context)?.statuses).toEqual({
      gate: { reportedBy: 'seekgate', state: 'Rejected', reason: rejected.reason },
    });
    expect(statusChange(createOutcome(), stored(rejected), context)?.statuses).toEqual({
      gate: { reportedBy: 'seekgate', state: 'Accepted', reason: null },
    });
  });

  it('replaces what another program has left in the own entry, and leaves the entries of others', () => {
    const left = { reportedBy: 'gloo', state: 'Accepted', subresourceStatuses: { a: {} } };
    const statuses = { gate: left, 'gloo-system': { reportedBy: 'gloo', state: 'Rejected' } };
    const former = { ...stored(), statuses };
    const change = statusChange(createOutcome(), former, context);
    expect(change).toEqual({
      statuses: { gate: { reportedBy: 'seekgate', state: 'Accepted', subresourceStatuses: null } },
    });
    expect(mergePatch(former, change)).toEqual({
      ...stored(),
      statuses: { ...statuses, gate: { reportedBy: 'seekgate', state: 'Accepted' } },
    });
  });

  it('keeps the conditions of others in their places', () => {
    const [accepted, ...rest] = stored().conditions;
    const foreign = { type: 'Synced', status: 'True', whatever: [1] };
    const former = { ...stored(), conditions: [accepted, foreign, ...rest, 'odd'] };
    expect(statusChange(createOutcome(), former, context)).toBeUndefined();
    const change = statusChange(rejectedOutcome(), former, context);
    expect(change?.conditions?.map((one) => (one as { type?: string }).type ?? one)).toEqual([
      'Accepted',
      'Synced',
      'ResolvedRefs',
      'KeysReady',
      'Programmed',
      'odd',
    ]);
    expect(change?.conditions?.[1]).toEqual(foreign);
  });

  it('drops a second condition of a type of ours, and one that is not told any more', () => {
    const [accepted] = stored().conditions;
    const former = { ...stored(), conditions: [...stored().conditions, accepted] };
    expect(statusChange(createOutcome(), former, context)?.conditions).toHaveLength(4);
    const fewer = createOutcome({ conditions: goodConditions.slice(0, 2) });
    expect(statusChange(fewer, stored(), context)?.conditions).toHaveLength(2);
  });

  it.each([
    ['null', null],
    ['a text', 'Accepted'],
    ['a list', [1, 2]],
    ['lists and texts for members', { conditions: 'x', statuses: [], observedGeneration: 'y' }],
    ['nulls for members', { conditions: null, statuses: null, observedGeneration: null }],
    [
      'members of wrong types',
      {
        conditions: [null, 7, [], { type: 9 }, { type: 'Accepted', lastTransitionTime: 'soon' }],
        statuses: { gate: 'x', other: 1 },
      },
    ],
    [
      'a condition with a time that is none',
      { conditions: [{ ...goodConditions[0], lastTransitionTime: 5 }] },
    ],
    ['entries of a prototype', JSON.parse('{"statuses":{"__proto__":{"state":"Accepted"}}}')],
  ])('does not trip over %s', (_name, garbage) => {
    const change = statusChange(createOutcome(), garbage, context);
    const after = mergePatch(garbage, change) as ReturnType<typeof stored>;
    expect(after.statuses['gate']).toEqual({ reportedBy: 'seekgate', state: 'Accepted' });
    expect(after.conditions).toEqual(
      expect.arrayContaining(
        goodConditions.map((one) => ({ ...one, observedGeneration: 3, lastTransitionTime: now })),
      ),
    );
    expect(statusChange(createOutcome(), after, context)).toBeUndefined();
  });

  it.each([
    ['conditions', { ...all, conditions: false }, ['observedGeneration', 'statuses']],
    ['statuses', { ...all, statuses: false }, ['observedGeneration', 'conditions']],
    ['anything', { observedGeneration: false, conditions: false, statuses: false }, []],
  ])('leaves out what the CRD does not keep: %s', (_name, parts, members) => {
    const change = statusChange(createOutcome(), undefined, { ...context, parts });
    expect(Object.keys(change ?? {})).toEqual(members);
  });

  it('has no generation anywhere where the status raises it', () => {
    const parts = { ...all, observedGeneration: false };
    const change = statusChange(createOutcome(), undefined, { ...context, parts });
    expect(JSON.stringify(change)).not.toContain('observedGeneration');
    const again = createOutcome({ observedGeneration: 4 });
    expect(statusChange(again, change, { ...context, parts })).toBeUndefined();
  });

  it('cuts the reason of the entry where Gloo does, and repairs broken text', () => {
    const reason = `${'x'.repeat(1022)}é${'y'.repeat(100)}`;
    const message = 'broken \ud800';
    const outcome = rejectedOutcome({
      reason,
      conditions: conditionsWith({
        type: 'Accepted',
        status: 'False',
        reason: 'Malformed',
        message,
      }),
    });
    const change = statusChange(outcome, undefined, context);
    expect(change?.statuses?.['gate']?.['reason']).toBe(`${'x'.repeat(1022)}é`);
    expect(change?.conditions?.[0]).toMatchObject({ message: 'broken \ufffd' });
    expect(statusChange(outcome, change, context)).toBeUndefined();
  });
});

describe('cutText', () => {
  it.each([
    ['short', 10, 'short'],
    ['exactly', 7, 'exactly'],
    ['aé', 2, 'a'],
    ['a€', 3, 'a'],
    ['a😀', 4, 'a'],
    ['a😀', 5, 'a😀'],
    ['\udc00', 2, ''],
  ])('cuts %j at %d bytes', (text, bytes, expected) => {
    expect(cutText(text, bytes)).toBe(expected);
  });
});

describe('apiTime', () => {
  it('writes whole seconds', () => {
    expect(apiTime(Date.parse('2030-01-01T00:00:00.999Z'))).toBe(now);
  });
});
