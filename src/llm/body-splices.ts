import type { JsonMember, JsonObjectText, JsonPlace } from './json-object.ts';

/** Bytes of a body and what comes in their place. */
export interface Splice extends JsonPlace {
  readonly text: string;
}

/** What becomes of one member of an object. */
export interface MemberChange {
  readonly name: string;
  /** Absent: it is not there. */
  readonly member: JsonMember | undefined;
  /** JSON text; undefined: it is taken out. */
  readonly value: string | undefined;
}

/** Puts all splices in and leaves every other byte as it was; they do not overlap. */
export function spliced(body: Buffer, splices: readonly Splice[]): Buffer {
  if (splices.length === 0) return body;
  const parts: Buffer[] = [];
  let at = 0;
  for (const { from, to, text } of splices.toSorted((a, b) => a.from - b.from)) {
    parts.push(body.subarray(at, from), Buffer.from(text));
    at = to;
  }
  return Buffer.concat([...parts, body.subarray(at)]);
}

/** Changes members of one object; those that were not there come in front of all others. */
export function changedMembers(
  { inside, members }: JsonObjectText,
  changes: readonly MemberChange[],
): readonly Splice[] {
  const gone = new Set<JsonMember>();
  const replaced: Splice[] = [];
  const added: string[] = [];
  for (const { name, member, value } of changes) {
    if (value === undefined) {
      if (member !== undefined) gone.add(member);
    } else if (member === undefined) added.push(`${JSON.stringify(name)}:${value}`);
    else replaced.push({ from: member.from, to: member.to, text: value });
  }
  const comma = members.length > gone.size ? ',' : '';
  const front =
    added.length === 0 ? [] : [{ from: inside, to: inside, text: added.join(',') + comma }];
  return [...front, ...replaced, ...takenOut(members.map(memberPlace), (index) => isGone(index))];

  function isGone(index: number): boolean {
    const member = members[index];
    return member !== undefined && gone.has(member);
  }
}

/** From the quote in front of its name. */
function memberPlace({ keyFrom, to }: JsonMember): JsonPlace {
  return { from: keyFrom - 1, to };
}

/** Takes some of the parts of an object or a list out, with a comma each. */
export function takenOut(
  parts: readonly JsonPlace[],
  goes: (index: number) => boolean,
): readonly Splice[] {
  const splices: Splice[] = [];
  let keeps = false;
  for (const [index, part] of parts.entries()) {
    if (!goes(index)) {
      keeps = true;
      continue;
    }
    // Behind a part that stays, from the end of what is in front of this one; else up to the next.
    const from = keeps ? (parts[index - 1]?.to ?? part.from) : part.from;
    const to = keeps ? part.to : (parts[index + 1]?.from ?? part.to);
    splices.push({ from, to, text: '' });
  }
  return splices;
}
