import type { Condition, ConditionType } from '../ir/outcome.ts';

/** Members of an object whose form nobody warrants: anyone with the right to may have written the status. */
export type Members = Readonly<Record<string, unknown>>;

/** What a stored status says of a resource, as far as it can be read. */
export interface StoredStatus {
  /** Of this controller's entry in `statuses`; undefined when there is none. */
  readonly state: string | undefined;
  /** Reason of that entry. */
  readonly reason: string | undefined;
  /** Our conditions by type; empty when none are kept. */
  readonly conditions: ReadonlyMap<string, StoredCondition>;
}

/** What is read of a stored condition. */
export interface StoredCondition {
  readonly status: string;
  readonly reason: string;
}

const ownTypes: ReadonlySet<unknown> = new Set<ConditionType>([
  'Accepted',
  'ResolvedRefs',
  'KeysReady',
  'Programmed',
]);

/** The members of a value; none when it is no object. */
export function membersOf(value: unknown): Members {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Members) : {};
}

/** The conditions of a stored status, whatever each is. */
export function storedConditions(status: unknown): readonly unknown[] {
  const { conditions } = membersOf(status);
  return Array.isArray(conditions) ? conditions : [];
}

/** The type of a stored condition when it is one of ours. */
export function ownConditionType(condition: unknown): Condition['type'] | undefined {
  const { type } = membersOf(condition);
  return ownTypes.has(type) ? (type as Condition['type']) : undefined;
}

/** This controller's entry in `statuses`. */
export function ownEntry(status: unknown, namespace: string): unknown {
  const statuses = membersOf(membersOf(status)['statuses']);
  return Object.hasOwn(statuses, namespace) ? statuses[namespace] : undefined;
}

/** What a stored status says; it never throws. */
export function readStoredStatus(status: unknown, namespace: string): StoredStatus {
  const { state, reason } = membersOf(ownEntry(status, namespace));
  const conditions = new Map<string, StoredCondition>();
  for (const condition of storedConditions(status)) {
    const type = ownConditionType(condition);
    const { status: value, reason: why } = membersOf(condition);
    if (type === undefined || conditions.has(type)) continue;
    conditions.set(type, { status: textOf(value) ?? '', reason: textOf(why) ?? '' });
  }
  return { state: textOf(state), reason: textOf(reason), conditions };
}

/**
 * Whether a status speaks of a newer generation of the object than the given one. A number above the object's own
 * generation was made up by somebody, and must not keep the status from being written for good.
 */
export function speaksOfNewer(
  status: unknown,
  generation: number | undefined,
  objectGeneration: number | undefined,
): boolean {
  if (generation === undefined || objectGeneration === undefined) return false;
  const own = storedConditions(status).filter((one) => ownConditionType(one) !== undefined);
  return [status, ...own].some((one) => {
    const { observedGeneration } = membersOf(one);
    if (typeof observedGeneration !== 'number') return false;
    return observedGeneration > generation && observedGeneration <= objectGeneration;
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
