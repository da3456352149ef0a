import type { Reason } from '../api/problem.ts';
import type { Condition, Outcome } from '../ir/outcome.ts';

/** What the JWT engine knows of a set of keys from the network. */
export interface KeySetFacts {
  readonly state: 'pending' | 'ready' | 'stale' | 'failed';
  /** Usable keys. */
  readonly keys: number;
  /** Since when these are the keys. */
  readonly loadedAtMs?: number;
  /** Of the last fetch that worked. */
  readonly fetchedAtMs?: number;
  /** Why the last fetch failed; never holds what the server sent. */
  readonly lastError?: string;
}

/** What is said of a set of keys; no ages, so that it stays the same text while nothing happens. */
export interface KeySetStatement {
  readonly state: KeySetFacts['state'];
  readonly text: string;
}

/** What the engines know and a compile cannot. */
export interface EngineFacts {
  /** By id of a key set. */
  readonly keySets: ReadonlyMap<string, KeySetStatement>;
  /** Whether the table of the outcome is the one that serves. */
  readonly programmed: boolean;
  /** Why it could not be put in force. */
  readonly publishError?: string;
  /** Why nothing reaches a resource although its table serves: it is not in it, or no listener of it is open. */
  readonly unreachable: (outcome: Outcome) => string | undefined;
}

/** What is said of a set of keys that comes from a host. */
export function keySetStatement(host: string, facts: KeySetFacts): KeySetStatement {
  return { state: facts.state, text: `${host}: ${keyText(facts)}` };
}

/** The condition that tells whether the keys of the network are there. */
export function keysReady(outcome: Outcome, keySets: EngineFacts['keySets']): Condition {
  if (outcome.keySets.length === 0) return noKeysNeeded;
  const known = outcome.keySets.flatMap((id) => keySets.get(id) ?? []);
  const worst = worstFirst.find((state) => known.some((keySet) => keySet.state === state));
  if (worst === undefined) return keysUnknown;
  const [status, reason] = keyConditions[worst];
  return { type: 'KeysReady', status, reason, message: known.map(({ text }) => text).join('; ') };
}

/**
 * The condition that tells whether the resource is in force. Without the version of the table: a change elsewhere must not
 * change the status of every resource.
 */
export function programmed(outcome: Outcome, facts: EngineFacts): Condition {
  if (outcome.state === 'Rejected') return outcome.servingLastGood ? formerServes : rejected;
  const fault = facts.programmed ? facts.unreachable(outcome) : facts.publishError;
  if (fault !== undefined) return notProgrammed(fault);
  return facts.programmed ? inForce : waiting;
}

const noKeysNeeded: Condition = {
  type: 'KeysReady',
  status: 'True',
  reason: 'NoKeysNeeded',
  message: 'no keys from the network are needed',
};

const keysUnknown: Condition = {
  type: 'KeysReady',
  status: 'Unknown',
  reason: 'KeysPending',
  message: 'keys are fetched once the resource is in force',
};

const inForce: Condition = {
  type: 'Programmed',
  status: 'True',
  reason: 'Programmed',
  message: '',
};

const waiting: Condition = {
  type: 'Programmed',
  status: 'Unknown',
  reason: 'Pending',
  message: 'waiting for the data plane',
};

const rejected = notProgrammed('rejected');
const formerServes = notProgrammed('rejected; the last accepted version keeps serving');

function notProgrammed(message: string): Condition {
  return { type: 'Programmed', status: 'False', reason: 'NotProgrammed', message };
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

function keyText({ state, keys, loadedAtMs, fetchedAtMs, lastError }: KeySetFacts): string {
  const fault = lastError === undefined ? '' : `, last fetch: ${lastError}`;
  if (state === 'pending') return 'no keys yet';
  if (state === 'failed') return `no keys${fault}`;
  const count = keys === 1 ? '1 key' : `${keys} keys`;
  const loaded = loadedAtMs === undefined ? count : `${count}, loaded ${time(loadedAtMs)}`;
  if (state === 'ready') return loaded;
  const fetched = fetchedAtMs === undefined ? '' : `, last fetched ${time(fetchedAtMs)}`;
  return loaded + fetched + fault;
}

/** To the second, as times in Kubernetes are. */
function time(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
