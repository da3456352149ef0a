import { accountErrorMessage, accountErrorType, errorBody } from '../llm/error-body.ts';
import type { Denial } from './denial.ts';
import type { Exchange } from './exchange.ts';
import { rewrittenHost } from './host-rewrite.ts';
import type { Limits } from './limits.ts';
import { rewritesBody } from '../llm/prepare-request.ts';
import { upgradeRefused } from './stage-upgrade.ts';
import { astrayRewrite } from './route-path.ts';
import type { Upstream } from './upstream.ts';

/** Why a request that all stages let through cannot be sent to a cluster; undefined: it can. */
export function clusterRefusal(exchange: Exchange, upstream: Upstream): Denial | undefined {
  const astray = astrayRewrite(exchange);
  if (astray !== undefined) return astray;
  const { backend } = upstream;
  // What goes through a tunnel cannot be searched for the key of a model server.
  if (exchange.upgrade !== '' && backend !== undefined) return upgradeRefused;
  if (backend === undefined && leadsToNoHost(exchange)) return noHost;
  const missing = backend?.missing;
  return missing === undefined ? undefined : noCredential(missing);
}

/** Where the route changes headers, what Host is made of is known only when that is done. */
function leadsToNoHost({ route, headers, path }: Exchange): boolean {
  const action = route?.route.action;
  if (action?.kind !== 'forward' || route?.editsHeaders === true) return false;
  return rewrittenHost(action.host?.to, headers, { endpoint: undefined, path }) === null;
}

/** What Host is to be rewritten to is no host. */
export const noHost: Denial = {
  status: 400,
  body: 'Bad Request',
  reason: 'bad_host',
  detail: 'what Host is to be rewritten to is no host',
};

/** The cluster of a route is not in the table. */
export const noCluster: Denial = { status: 503, body: '', reason: 'no_cluster', detail: '' };

/** A cluster without an endpoint to send to. */
export const noEndpoint: Denial = {
  status: 503,
  body: 'no healthy upstream',
  reason: 'no_endpoint',
  detail: '',
};

function noCredential(detail: string): Denial {
  const body = errorBody('no_credential', 'The gateway has no key for this model server.');
  return { status: 503, body, contentType: 'application/json', reason: 'no_credential', detail };
}

/** The model that is put into the body, where one is. */
export function replacedModel({ backend }: Upstream): string | undefined {
  return backend !== undefined && rewritesBody(backend) ? backend.settings.model : undefined;
}

/** Why a body cannot be read as a whole, which it has to be where something in it is replaced. */
export function rewriteRefusal(
  { headers, contentLength }: Exchange,
  { rewriteBytes }: Limits,
): Denial | undefined {
  if (contentLength > rewriteBytes) return tooLarge;
  return isEncoded(headers) ? unreadableCoding : undefined;
}

/** Whether a body has a content coding. */
export function isEncoded(headers: readonly string[]): boolean {
  return headers.some(
    (name, index) =>
      index % 2 === 0 &&
      name === 'content-encoding' &&
      headers[index + 1]?.toLowerCase() !== 'identity',
  );
}

/** A body beyond what is read as a whole. */
export const tooLarge: Denial = {
  status: 413,
  body: 'Payload Too Large',
  reason: 'too_large',
  detail: 'the body is to be rewritten and too large for it',
};

/** A body that cannot be read for its coding. */
export const unreadableCoding: Denial = {
  status: 415,
  body: 'Unsupported Media Type',
  reason: 'body',
  detail: 'the body is to be rewritten and has a content coding',
};

/** A body of a request for a model, beyond what is read as a whole. */
export const modelBodyTooLarge: Denial = {
  status: 413,
  body: errorBody('invalid_request_error', 'The request body is too large.'),
  contentType: 'application/json',
  reason: 'too_large',
  detail: 'the body of a request for a model',
  close: true,
};

/** A body in which the model cannot be replaced. */
export function unusableBody(message: string): Denial {
  const body = errorBody('invalid_request_error', message);
  return { status: 400, body, contentType: 'application/json', reason: 'body', detail: '' };
}

/** A model server has refused the key of the gateway, and there is no other. */
export const refusedAccount: Denial = {
  status: 502,
  body: errorBody(accountErrorType, accountErrorMessage),
  contentType: 'application/json',
  reason: 'upstream_auth',
  detail: '401',
};
