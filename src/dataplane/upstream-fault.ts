import { errors } from 'undici';

import { internalError, resetBeforeHeaders, type Denial } from './denial.ts';

/** Envoy's answer to a route's timeout. */
export const upstreamTimeout: Denial = {
  status: 504,
  body: 'upstream request timeout',
  reason: 'timeout',
  detail: 'the route timeout ended',
};

const protocolCodes = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
]);

/** What an error of an upstream request means, if its answer had not begun; `sent`: the request was on a connection. */
export function upstreamFault(error: Error, sent: boolean): Denial {
  const code = codeOf(error);
  // Something of ours cannot be written to a request line or a header: nothing was sent.
  if (code === 'UND_ERR_INVALID_ARG') return internalError(code);
  if (code === 'UND_ERR_CONNECT_TIMEOUT') {
    return { ...resetBeforeHeaders(503, 'connect', 'connection timeout'), detail: code };
  }
  if (!sent)
    return { ...resetBeforeHeaders(503, 'connect', 'remote connection failure'), detail: code };
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return upstreamTimeout;
  if (protocolCodes.has(code) || isBadAnswer(error)) {
    return { ...resetBeforeHeaders(502, 'protocol', 'protocol error'), detail: code };
  }
  return { ...resetBeforeHeaders(503, 'reset', 'connection termination'), detail: code };
}

/** Whether the connection had served before and was closed before our request was looked at: it may be sent again. */
export function isStaleConnection(error: Error): boolean {
  return error instanceof errors.SocketError
    ? (error.socket?.bytesRead ?? 0) > 0
    : codeOf(error) === 'ECONNRESET' || codeOf(error) === 'EPIPE';
}

/** No HTTP, an answer that was not asked for, or an upgrade. */
function isBadAnswer(error: Error): boolean {
  if (error instanceof errors.HTTPParserError) return true;
  return error instanceof errors.SocketError && error.message.startsWith('bad ');
}

/** A code only: messages may hold addresses and what an upstream sent. */
function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
