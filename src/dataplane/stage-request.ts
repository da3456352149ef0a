import { removeTrustedHeaders } from './claim-headers.ts';
import { badRequest, bareBadRequest, notFound, type Denial } from './denial.ts';
import type { Exchange, RawRequest } from './exchange.ts';
import { readHead } from './request-head.ts';
import { normalizeHost } from './request-host.ts';
import { normalizeTarget } from './request-target.ts';
import { virtualHostNotes } from './route-notes.ts';

// What Node's parser knows and Envoy's does not is refused like any word that is no method.
const unknownMethods = new Set(['M-SEARCH', 'QUERY']);

/** Reads the header lines once; what the parser let through and another server might read differently is refused. */
export function headStage(exchange: Exchange): Denial | undefined {
  const { method, raw, limits } = exchange;
  if (raw.fault !== undefined) return raw.fault;
  if (raw.httpVersionMajor !== 1) return badRequest('bad_request', 'not HTTP/1');
  const { http } = exchange.listener.listener;
  const lines = http?.maxHeaderLines ?? limits.headerLines;
  if (raw.rawHeaders.length > lines * 2) return tooManyHeaders;
  if (http?.maxHeadBytes !== undefined && headBytes(raw) > http.maxHeadBytes) return tooLargeHead;
  if (method === 'TRACE' || method === 'CONNECT') return methodNotAllowed;
  if (unknownMethods.has(method)) return badRequest('method', 'unknown method');
  const head = readHead(raw.rawHeaders, raw.httpVersionMinor);
  if ('status' in head) return head;
  exchange.headers = head.headers;
  exchange.authority = head.host ?? '';
  exchange.contentLength = head.contentLength;
  exchange.chunked = head.chunked;
  exchange.asksUpgrade = head.asksUpgrade;
  exchange.upgrade = head.upgrade;
  return undefined;
}

const tooManyHeaders: Denial = {
  status: 431,
  body: 'Request Header Fields Too Large',
  reason: 'too_large',
  detail: 'too many header lines',
  close: true,
};

const tooLargeHead: Denial = { ...tooManyHeaders, detail: 'too large a head' };

/** Of the request line and the lines behind it. */
function headBytes({ method = '', url = '', rawHeaders }: RawRequest): number {
  const framing = ' HTTP/1.1\r\n'.length + 1 + rawHeaders.length * 2;
  return rawHeaders.reduce((sum, text) => sum + text.length, method.length + url.length + framing);
}

const targetTooLong: Denial = {
  status: 414,
  body: 'URI Too Long',
  reason: 'too_large',
  detail: 'target too long',
  close: true,
};

// RFC 9110 section 9.3.8: what a TRACE sends back would hold the credentials of the request.
const methodNotAllowed: Denial = {
  status: 405,
  body: '',
  reason: 'method',
  detail: 'TRACE and CONNECT are not served',
  close: true,
};

/** Finds the one form of the target. */
export function targetStage(exchange: Exchange): Denial | undefined {
  const raw = exchange.raw.url ?? '';
  if (raw.length > exchange.limits.targetBytes) return targetTooLong;
  const target = normalizeTarget(raw);
  if ('status' in target) return target;
  exchange.trace?.push(targetNote(raw, target.path));
  const merges = exchange.listener.listener.http?.mergeSlashes === true;
  exchange.path = merges ? target.path.replaceAll(/\/{2,}/g, '/') : target.path;
  exchange.query = target.query;
  if (target.authority !== undefined) exchange.authority = target.authority;
  return undefined;
}

/** Only the path: a query may hold a token. */
function targetNote(raw: string, path: string): string {
  return raw.split('?', 1)[0] === path ? `path ${path}` : `path ${path}, in its normal form`;
}

const notAHost = badRequest('bad_host', 'Host is no host');

/** Envoy's answer has no body where there is no line at all. */
function missingHost({ raw }: Exchange): Denial {
  const isThere = raw.rawHeaders.some((name, at) => at % 2 === 0 && name.toLowerCase() === 'host');
  if (isThere) return notAHost;
  return { ...bareBadRequest('Host is missing'), reason: 'bad_host' };
}

/** RFC 9110 section 15.5.20: the client may ask again on a connection that is for this host. */
const misdirected: Denial = {
  status: 421,
  body: '',
  reason: 'misdirected',
  detail: 'the server name of the connection does not lead to this host',
};

/** Finds who is asked, and takes out at once what only the gateway may say on that virtual host. */
export function virtualHostStage(exchange: Exchange): Denial | undefined {
  const host = normalizeHost(exchange.authority, exchange.listener.listener.stripPort);
  if (host === undefined) return exchange.authority === '' ? missingHost(exchange) : notAHost;
  const virtualHost = exchange.listener.find(host);
  exchange.trace?.push(...virtualHostNotes(exchange, host, virtualHost));
  if (virtualHost === undefined) return notFound;
  const { tls } = exchange.connection;
  if (tls !== undefined && !tls.reaches(exchange.listener, virtualHost)) return misdirected;
  exchange.virtualHost = virtualHost;
  removeTrustedHeaders(exchange.headers, virtualHost.trustedNames);
  return undefined;
}
