import { badRequest, type Denial } from './denial.ts';
import { removeLines, type HeaderLines } from './header-lines.ts';
import { proxyOrders } from './proxy-orders.ts';

/** A request head after one pass over its raw lines. */
export interface RequestHead {
  /** Without `Host`, framing and what is meant for this connection only. */
  readonly headers: HeaderLines;
  /** As sent. */
  readonly host: string | undefined;
  /** Of a body whose length was declared; 0: there is no body, unless it is chunked. */
  readonly contentLength: number;
  readonly chunked: boolean;
  /** Another protocol was asked for, in whatever way. */
  readonly asksUpgrade: boolean;
  /** The one to decide on, in lower case; empty: none, or one that is ignored. */
  readonly upgrade: string;
}

/** For `Host`, `Connection` and the framing; everything else of the table is dropped. */
type Role = 'host' | 'connection' | 'length' | 'encoding' | 'expect' | 'upgrade' | 'drop';

// RFC 9110 section 7.6.1, and whatever would change the protocol or the framing of the next hop.
const roles: ReadonlyMap<string, Role> = new Map<string, Role>([
  ['host', 'host'],
  ['connection', 'connection'],
  ['content-length', 'length'],
  ['transfer-encoding', 'encoding'],
  ['expect', 'expect'],
  ['upgrade', 'upgrade'],
  ...[
    'keep-alive',
    'te',
    'trailer',
    'http2-settings',
    'proxy-authorization',
    'proxy-authenticate',
    'proxy-connection',
    // Only a proxy in front of the gateway could say it, and none is trusted with it (Envoy: SANITIZE).
    'x-forwarded-client-cert',
    ...proxyOrders,
  ].map((name) => [name, 'drop'] as const),
]);

/** Reads raw header lines as node:http gives them; refuses what two servers could read differently. */
export function readHead(raw: readonly string[], minorVersion: number): RequestHead | Denial {
  const headers: HeaderLines = [];
  let host: string | undefined;
  let contentLength = 0;
  let chunked = false;
  let asksUpgrade = false;
  let upgrade = '';
  let nominated: Set<string> | undefined;
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    const value = raw[index + 1] ?? '';
    const role = roles.get(name);
    if (role === undefined) headers.push(name, value);
    else if (role === 'host') {
      if (host !== undefined) return badRequest('bad_host', 'two Host lines');
      host = value;
    } else if (role === 'connection') nominated = nominatedNames(value, nominated);
    else if (role === 'length') contentLength = Number(value);
    else if (role === 'upgrade') {
      asksUpgrade = true;
      upgrade += upgrade === '' ? value.toLowerCase() : `,${value.toLowerCase()}`;
    } else if (role === 'expect') {
      if (value.toLowerCase() !== '100-continue') return unknownExpectation;
    } else if (role === 'encoding') {
      if (chunked || minorVersion === 0 || value.toLowerCase() !== 'chunked') return notChunked;
      chunked = true;
    }
  }
  if (nominated !== undefined) {
    const names = nominated;
    removeLines(headers, (name) => names.has(name));
  }
  // Beyond that a number is another one when it is written again.
  if (!Number.isSafeInteger(contentLength)) return badRequest('bad_request', 'length too large');
  if (chunked && asksUpgrade && nominated?.has('upgrade') === true) return chunkedUpgrade;
  const counts = nominated?.has('upgrade') === true && minorVersion > 0 && upgrade !== 'h2c';
  return { headers, host, contentLength, chunked, asksUpgrade, upgrade: counts ? upgrade : '' };
}

// RFC 9110 section 10.1.1.
const unknownExpectation: Denial = {
  status: 417,
  body: 'Expectation Failed',
  reason: 'expectation',
  detail: 'only 100-continue is known',
  close: true,
};

const notChunked: Denial = {
  status: 501,
  body: 'Not Implemented',
  reason: 'bad_request',
  detail: 'transfer coding other than chunked',
  close: true,
};

// With `Connection: upgrade`, node's parser takes `Transfer-Encoding: chunked<tab>` for no coding at all, and gives the value
// without the tab: the body would be lost, and read as something else.
const chunkedUpgrade = badRequest('bad_request', 'an upgrade of a chunked request');

/** Names in `Connection` are for this hop only; claims are set later, so that nothing of them can be named away. */
function nominatedNames(value: string, names: Set<string> | undefined): Set<string> | undefined {
  if (value === 'keep-alive' || value === 'close') return names;
  const all = names ?? new Set<string>();
  for (const token of value.split(',')) all.add(token.trim().toLowerCase());
  return all;
}
