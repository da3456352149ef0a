import { isAccountError, ownAccountError } from './account-error.ts';
import { errorBody } from './error-body.ts';
import type { KeyGuard } from './key-guard.ts';
import type { KeyRedaction } from './key-redaction.ts';

/** An error is no longer than this; of a longer one the client gets the gateway's own words. */
const longestError = 64 * 1024;

const nothing = Buffer.alloc(0);
const mask = '****';

/**
 * Takes the key and its end out of an error, which is short and is read as a whole for it: servers name a key by its last
 * characters in many ways, so that here each place counts where they stand.
 */
export function createErrorCleaning(guard: KeyGuard): KeyRedaction {
  const pieces: Buffer[] = [];
  let bytes = 0;
  return {
    push: (chunk) => {
      bytes += chunk.length;
      if (bytes <= longestError) pieces.push(Buffer.from(chunk));
      else pieces.length = 0;
      return nothing;
    },
    end: () => {
      if (bytes > longestError) return Buffer.from(unreadable);
      return cleanError(Buffer.concat(pieces), guard);
    },
  };
}

const unreadable = errorBody(
  'upstream_error',
  'The model server sent an error that cannot be read.',
);

/** The same bytes where nothing of the key is in them. */
export function cleanError(body: Buffer, guard: KeyGuard): Buffer {
  try {
    return cleaned(body, guard);
  } catch (thrown) {
    // Deeper than the stack.
    if (thrown instanceof RangeError) return Buffer.from(unreadable);
    throw thrown;
  }
}

function cleaned(body: Buffer, guard: KeyGuard): Buffer {
  const text = body.toString();
  const parsed = parse(text);
  if (parsed === undefined) {
    const clean = cleanText(text, guard);
    return clean === text ? body : Buffer.from(clean);
  }
  const clean = cleanDocument(parsed, guard);
  const own = isFields(clean) && isAccountError(clean) ? ownAccountError(clean) : clean;
  return own === parsed ? body : Buffer.from(JSON.stringify(own));
}

/** The same value where nothing of the key is in it. */
export function cleanDocument<T>(document: T, guard: KeyGuard): T {
  let found = false;
  const clean = JSON.stringify(document, (_name, value: unknown) => {
    const cleaned = cleanValue(value, guard);
    found ||= cleaned !== value;
    return cleaned;
  });
  return found ? (JSON.parse(clean) as T) : document;
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function cleanValue(value: unknown, guard: KeyGuard): unknown {
  if (typeof value === 'string') return cleanText(value, guard);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const names = Object.keys(value);
  if (names.every((name) => cleanText(name, guard) === name)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [cleanText(name, guard), member]),
  );
}

/** A text without the key and without its end. */
export function cleanText(text: string, { key, tail }: KeyGuard): string {
  const keyless = text.replaceAll(key, mask);
  return tail === '' ? keyless : keyless.replaceAll(tail, mask);
}
