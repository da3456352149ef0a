import { createHash } from 'node:crypto';

/** JSON with members in the order of their names: equal values give equal text. */
export function stableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_key, member: unknown) => sorted(member), indent);
}

function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** The first `digits` hexadecimal digits (16 by default) of the SHA-256 of a text. */
export function contentHash(text: string, digits = 16): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
