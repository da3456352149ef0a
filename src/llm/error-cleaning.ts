import { ownAccountError } from './account-error.ts';
import { errorBody } from './error-body.ts';
import { maskedText, type KeyGuard } from './key-guard.ts';

type Fields = Readonly<Record<string, unknown>>;

/** In place of an error that cannot be searched, or is too long for it. */
export const unreadableError = errorBody(
  'upstream_error',
  'The model server sent an error that cannot be read.',
);

/**
 * An error without the key and without its end, in as many bytes: a length was told already. One about the account of the
 * gateway is in the gateway's own words. The same bytes where nothing is to be changed.
 */
export function cleanError(
  body: Buffer,
  guard: KeyGuard,
  isAboutAccount: (document: Fields) => boolean,
): Buffer {
  try {
    return cleaned(body, guard, isAboutAccount);
  } catch (thrown) {
    // Nested deeper than the stack.
    if (thrown instanceof RangeError) return fitted([unreadableError], body.length);
    throw thrown;
  }
}

function cleaned(
  body: Buffer,
  guard: KeyGuard,
  isAboutAccount: (document: Fields) => boolean,
): Buffer {
  const document = parse(body);
  // Character by byte, since what is looked for is ASCII.
  const text = body.toString('latin1');
  if (document === undefined) return changed(body, text, maskedText(text, guard));
  if (isFields(document) && isAboutAccount(document)) {
    const short = 'refused';
    const own = [ownAccountError(document), ownAccountError(document, short)];
    return fitted(own.map((one) => JSON.stringify(one)).concat('{}'), body.length);
  }
  const clean = changed(body, text, maskedStrings(text, guard));
  return holdsKey(parse(clean), guard) ? fitted([unreadableError, '{}'], body.length) : clean;
}

/** The first text that is no longer than that, filled up with spaces; only spaces, where none is. */
export function fitted(texts: readonly string[], length: number): Buffer {
  const text = texts.find((one) => Buffer.byteLength(one) <= length) ?? '';
  const bytes = Buffer.alloc(length, ' ');
  bytes.write(text);
  return bytes;
}

function changed(body: Buffer, before: string, after: string): Buffer {
  return before === after ? body : Buffer.from(after, 'latin1');
}

/** Numbers stay as they are: a code may well be like the end of a key. */
function maskedStrings(json: string, guard: KeyGuard): string {
  return json.replaceAll(/"(?:[^"\\]|\\.)*"/gs, (text) => maskedText(text, guard));
}

/** Also where it is written with escapes. */
function holdsKey(document: unknown, guard: KeyGuard): boolean {
  let found = false;
  JSON.stringify(document, (name, value: unknown) => {
    found ||= maskedText(name, guard) !== name;
    if (typeof value === 'string') found ||= maskedText(value, guard) !== value;
    return value;
  });
  return found;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
