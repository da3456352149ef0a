import type { Condition, Outcome } from '../ir/outcome.ts';
import {
  membersOf,
  ownConditionType,
  ownEntry,
  storedConditions,
  type Members,
} from './stored-status.ts';

/** Which parts of a status the API server keeps; the schema of a CRD prunes what it does not know. */
export interface StatusParts {
  /** False where there is no status subresource: a status write itself raises the generation there. */
  readonly observedGeneration: boolean;
  readonly conditions: boolean;
  readonly statuses: boolean;
}

/** What a status is written with. */
export interface StatusContext {
  /** The controller's own namespace: the name of its entry in `statuses`. */
  readonly namespace: string;
  readonly nowMs: number;
  readonly parts: StatusParts;
}

/** What has to change in `status`, as a JSON merge patch: the parts that differ, and nothing of others. */
export interface StatusChange {
  readonly observedGeneration?: number;
  /** The whole list: a merge patch replaces arrays. */
  readonly conditions?: readonly unknown[];
  readonly statuses?: Readonly<Record<string, Members>>;
}

const reporter = 'seekgate';

/** Where Gloo cuts a reason, too. */
const maxReasonBytes = 1024;

/** What has to be written so that the stored status says the outcome; undefined when it says so already. */
export function statusChange(
  outcome: Outcome,
  stored: unknown,
  context: StatusContext,
): StatusChange | undefined {
  const { namespace, parts } = context;
  const generation = parts.observedGeneration ? outcome.observedGeneration : undefined;
  const conditions = parts.conditions
    ? conditionsChange(outcome.conditions, stored, { ...context, generation })
    : undefined;
  const entry = parts.statuses ? entryChange(outcome, ownEntry(stored, namespace)) : undefined;
  const isTold = membersOf(stored)['observedGeneration'] === generation;
  const change: StatusChange = {
    ...(generation === undefined || isTold ? {} : { observedGeneration: generation }),
    ...(conditions === undefined ? {} : { conditions }),
    ...(entry === undefined ? {} : { statuses: { [namespace]: entry } }),
  };
  return Object.keys(change).length > 0 ? change : undefined;
}

/** The entry in the form of Gloo; a member that is not ours is taken out by `null`. */
function entryChange({ state, reason }: Outcome, stored: unknown): Members | undefined {
  const text = state === 'Accepted' ? '' : cutText(reason, maxReasonBytes);
  const wanted: Members = {
    reportedBy: reporter,
    state,
    ...(text === '' ? {} : { reason: text }),
  };
  const former = membersOf(stored);
  const surplus = Object.keys(former).filter((name) => !Object.hasOwn(wanted, name));
  const isSame = Object.entries(wanted).every(([name, value]) => former[name] === value);
  if (isSame && surplus.length === 0) return undefined;
  return { ...wanted, ...Object.fromEntries(surplus.map((name) => [name, null])) };
}

interface ConditionContext extends StatusContext {
  readonly generation: number | undefined;
}

/** The whole list with ours brought up to date where they stand; undefined when nothing differs. */
function conditionsChange(
  conditions: readonly Condition[],
  status: unknown,
  context: ConditionContext,
): readonly unknown[] | undefined {
  const stored = storedConditions(status);
  const missing = new Map<string, Condition>(conditions.map((one) => [one.type, one]));
  let isSame = true;
  const list = stored.flatMap((former) => {
    const type = ownConditionType(former);
    if (type === undefined) return [former];
    const condition = missing.get(type);
    missing.delete(type);
    const next = condition && nextCondition(condition, membersOf(former), context);
    if (next !== former) isSame = false;
    return next === undefined ? [] : [next];
  });
  if (isSame && missing.size === 0) return undefined;
  return [...list, ...[...missing.values()].map((one) => nextCondition(one, {}, context))];
}

/** The condition as it is to be stored: the former itself when that says the same. */
function nextCondition(
  { type, status, reason, message }: Condition,
  former: Members,
  { generation, nowMs }: ConditionContext,
): Members {
  const text = message.toWellFormed();
  const said = { type, status, reason, message: text };
  const isSame =
    isTime(former['lastTransitionTime']) &&
    former['observedGeneration'] === generation &&
    Object.entries(said).every(([name, value]) => former[name] === value);
  if (isSame) return former;
  const keepsTime = former['status'] === status && isTime(former['lastTransitionTime']);
  return {
    type,
    status,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    lastTransitionTime: keepsTime ? former['lastTransitionTime'] : apiTime(nowMs),
    reason,
    message: text,
  };
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-/.test(value) && !Number.isNaN(Date.parse(value));
}

/** A time as Kubernetes writes it: whole seconds, UTC. */
export function apiTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The beginning of a text, in `maxBytes` of UTF-8 at most and without half a character. */
export function cutText(text: string, maxBytes: number): string {
  const wellFormed = text.toWellFormed();
  const { read } = new TextEncoder().encodeInto(wellFormed, new Uint8Array(maxBytes));
  return wellFormed.slice(0, read);
}
