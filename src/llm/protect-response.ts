import type { PreparedBackend } from './backend.ts';
import { accountErrorMessage, accountErrorType, errorBody } from './error-body.ts';
import type { KeyGuard } from './key-guard.ts';
import { createKeyRedaction, type KeyRedaction } from './key-redaction.ts';
import { createLateLineErrors, createLateTextError, joinRedactions } from './late-errors.ts';
import { createWholeErrorCleaning } from './whole-error.ts';

/** What becomes of an answer of a model server. */
export type ResponseProtection =
  /** Sent as it comes. */
  | { readonly kind: 'pass' }
  /** Sent with the key made unreadable where it stands, in as many bytes. */
  | { readonly kind: 'redact'; readonly redaction: KeyRedaction }
  /** Not sent; this instead. */
  | {
      readonly kind: 'replace';
      readonly status: 502;
      readonly body: string;
      readonly reason: 'upstream_auth' | 'protocol';
    };

// The model server speaks to the gateway's account there, not to the client: a refused key, no balance, no permission.
const accountStatuses = new Set([401, 402, 403]);

/**
 * Keeps the gateway's key out of an answer. Errors about the key are replaced as a whole, since their text may hold a part
 * of it; an answer that is compressed in spite of what was asked for cannot be searched, and is replaced as well.
 */
export function protectResponse(
  { guard }: PreparedBackend,
  { status, encoded, contentType }: AnswerHead,
): ResponseProtection {
  if (guard === undefined) return { kind: 'pass' };
  if (accountStatuses.has(status)) return refusedAccount;
  if (encoded) return unreadable;
  return { kind: 'redact', redaction: redactionFor(guard, status, contentType) };
}

/** What of the head of an answer decides what becomes of it. */
export interface AnswerHead {
  readonly status: number;
  /** It is compressed. */
  readonly encoded: boolean;
  /** Empty: none. */
  readonly contentType: string;
}

const linesOfText = /^(?:text\/event-stream|application\/(?:x-)?(?:nd|l)json)\b/i;
const jsonText = /^application\/(?:[\w.-]+\+)?json\b/i;

function redactionFor(guard: KeyGuard, status: number, contentType: string): KeyRedaction {
  if (status >= 400) return createWholeErrorCleaning(guard);
  const redaction = createKeyRedaction(guard.patterns);
  if (linesOfText.test(contentType)) return joinRedactions(createLateLineErrors(guard), redaction);
  return jsonText.test(contentType)
    ? joinRedactions(createLateTextError(guard), redaction)
    : redaction;
}

const refusedAccount: ResponseProtection = {
  kind: 'replace',
  status: 502,
  body: errorBody(accountErrorType, accountErrorMessage),
  reason: 'upstream_auth',
};

const unreadable: ResponseProtection = {
  kind: 'replace',
  status: 502,
  body: errorBody('upstream_error', 'The model server sent an unreadable answer.'),
  reason: 'protocol',
};

// Their values are known words, numbers or dates, of which one may well be like the end of a key.
const standardNames = new Set(
  ['cache-control', 'content-length', 'content-type', 'date', 'expires', 'last-modified'].concat([
    'retry-after',
    'vary',
  ]),
);

/** Takes out, in place, header lines that hold the key, or its end as a word. */
export function removeKeyHeaders(lines: string[], { guard }: PreparedBackend): void {
  if (guard === undefined) return;
  for (let index = lines.length - 2; index >= 0; index -= 2) {
    const isStandard = standardNames.has(lines[index] ?? '');
    if (namesKey(lines[index + 1] ?? '', guard, isStandard)) lines.splice(index, 2);
  }
}

function namesKey(value: string, { spellings, tail }: KeyGuard, isStandard: boolean): boolean {
  if (spellings.some((key) => value.includes(key))) return true;
  if (isStandard || tail === '') return false;
  for (let at = value.indexOf(tail); at !== -1; at = value.indexOf(tail, at + 1)) {
    const around = (value[at - 1] ?? '') + (value[at + tail.length] ?? '');
    if (!/[0-9a-z]/i.test(around)) return true;
  }
  return false;
}
