import { describe, expect, it } from '@jest/globals';
import {
  completeOutcomes,
  type CompletedOutcomes,
} from '../../../src/control/completed-outcomes.ts';
import type { EngineFacts } from '../../../src/control/conditions.ts';
import type { Outcome } from '../../../src/ir/outcome.ts';

function outcomeOf(name: string, keySets: readonly string[] = []): Outcome {
  return {
    ref: { kind: 'VirtualService', namespace: 'default', name },
    origin: '',
    state: 'Accepted',
    reason: '',
    conditions: [{ type: 'Accepted', status: 'True', reason: 'Accepted', message: '' }],
    findings: [],
    keySets,
    servingLastGood: false,
  };
}

const facts: EngineFacts = {
  keySets: new Map([['k', { state: 'ready', text: 'k: 1 key' }]]),
  programmed: true,
  unreachable: () => undefined,
};

const bases = [outcomeOf('a'), outcomeOf('b', ['k'])];
const none: CompletedOutcomes = new Map();
const first = completeOutcomes(bases, facts, { completed: none, changedKeySets: new Set() });

function changedAfter(
  outcomes: readonly Outcome[],
  engine: Partial<EngineFacts>,
  changedKeySets: readonly string[] = [],
): string[] {
  const next = completeOutcomes(
    outcomes,
    { ...facts, ...engine },
    { completed: first, changedKeySets: new Set(changedKeySets) },
  );
  return [...next].flatMap(([key, { outcome }]) =>
    outcome === first.get(key)?.outcome ? [] : [outcome.ref.name],
  );
}

describe('completeOutcomes', () => {
  it('adds what the engines know to what was compiled', () => {
    const types = [...first.values()].map(({ outcome }) =>
      outcome.conditions.map(({ type, reason }) => `${type} ${reason}`),
    );
    expect(types).toEqual([
      ['Accepted Accepted', 'KeysReady NoKeysNeeded', 'Programmed Programmed'],
      ['Accepted Accepted', 'KeysReady KeysReady', 'Programmed Programmed'],
    ]);
  });

  const stale = new Map([['k', { state: 'stale', text: 'k: 1 key, last fetch: x' } as const]]);
  it.each<[string, string[], Outcome[], Partial<EngineFacts>, string[]]>([
    ['nothing', [], bases, {}, []],
    ['an equal outcome', [], [outcomeOf('a'), outcomeOf('b', ['k'])], {}, []],
    ['another outcome', ['a'], [{ ...bases[0]!, observedGeneration: 2 }, bases[1]!], {}, []],
    ['its key set', ['b'], bases, { keySets: stale }, ['k']],
    ['another key set', [], bases, {}, ['x']],
    ['the table not in force', ['a', 'b'], bases, { programmed: false }, []],
    [
      'no open listener',
      ['a'],
      bases,
      { unreachable: ({ ref: { name } }) => (name === 'a' ? 'x' : undefined) },
      [],
    ],
    ['one that is new', ['c'], [...bases, outcomeOf('c')], {}, []],
  ])('gives other objects only for: %s', (_title, expected, outcomes, engine, changed) => {
    expect(changedAfter(outcomes, engine, changed)).toEqual(expected);
  });
});
