import { valueAt } from '../base/value-at.ts';
import type { ClaimPath } from '../ir/llm.ts';

/** Billed names that a caller may use; absent in its place: all. */
export type ModelGrant = ReadonlySet<string>;

/**
 * What a claim allows: a list of names, or one name. Anything else, also no claim, allows nothing; so does what is no
 * string in a list.
 */
export function claimedModels(
  claims: Readonly<Record<string, unknown>> | undefined,
  path: ClaimPath,
): ModelGrant {
  const value = valueAt(claims, path);
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  return new Set(names.filter(isName));
}

/** What both allow. */
export function bothGrants(
  one: ModelGrant | undefined,
  other: ModelGrant | undefined,
): ModelGrant | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return new Set([...one].filter((name) => other.has(name)));
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
