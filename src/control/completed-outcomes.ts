import { refKey } from '../api/resource.ts';
import type { Condition, Outcome } from '../ir/outcome.ts';
import { keysReady, programmed, type EngineFacts } from './conditions.ts';

/** An outcome with the conditions that only the engines can tell: KeysReady and Programmed. */
interface Completed {
  /** As compiled. */
  readonly base: Outcome;
  readonly programmed: Condition;
  readonly outcome: Outcome;
}

/** By `refKey`, in the order of the compile. */
export type CompletedOutcomes = ReadonlyMap<string, Completed>;

/** Completes outcomes; those of which nothing has changed stay the objects that they were. */
export function completeOutcomes(
  outcomes: readonly Outcome[],
  facts: EngineFacts,
  former: { readonly completed: CompletedOutcomes; readonly changedKeySets: ReadonlySet<string> },
): CompletedOutcomes {
  const { completed, changedKeySets } = former;
  return new Map(
    outcomes.map((base) => {
      const key = refKey(base.ref);
      const last = completed.get(key);
      const condition = programmed(base, facts);
      const isSame =
        last?.base === base &&
        isEqual(last.programmed, condition) &&
        !base.keySets.some((id) => changedKeySets.has(id));
      return [key, isSame && last ? last : complete(base, condition, { facts, last })];
    }),
  );
}

function complete(
  base: Outcome,
  condition: Condition,
  { facts, last }: { readonly facts: EngineFacts; readonly last: Completed | undefined },
): Completed {
  const added = [keysReady(base, facts.keySets), condition];
  const outcome = { ...base, conditions: [...base.conditions, ...added] };
  const isKept = last && JSON.stringify(last.outcome) === JSON.stringify(outcome);
  return { base, programmed: condition, outcome: isKept ? last.outcome : outcome };
}

/** Of one type. */
function isEqual(a: Condition, b: Condition): boolean {
  return a === b || (a.status === b.status && a.reason === b.reason && a.message === b.message);
}
