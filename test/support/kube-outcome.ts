import type { Condition, Outcome } from '../../src/ir/outcome.ts';

/** An outcome of a VirtualService that is in order; `name` is `a` unless told. */
export function createOutcome(
  changes: Partial<Outcome> & { name?: string; kind?: string } = {},
): Outcome {
  const { name = 'a', kind = 'VirtualService', ...rest } = changes;
  return {
    ref: { kind, namespace: 'team', name },
    uid: `uid-${name}`,
    observedGeneration: 3,
    origin: '',
    state: 'Accepted',
    reason: '',
    conditions: goodConditions,
    findings: [],
    keySets: [],
    servingLastGood: false,
    ...rest,
  };
}

/** The conditions of a resource that is in force. */
export const goodConditions: readonly Condition[] = [
  { type: 'Accepted', status: 'True', reason: 'Accepted', message: '' },
  { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs', message: '' },
  { type: 'KeysReady', status: 'True', reason: 'NoKeysNeeded', message: 'none' },
  { type: 'Programmed', status: 'True', reason: 'Programmed', message: '' },
];

/** The good conditions with some in place of theirs. */
export function conditionsWith(...changed: readonly Condition[]): readonly Condition[] {
  return goodConditions.map((one) => changed.find(({ type }) => type === one.type) ?? one);
}

/** An outcome that is refused. */
export function rejectedOutcome(changes: Parameters<typeof createOutcome>[0] = {}): Outcome {
  return createOutcome({
    state: 'Rejected',
    reason: '1 error occurred:\n\t* bad regex\n\n',
    conditions: conditionsWith(
      { type: 'Accepted', status: 'False', reason: 'InvalidRegex', message: 'spec.x: bad regex' },
      { type: 'Programmed', status: 'False', reason: 'NotProgrammed', message: 'rejected' },
    ),
    findings: [{ severity: 'error', reason: 'InvalidRegex', path: 'spec.x', message: 'bad regex' }],
    ...changes,
  });
}
