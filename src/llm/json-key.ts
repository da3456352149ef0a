import type { JsonMember, JsonObjectText, JsonPlace } from './json-object.ts';

/** The name of a member as readers decode it; empty for one longer than any that is looked for. */
export function keyOf(bytes: Buffer, { keyFrom, keyTo }: JsonMember): string {
  if (keyTo - keyFrom > longestKey) return '';
  const text = bytes.toString('utf8', keyFrom, keyTo);
  return text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text;
}

/** Of names up to 32 letters, each written as an escape. */
const longestKey = 32 * '\\u006d'.length;

/** A name as readers that do not tell case compare it; two letters beyond ASCII fold into it (Go's encoding/json). */
export function foldedKey(key: string): string {
  return key.replaceAll('\u017f', 's').replaceAll('\u212a', 'k').toLowerCase();
}

/** The members with these names; a name that is there twice, or in another case, is the fault. */
export function knownMembers(
  bytes: Buffer,
  { members }: JsonObjectText,
  names: ReadonlySet<string>,
): ReadonlyMap<string, JsonMember> | { readonly twin: string } {
  const known = new Map<string, JsonMember>();
  for (const member of members) {
    const key = keyOf(bytes, member);
    const name = foldedKey(key);
    if (!names.has(name)) continue;
    if (key !== name || known.has(name)) return { twin: name };
    known.set(name, member);
  }
  return known;
}

/** A value that is a string; undefined for any other. */
export function stringAt(bytes: Buffer, { from, to }: JsonPlace): string | undefined {
  if (bytes[from] !== 0x22) return undefined;
  return String(JSON.parse(bytes.toString('utf8', from, to)));
}

/** A value that is a word (`true`, `false`, `null`); undefined for any other. */
export function wordAt(bytes: Buffer, { from, to }: JsonPlace): boolean | null | undefined {
  const text = to - from > 'false'.length ? '' : bytes.toString('latin1', from, to);
  if (text === 'null') return null;
  return text === 'true' || text === 'false' ? text === 'true' : undefined;
}
