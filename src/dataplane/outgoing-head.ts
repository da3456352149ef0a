import type { HostRewrite } from '../ir/rewrite.ts';
import type { PreparedBackend } from '../llm/backend.ts';
import { prepareHeaders } from '../llm/prepare-request.ts';
import type { Call } from './call.ts';
import type { Denial } from './denial.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import type { Exchange } from './exchange.ts';
import { noHost } from './forward-refusal.ts';
import { firstValue } from './header-edits.ts';
import type { HeaderLines } from './header-lines.ts';
import { replaceHost, rewrittenHost } from './host-rewrite.ts';
import { RequestBody } from './request-body.ts';
import { upstreamHeaders } from './request-headers.ts';
import { editRequest } from './route-edits.ts';
import { routePath } from './route-path.ts';
import type { Upstream } from './upstream.ts';
import { modelServerPath } from './upstream-path.ts';

/** Where a request goes, and with what. */
interface Target {
  readonly endpoint: EndpointPool;
  readonly body: Buffer | RequestBody | null;
  /** With another key than the cluster's. */
  readonly backend?: PreparedBackend | undefined;
}

/** Path and lines of a request for the upstream; or why it cannot go there. */
export function outgoingHead(
  call: Call,
  upstream: Upstream,
  target: Target,
): { readonly path: string; readonly headers: HeaderLines } | Denial {
  const { backend = upstream.backend } = target;
  const path = pathFor(call, backend);
  const headers = headersFor(call, { ...target, backend }, path);
  if (!Array.isArray(headers)) return headers;
  call.span?.continueIn(headers, call.context.clock.now());
  const { forwarded } = call.exchange;
  if (forwarded !== undefined) {
    forwarded.path = path;
    forwarded.authority = firstValue(headers, 'host') ?? '';
  }
  return { path, headers };
}

function pathFor({ exchange }: Call, backend: PreparedBackend | undefined): string {
  const { query } = exchange;
  const rewritten = routePath(exchange);
  const path = backend === undefined ? rewritten : modelServerPath(rewritten, backend.settings);
  return query === undefined ? path : `${path}?${query}`;
}

/** All lines for the upstream; or why the request cannot go there. */
function headersFor(
  call: Call,
  { endpoint, body, backend }: Target,
  target: string,
): HeaderLines | Denial {
  const { exchange } = call;
  const { connection, authority, headers, path } = exchange;
  const contentLength = declaredLength(exchange, body);
  const { peer, scheme } = connection;
  const lines = upstreamHeaders({ headers, peer, scheme, authority, contentLength });
  editRequest(call, lines);
  const rewrite = rewriteOf(exchange);
  if (backend !== undefined) {
    const isSpent = (name: string): boolean => isSpentHeader(exchange, name);
    prepareHeaders(lines, backend, { path: target.split('?', 1)[0] ?? '', isSpent });
    replaceHost(lines, backend.settings.authority, rewrite);
    return lines;
  }
  const host = rewrittenHost(rewrite?.to, lines, { endpoint: endpoint.endpoint, path });
  if (host === null) return noHost;
  if (host !== undefined) replaceHost(lines, host, rewrite);
  return lines;
}

function rewriteOf({ route }: Exchange): HostRewrite | undefined {
  const action = route?.route.action;
  return action?.kind === 'forward' ? action.host : undefined;
}

/** The lines of one more try: as those of the try before it, with the `Host` of its own endpoint where the route asks for it. */
export function linesAgain(
  { exchange }: Call,
  { backend }: Upstream,
  { endpoint }: EndpointPool,
  former: HeaderLines,
): HeaderLines {
  const rewrite = rewriteOf(exchange);
  if (backend !== undefined || rewrite?.to?.kind !== 'endpoint') return former;
  const host = rewrittenHost(rewrite.to, former, { endpoint, path: exchange.path });
  if (host === undefined || host === null) return former;
  const lines = [...former];
  replaceHost(lines, host, rewrite);
  return lines;
}

function declaredLength(
  { chunked, contentLength, method }: Exchange,
  body: Buffer | RequestBody | null,
): number | undefined {
  if (body instanceof RequestBody) return chunked ? undefined : contentLength;
  if (body !== null) return body.length;
  return method === 'GET' || method === 'HEAD' ? undefined : 0;
}

function isSpentHeader({ spent }: Exchange, header: string): boolean {
  return spent.some(({ kind, name }) => kind === 'header' && name.toLowerCase() === header);
}
