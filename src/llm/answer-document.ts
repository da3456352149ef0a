import { isLateAccountError } from './account-error.ts';
import type { AnswerFacts } from './answer-facts.ts';
import { answerShape } from './answer-shape.ts';
import type { AnswerView } from './answer-view.ts';
import { parseRecord, type JsonRecord } from './json-record.ts';
import type { ModelEndpoint } from './model-endpoint.ts';

/** An answer in one piece, as it is sent. */
export interface SeenDocument {
  readonly facts: AnswerFacts;
  /** What failed is about the key or the account of whoever asked the server. */
  readonly isAccountFault: boolean;
  /** The same bytes: nothing was changed. */
  readonly bytes: Buffer;
}

/** Reads an answer that is one JSON text, blank lines before it or not; undefined: it is none, or must not be seen. */
export function seenDocument(
  bytes: Buffer,
  endpoint: ModelEndpoint,
  view: AnswerView,
): SeenDocument | undefined {
  const shape = answerShape(endpoint, view);
  const document = parseRecord(bytes.toString());
  if (document === undefined) return undefined;
  const seen = shape.whole(document);
  const { facts } = shape;
  const isAccountFault = facts.fault !== '' && isLateAccountError(document);
  if (seen === document) return { facts, isAccountFault, bytes };
  const text = textFrom(seen);
  return text === undefined ? undefined : { facts, isAccountFault, bytes: Buffer.from(text) };
}

/** Undefined: it is deeper than the stack. */
function textFrom(document: JsonRecord): string | undefined {
  try {
    return JSON.stringify(document);
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}
