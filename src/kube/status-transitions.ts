import type { Condition, Outcome } from '../ir/outcome.ts';
import type { StoredStatus } from './stored-status.ts';

/** Something that has happened to a resource, as an event tells it. */
export interface Transition {
  readonly type: 'Normal' | 'Warning';
  /** CamelCase: one word for what has happened. */
  readonly reason: string;
  readonly message: string;
}

/** What is news in an outcome, against what was told before; in the order an engineer wants to read it. */
export function statusTransitions(before: StoredStatus, outcome: Outcome): readonly Transition[] {
  const changed = outcome.conditions.filter((condition) => hasChanged(before, condition));
  const byType = new Map(changed.map((condition) => [condition.type, condition]));
  const stateChanged = before.state !== outcome.state;
  const refs = refsTransition(before, byType.get('ResolvedRefs'));
  const state = stateChanged || byType.has('Accepted') ? stateTransition(outcome, refs) : undefined;
  const keys = keysTransition(byType.get('KeysReady'));
  const programmed = programmedTransition(outcome, byType.get('Programmed'));
  return [state, refs, keys, programmed].filter((one) => one !== undefined);
}

function hasChanged(before: StoredStatus, { type, status, reason }: Condition): boolean {
  const former = before.conditions.get(type);
  return former?.status !== status || former.reason !== reason;
}

function stateTransition(outcome: Outcome, refs: Transition | undefined): Transition | undefined {
  const { state } = outcome;
  const accepted = outcome.conditions.find(({ type }) => type === 'Accepted');
  const message = accepted?.message ?? '';
  if (state === 'Rejected') {
    return { type: 'Warning', reason: 'Rejected', message };
  }
  if (state === 'Accepted') {
    return { type: 'Normal', reason: 'Accepted', message: message || 'the manifest is in order' };
  }
  if (state === 'Pending') return undefined;
  const [first] = outcome.findings;
  const reason = first?.reason ?? 'Warning';
  // What does not resolve is told by its own event.
  return reason === refs?.reason ? undefined : { type: 'Warning', reason, message };
}

function refsTransition(
  before: StoredStatus,
  condition: Condition | undefined,
): Transition | undefined {
  if (condition === undefined) return undefined;
  const { status, reason, message } = condition;
  if (status === 'False') return { type: 'Warning', reason, message };
  if (before.conditions.get('ResolvedRefs')?.status !== 'False') return undefined;
  return { type: 'Normal', reason, message: message || 'everything it refers to is there' };
}

function keysTransition(condition: Condition | undefined): Transition | undefined {
  if (condition === undefined || condition.status === 'Unknown') return undefined;
  const { reason, message } = condition;
  if (reason === 'NoKeysNeeded') return undefined;
  return { type: reason === 'KeysReady' ? 'Normal' : 'Warning', reason, message };
}

function programmedTransition(
  { state }: Outcome,
  condition: Condition | undefined,
): Transition | undefined {
  if (condition === undefined || condition.status === 'Unknown') return undefined;
  const { status, reason, message } = condition;
  if (status === 'True') {
    return { type: 'Normal', reason, message: message || 'the gateway works by it' };
  }
  // That it is not in force goes without saying.
  return state === 'Rejected' ? undefined : { type: 'Warning', reason, message };
}
