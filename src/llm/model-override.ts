import { messageOf } from '../base/errors.ts';

/** A body with another model in it, or why there is none. */
export type ModelOverride =
  | { readonly kind: 'replaced'; readonly body: Buffer }
  | { readonly kind: 'refused'; readonly message: string };

/**
 * Puts `model` into the top level of a JSON body and leaves every other byte as it was: numbers beyond a double keep their
 * digits, and what a later stage inspected is what is sent. A body in which two readers could see two models is refused.
 */
export function overrideModel(body: Buffer, model: string): ModelOverride {
  let text: string;
  try {
    // Fatal: bytes that are no UTF-8 would be read differently by others.
    text = decoder.decode(body);
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      return { kind: 'refused', message: 'The request body has to be a JSON object.' };
    }
  } catch (error) {
    return { kind: 'refused', message: `The request body is not JSON: ${shortened(error)}` };
  }
  const members = topLevelMembers(text).filter(({ key }) => key.toLowerCase() === 'model');
  const [member] = members;
  if (members.length > 1 || (member !== undefined && member.key !== 'model')) {
    return { kind: 'refused', message: 'The request body names `model` more than once or oddly.' };
  }
  return { kind: 'replaced', body: Buffer.from(spliced(text, member, JSON.stringify(model))) };
}

// A byte order mark is kept, and JSON.parse then refuses it, as DeepSeek does.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function shortened(error: unknown): string {
  // The engine's message repeats what it found; only its kind is told.
  return messageOf(error).includes('UTF-8') ? 'invalid UTF-8' : 'invalid syntax';
}

interface Member {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

function spliced(text: string, member: Member | undefined, value: string): string {
  if (member !== undefined) return text.slice(0, member.from) + value + text.slice(member.to);
  const open = text.indexOf('{') + 1;
  const empty = /^\s*\}/.test(text.slice(open));
  return `${text.slice(0, open)}"model":${value}${empty ? '' : ','}${text.slice(open)}`;
}

/** Keys of the outermost object with the places of their values; the text is valid JSON already. */
function topLevelMembers(text: string): Member[] {
  const members: Member[] = [];
  let at = text.indexOf('{') + 1;
  for (;;) {
    at = skipSpace(text, at);
    if (text[at] === ',') at = skipSpace(text, at + 1);
    if (text[at] !== '"') return members;
    const keyEnd = stringEnd(text, at);
    const key = String(JSON.parse(text.slice(at, keyEnd)));
    const from = skipSpace(text, text.indexOf(':', keyEnd) + 1);
    const to = valueEnd(text, from);
    members.push({ key, from, to });
    at = to;
  }
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\n\r'.includes(text[at] ?? '')) at += 1;
  return at;
}

function stringEnd(text: string, from: number): number {
  let at = from + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function valueEnd(text: string, from: number): number {
  if (text[from] === '"') return stringEnd(text, from);
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const character = text[at] ?? '';
    if (character === '"') {
      at = stringEnd(text, at);
      continue;
    }
    if ('{['.includes(character)) depth += 1;
    else if ('}]'.includes(character)) depth -= 1;
    const ends = depth < 0 || (depth === 0 && ', \t\n\r'.includes(character));
    if (ends) return at;
    at += 1;
    if (depth === 0 && '}]'.includes(character)) return at;
  }
  return at;
}
