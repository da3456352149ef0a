import type { PreparedBackend } from './backend.ts';
import { errorBody } from './error-body.ts';
import { createKeyRedaction, type KeyRedaction } from './key-redaction.ts';

/** What becomes of an answer of a model server. */
export type ResponseProtection =
  /** Sent as it comes. */
  | { readonly kind: 'pass' }
  /** Sent as it comes, with the key made unreadable where it stands. */
  | { readonly kind: 'redact'; readonly redaction: KeyRedaction }
  /** Not sent; this instead. */
  | { readonly kind: 'replace'; readonly status: 502; readonly body: string };

// The model server speaks to the gateway's account there, not to the client: a refused key, no balance, no permission.
const accountStatuses = new Set([401, 402, 403]);

/**
 * Keeps the gateway's key out of an answer. Errors about the key are replaced as a whole, since their text may hold a part
 * of it; an error that is compressed in spite of what was asked for cannot be searched, and is replaced as well.
 */
export function protectResponse(
  backend: PreparedBackend,
  status: number,
  encoded: boolean,
): ResponseProtection {
  if (backend.keyBytes === undefined) return { kind: 'pass' };
  if (accountStatuses.has(status)) {
    return replaced('The model server refused the credentials or the account of the gateway.');
  }
  if (encoded && status >= 400) return replaced('The model server sent an unreadable error.');
  if (encoded) return { kind: 'pass' };
  return { kind: 'redact', redaction: createKeyRedaction(backend.keyBytes) };
}

function replaced(message: string): ResponseProtection {
  return { kind: 'replace', status: 502, body: errorBody('upstream_auth', message) };
}

/** Takes out, in place, header lines that hold the key. */
export function removeKeyHeaders(lines: string[], backend: PreparedBackend): void {
  const { key } = backend;
  if (key === undefined) return;
  for (let index = lines.length - 2; index >= 0; index -= 2) {
    if (lines[index + 1]?.includes(key)) lines.splice(index, 2);
  }
}
