import { errorBody } from '../llm/error-body.ts';
import { overrideModel } from '../llm/model-override.ts';
import { prepareHeaders, rewritesBody } from '../llm/prepare-request.ts';
import type { Call } from './call.ts';
import { badRequest, type Denial } from './denial.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import { collectBody, RequestBody, type Collected } from './request-body.ts';
import { upstreamHeaders } from './request-headers.ts';
import type { HeaderLines } from './header-lines.ts';
import type { Upstream } from './upstream.ts';
import { makesDotSegment, modelServerPath, rewrittenPath } from './upstream-path.ts';
import { UpstreamRequest } from './upstream-request.ts';

/** Sends a request that all stages let through to one of its route's clusters. */
export function forward(call: Call): void {
  const { exchange } = call;
  const name = exchange.route?.destinations.next();
  const upstream = name === undefined ? undefined : exchange.program.upstreams.get(name);
  call.cluster = name ?? '';
  if (upstream === undefined) return call.deny(noCluster);
  if (isRewrittenAstray(call)) return call.deny(badRequest('bad_target', 'dots at the rewrite'));
  const missing = upstream.backend?.missing;
  if (missing !== undefined) return call.deny(noCredential(missing));
  const endpoint = upstream.nextEndpoint();
  if (endpoint === undefined) return call.deny(noEndpoint);
  call.endpoint = endpoint.label;
  if (!exchange.hasBody) return send(call, upstream, endpoint, null);
  return sendWithBody(call, upstream, endpoint);
}

function isRewrittenAstray({ exchange }: Call): boolean {
  const { route, matcher, path } = exchange;
  const action = route?.route.action;
  if (action?.kind !== 'forward' || action.prefixRewrite === undefined) return false;
  return matcher !== undefined && makesDotSegment(path, matcher.matcher.path, action.prefixRewrite);
}

const noCluster: Denial = { status: 503, body: '', reason: 'no_cluster', detail: '' };

const noEndpoint: Denial = {
  status: 503,
  body: 'no healthy upstream',
  reason: 'no_endpoint',
  detail: '',
};

function noCredential(detail: string): Denial {
  const body = errorBody('no_credential', 'The gateway has no key for this model server.');
  return { status: 503, body, contentType: 'application/json', reason: 'no_credential', detail };
}

/** A short body is read first: no slow client then holds a connection to the upstream, and it goes out in one piece. */
function sendWithBody(call: Call, upstream: Upstream, endpoint: EndpointPool): void {
  const { exchange, context, request } = call;
  const { collectBytes, rewriteBytes } = context.limits;
  const { backend } = upstream;
  const model = backend !== undefined && rewritesBody(backend) ? backend.settings.model : undefined;
  const short = !exchange.chunked && exchange.contentLength <= collectBytes;
  if (model !== undefined && exchange.contentLength > rewriteBytes) return call.deny(tooLarge);
  if (model !== undefined && isEncoded(exchange.headers)) return call.deny(unreadableCoding);
  if (model === undefined && !short) {
    call.awaitBody();
    return send(call, upstream, endpoint, new RequestBody(request));
  }
  collectBody(request, {
    declared: exchange.contentLength,
    limit: model === undefined ? collectBytes : rewriteBytes,
    slow: () => call.awaitBody(),
    done: (collected) => {
      const body = usable(call, collected, model);
      if (body !== undefined && !call.answered) send(call, upstream, endpoint, body);
    },
  });
}

function isEncoded(headers: readonly string[]): boolean {
  return headers.some(
    (name, index) =>
      index % 2 === 0 &&
      name === 'content-encoding' &&
      headers[index + 1]?.toLowerCase() !== 'identity',
  );
}

const tooLarge: Denial = {
  status: 413,
  body: 'Payload Too Large',
  reason: 'too_large',
  detail: 'the body is to be rewritten and too large for it',
};

const unreadableCoding: Denial = {
  status: 415,
  body: 'Unsupported Media Type',
  reason: 'body',
  detail: 'the body is to be rewritten and has a content coding',
};

function usable(call: Call, collected: Collected, model: string | undefined): Buffer | undefined {
  if (collected === 'aborted') return undefined;
  if (collected === 'too large') {
    call.deny(tooLarge);
    return undefined;
  }
  if (model === undefined) return collected;
  const override = overrideModel(collected, model);
  if (override.kind === 'replaced') return override.body;
  const body = errorBody('invalid_request_error', override.message);
  call.deny({ status: 400, body, contentType: 'application/json', reason: 'body', detail: '' });
  return undefined;
}

function send(
  call: Call,
  upstream: Upstream,
  endpoint: EndpointPool,
  body: Buffer | RequestBody | null,
): void {
  const upstreamRequest = new UpstreamRequest(call, upstream, endpoint, {
    method: call.exchange.method,
    path: pathFor(call, upstream),
    headers: headersFor(call, upstream, body),
    body,
  });
  call.pending = upstreamRequest;
  upstreamRequest.start();
}

function pathFor(call: Call, { backend }: Upstream): string {
  const { route, matcher, query } = call.exchange;
  const action = route?.route.action;
  let { path } = call.exchange;
  if (action?.kind === 'forward' && action.prefixRewrite !== undefined && matcher !== undefined) {
    path = rewrittenPath(path, matcher.matcher.path, action.prefixRewrite);
  }
  if (backend !== undefined) path = modelServerPath(path, backend.settings);
  return query === undefined ? path : `${path}?${query}`;
}

function headersFor(
  call: Call,
  { backend }: Upstream,
  body: Buffer | RequestBody | null,
): HeaderLines {
  const { exchange } = call;
  const { connection, authority, headers, contentLength, chunked, method } = exchange;
  if (backend !== undefined) prepareHeaders(headers, backend, exchange.spent.some(isAuthorization));
  return upstreamHeaders({
    headers,
    peer: connection.peer,
    scheme: connection.scheme,
    authority: backend?.settings.authority ?? authority,
    contentLength: declaredLength(),
  });

  function declaredLength(): number | undefined {
    if (body instanceof RequestBody) return chunked ? undefined : contentLength;
    if (body !== null) return body.length;
    return method === 'GET' || method === 'HEAD' ? undefined : 0;
  }
}

function isAuthorization({
  kind,
  name,
}: {
  readonly kind: string;
  readonly name: string;
}): boolean {
  return kind === 'header' && name.toLowerCase() === 'authorization';
}
