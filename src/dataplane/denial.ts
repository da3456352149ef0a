import type { JwtReason } from '../jwt/jwt-fault.ts';

/** An answer that the gateway gives itself. */
export interface LocalReply {
  readonly status: number;
  /** Empty: no body and no content type. */
  readonly body: string;
  /** Further header lines, flat: name, value, name, value. */
  readonly headers?: readonly string[];
  /** `text/plain` where absent. */
  readonly contentType?: string;
  /** The route changes nothing in it. */
  readonly isBare?: boolean;
}

/** Why a request was refused; a closed list, used by log and metrics. */
export type DenialReason =
  | JwtReason
  | 'bad_request'
  | 'bad_target'
  | 'bad_host'
  | 'misdirected'
  | 'method'
  | 'too_large'
  | 'expectation'
  | 'upgrade'
  | 'no_route'
  | 'fault'
  | 'rbac'
  | 'model'
  | 'closed'
  | 'no_cluster'
  | 'no_endpoint'
  | 'no_credential'
  | 'overflow'
  | 'concurrency'
  | 'connect'
  | 'reset'
  | 'protocol'
  | 'timeout'
  | 'body_timeout'
  | 'body'
  | 'upstream_auth'
  | 'model_error'
  | 'reasoning'
  | 'internal';

/** A refused request: data, never thrown. `detail` goes to the log only. */
export interface Denial extends LocalReply {
  readonly reason: DenialReason;
  readonly detail: string;
  /** The connection is closed after the answer: what follows on it is not to be trusted. */
  readonly close?: boolean;
}

/** Envoy's words for a request that cannot be read. */
export function badRequest(reason: DenialReason, detail: string): Denial {
  return { status: 400, body: 'Bad Request', reason, detail, close: true };
}

/** Envoy's answer to `#` and NUL in a target has no body. */
export function bareBadRequest(detail: string): Denial {
  return { status: 400, body: '', reason: 'bad_target', detail, close: true };
}

/** No virtual host or no route: an empty 404, before any token is looked at. */
export const notFound: Denial = { status: 404, body: '', reason: 'no_route', detail: '' };

/** Envoy's words for an upstream that could not be used before its answer began. */
export function resetBeforeHeaders(
  status: 502 | 503,
  reason: DenialReason,
  resetReason: string,
): Denial {
  return {
    status,
    body: `upstream connect error or disconnect/reset before headers. reset reason: ${resetReason}`,
    reason,
    detail: resetReason,
  };
}

/** Something unexpected was thrown while deciding: the request is refused and nothing of the cause is shown. */
export function internalError(detail: string): Denial {
  return { status: 500, body: '', reason: 'internal', detail };
}
