import type { Reason } from '../api/problem.ts';
import type { Condition, Outcome, ResourceRef } from '../ir/outcome.ts';

/** What the JWT engine knows of a set of keys from the network. */
export interface KeySetFacts {
  readonly state: 'pending' | 'ready' | 'stale' | 'failed';
  /** Usable keys. */
  readonly keys: number;
  readonly ageSeconds?: number;
  /** Why the last fetch failed; never holds what the server sent. */
  readonly lastError?: string;
}

/** What the engines know and a compile cannot. */
export interface EngineFacts {
  /** By id of a key set. */
  readonly keySets: Readonly<Record<string, KeySetFacts>>;
  /** Host of the URL of a key set; undefined when the table in force does not use it. */
  readonly hostOf: (keySet: string) => string | undefined;
  /** Whether the table of the outcome is the one that serves. */
  readonly programmed: boolean;
  /** Why it could not be put in force. */
  readonly publishError?: string;
  /** Why nothing reaches a resource although its table serves: no listener of it is open. */
  readonly unreachable: (ref: ResourceRef) => string | undefined;
}

/** The outcome with the conditions that only the engines can tell: KeysReady and Programmed. */
export function completeOutcome(outcome: Outcome, facts: EngineFacts): Outcome {
  const added = [keysReady(outcome, facts), programmed(outcome, facts)];
  return { ...outcome, conditions: [...outcome.conditions, ...added] };
}

type State = KeySetFacts['state'];

/** The worst state of its key sets is that of the resource. */
const worstFirst: readonly State[] = ['failed', 'pending', 'stale', 'ready'];

/** Stale keys still verify: the issuer being down for a while must not look like an outage of ours. */
const keyConditions: Readonly<Record<State, readonly [Condition['status'], Reason]>> = {
  failed: ['False', 'KeyFetchFailed'],
  pending: ['Unknown', 'KeysPending'],
  stale: ['True', 'KeysStale'],
  ready: ['True', 'KeysReady'],
};

function keysReady(outcome: Outcome, facts: EngineFacts): Condition {
  if (outcome.keySets.length === 0) {
    const message = 'no keys from the network are needed';
    return { type: 'KeysReady', status: 'True', reason: 'NoKeysNeeded', message };
  }
  const known = outcome.keySets.flatMap((id) => {
    const keySet = facts.keySets[id];
    return keySet ? [{ host: facts.hostOf(id) ?? id, keySet }] : [];
  });
  const worst = worstFirst.find((state) => known.some(({ keySet }) => keySet.state === state));
  if (worst === undefined) {
    const message = 'keys are fetched once the resource is in force';
    return { type: 'KeysReady', status: 'Unknown', reason: 'KeysPending', message };
  }
  const [status, reason] = keyConditions[worst];
  const message = known.map(({ host, keySet }) => `${host}: ${keyText(keySet)}`).join('; ');
  return { type: 'KeysReady', status, reason, message };
}

function keyText({ state, keys, ageSeconds, lastError }: KeySetFacts): string {
  const count = keys === 1 ? '1 key' : `${keys} keys`;
  const loaded = ageSeconds === undefined ? 'no keys yet' : `${count}, ${age(ageSeconds)} old`;
  const failed = state === 'ready' || lastError === undefined ? '' : `, last fetch: ${lastError}`;
  return loaded + failed;
}

function age(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/** Without the version of the table: a change elsewhere must not change the status of every resource. */
function programmed(outcome: Outcome, facts: EngineFacts): Condition {
  const condition = (status: Condition['status'], reason: Reason, message: string): Condition => ({
    type: 'Programmed',
    status,
    reason,
    message,
  });
  if (outcome.state === 'Rejected') {
    const message = outcome.servingLastGood
      ? 'rejected; the last accepted version keeps serving'
      : 'rejected';
    return condition('False', 'NotProgrammed', message);
  }
  const fault = facts.programmed ? facts.unreachable(outcome.ref) : facts.publishError;
  if (fault !== undefined) return condition('False', 'NotProgrammed', fault);
  if (facts.programmed) return condition('True', 'Programmed', '');
  return condition('Unknown', 'Pending', 'waiting for the data plane');
}
