import { readJsonObject, type JsonMember } from './json-object.ts';

/** A body with another model in it, or why there is none. */
export type ModelOverride =
  | { readonly kind: 'replaced'; readonly body: Buffer }
  | { readonly kind: 'refused'; readonly message: string };

/**
 * Puts `model` into the top level of a JSON body and leaves every other byte as it was: numbers beyond a double keep their
 * digits, and what a later stage inspected is what is sent. A body in which two readers could see two models is refused.
 */
export function overrideModel(body: Buffer, model: string): ModelOverride {
  const object = readJsonObject(body);
  if (object === undefined) {
    return { kind: 'refused', message: 'The request body has to be a JSON object in UTF-8.' };
  }
  const { inside, members } = object;
  const [member, ...twins] = members.filter((one) => keyOf(body, one).toLowerCase() === 'model');
  if (twins.length > 0 || (member !== undefined && keyOf(body, member) !== 'model')) {
    return { kind: 'refused', message: 'The request body names `model` more than once or oddly.' };
  }
  const value = JSON.stringify(model);
  return {
    kind: 'replaced',
    body: spliced(body, member ?? added(inside, members.length > 0), value),
  };
}

/** `model` with each letter written as an escape. */
const longestKey = 'model'.length * '\\u006d'.length;

/** Empty for a key that cannot be `model` in any spelling. */
function keyOf(body: Buffer, { keyFrom, keyTo }: JsonMember): string {
  const length = keyTo - keyFrom;
  if (length < 'model'.length || length > longestKey) return '';
  const text = body.toString('utf8', keyFrom, keyTo);
  return text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text;
}

interface Place extends Pick<JsonMember, 'from' | 'to'> {
  readonly before?: string;
  readonly behind?: string;
}

/** In front of all other members. */
function added(inside: number, hasOthers: boolean): Place {
  return { from: inside, to: inside, before: '"model":', behind: hasOthers ? ',' : '' };
}

function spliced(body: Buffer, { from, to, before = '', behind = '' }: Place, value: string) {
  const text = Buffer.from(before + value + behind);
  return Buffer.concat([body.subarray(0, from), text, body.subarray(to)]);
}
