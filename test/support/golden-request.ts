import type { Explanation } from '../../src/ir/explanation.ts';
import { sendRaw, type RawRequest, type RawResponse } from './golden-client.ts';
import type { GoldenGateway, SeenRequest } from './golden-gateway.ts';
import type {
  GoldenExpectation,
  GoldenHeaders,
  GoldenRequest,
  GoldenToken,
} from './golden-story.ts';
import { mintToken } from './golden-token.ts';

/** A request of a story as it was answered, next to how it should have been: equal when all is well. */
export interface GoldenAnswer {
  readonly actual: object;
  readonly expected: object;
  /** The first response, as it came. */
  readonly response: RawResponse;
  /** What must not be in any log. */
  readonly tokens: readonly string[];
  readonly log: readonly string[];
  readonly isExplained: boolean;
  /** What the gateway says of the request, if it can be asked. */
  readonly explanation: Explanation | undefined;
}

/** Sends a request of a story and takes from its answer what the expectation speaks of. */
export async function askGolden(
  gateway: GoldenGateway,
  written: GoldenRequest,
  named: Readonly<Record<string, GoldenToken>>,
): Promise<GoldenAnswer> {
  const { request, tokens } = withTokens(written, named, gateway.nowSeconds);
  const listener = listenerFor(gateway, request);
  const raw = { ...rawRequest(request), port: gateway.portOf(listener) };
  const { expect: expectation, repeat = 1 } = request;
  gateway.takeSeen();
  // Where chance decides an explanation is of one request alone.
  const isExplainable = expectation.statuses === undefined;
  // First: an answer may leave its endpoint out for the next request.
  const told = await (isExplainable ? gateway.explain : undefined)?.({
    listener,
    ...(raw.tls === undefined ? {} : { serverName: raw.tls.sni ?? '' }),
    scheme: raw.tls === undefined ? 'http' : 'https',
    ...(raw.tls?.alpn === 'h2' ? { http2: true } : {}),
    method: raw.method,
    target: raw.target,
    headers: raw.lines,
    body: raw.body,
  });
  const [response, ...more] = await sendAll(raw, repeat);
  if (response === undefined) throw new Error('nothing was sent');
  // An explanation believes in every certificate of a client.
  const isExplained = response.status > 0 && isExplainable;
  const explanation = isExplained ? told : undefined;
  const seen = await seenOf(gateway, expectation);
  const isLogged =
    explanation?.steps.some(({ stage }) => stage === 'head') ?? 'reason' in expectation;
  const log = await gateway.takeLog(repeat, isLogged ? 2000 : 100);
  const headers = { 'www-authenticate': challengeOf(request), ...expectation.headers };
  const actual = {
    statuses: [...new Set([response, ...more].map(({ status }) => status))].sort(byNumber),
    ...('body' in expectation && { body: response.body }),
    headers: headersNamed(headers, response.headers),
    ...upstreamSeen(expectation, seen),
    ...('reason' in expectation && { reason: loggedIn(log, 'reason') }),
    ...('jwtFailures' in expectation && { jwtFailures: loggedIn(log, 'jwtFailures') ?? null }),
  };
  const expected = {
    statuses: expectation.statuses ?? [expectation.status ?? 200],
    ...('body' in expectation && { body: expectation.body }),
    headers,
    ...upstreamExpected(expectation),
    ...('reason' in expectation && { reason: expectation.reason }),
    ...('jwtFailures' in expectation && { jwtFailures: expectation.jwtFailures }),
  };
  return { actual, expected, response, tokens, log, explanation, isExplained };
}

const defaultHost = 'gateway.test';

/** The request with `{name}` filled in everywhere; each token is minted once, since signatures may differ each time. */
function withTokens(
  written: GoldenRequest,
  named: Readonly<Record<string, GoldenToken>>,
  nowSeconds: number,
): { readonly request: GoldenRequest; readonly tokens: readonly string[] } {
  const minted = new Map<string, string>();
  const mint = (name: string): string => {
    const token = named[name];
    if (token === undefined) throw new Error(`no such token: ${name}`);
    const text = minted.get(name) ?? mintToken(token, nowSeconds);
    minted.set(name, text);
    return text;
  };
  const { token, ...rest } = written;
  const bearer = token === undefined ? [] : [['authorization', `Bearer {${token}}`]];
  const whole = { ...rest, headers: [...(rest.headers ?? []), ...bearer] };
  const text = JSON.stringify(whole).replaceAll(/\{([a-z0-9-]+)\}/g, (_all, name: string) =>
    mint(name),
  );
  return { request: JSON.parse(text) as GoldenRequest, tokens: [...minted.values()] };
}

function rawRequest(request: GoldenRequest): Omit<RawRequest, 'port'> {
  const {
    tls,
    method = 'GET',
    target = '/',
    host = defaultHost,
    headers = [],
    body = '',
  } = request;
  return {
    ...(tls === undefined ? {} : { tls: typeof tls === 'string' ? { sni: tls } : tls }),
    method,
    target,
    lines: [...(host === null ? [] : [['host', host] as const]), ...headers],
    body,
  };
}

function listenerFor(gateway: GoldenGateway, { port, tls }: GoldenRequest): string {
  const listener = gateway.listeners.find((one) =>
    port === undefined ? one.tls === (tls !== undefined) : one.port === port,
  );
  if (!listener) throw new Error(`no listener for port ${port ?? 'any'}`);
  return listener.name;
}

/** One after the other, so that turns are taken in order. */
async function sendAll(raw: RawRequest, count: number): Promise<RawResponse[]> {
  const responses: RawResponse[] = [];
  while (responses.length < count) responses.push(await sendRaw(raw));
  return responses;
}

/** Of a path that is in its normal form already; for others the line is written out. */
function challengeOf({ expect: { challenge }, tls, host, target }: GoldenRequest): string | null {
  if (challenge === undefined) return null;
  const error = challenge === 'missing' ? '' : ', error="invalid_token"';
  const scheme = tls === undefined ? 'http' : 'https';
  const [path = '/'] = (target ?? '/').split('?');
  return `Bearer realm="${scheme}://${host ?? defaultHost}${path}"${error}`;
}

/** Of the lines there are, those that something is said of, in the form it is said in. */
function headersNamed(named: GoldenHeaders, lines: readonly string[]): GoldenHeaders {
  const found = Object.keys(named).map((name) => {
    const values = lines.filter((_value, at) => at % 2 === 1 && lines[at - 1] === name);
    const [first, ...more] = values;
    if (first === undefined) return [name, null] as const;
    const asList = more.length > 0 || Array.isArray(named[name]);
    return [name, asList ? values : first] as const;
  });
  return Object.fromEntries(found);
}

/** What is not waited for by the answer may come a little later. */
async function seenOf(
  gateway: GoldenGateway,
  { upstream, also = [] }: GoldenExpectation,
): Promise<readonly SeenRequest[]> {
  const wanted = also.length === 0 ? 0 : also.length + (upstream ? 1 : 0);
  const seen = [...gateway.takeSeen()];
  for (let look = 0; look < 400 && seen.length < wanted; look += 1) {
    await new Promise((resolve) => void setTimeout(resolve, 5));
    seen.push(...gateway.takeSeen());
  }
  return seen;
}

function upstreamSeen(
  { upstream, also = [], split, within = 0, endpoints }: GoldenExpectation,
  seen: readonly SeenRequest[],
): object {
  if (split) {
    const counts = Object.entries(split).map(([cluster, wanted]) => {
      const count = seen.filter((one) => one.cluster === cluster).length;
      return [cluster, Math.abs(count - wanted) <= within ? wanted : count] as const;
    });
    return { split: Object.fromEntries(counts) };
  }
  if (endpoints !== undefined) return { endpoints: new Set(seen.map((one) => one.endpoint)).size };
  const shown = seen.map((one) => {
    const named = also.find(({ cluster }) => cluster === one.cluster) ?? upstream;
    return {
      cluster: one.cluster,
      ...(named && 'endpoint' in named && { endpoint: one.endpoint }),
      ...(named && 'method' in named && { method: one.method }),
      ...(named && 'path' in named && { path: one.path }),
      ...(named?.headers && { headers: headersNamed(named.headers, one.headers) }),
      ...(named && 'body' in named && { body: one.body }),
    };
  });
  return { upstream: also.length === 0 ? shown : shown.sort(byCluster) };
}

function upstreamExpected({ upstream, also = [], split, endpoints }: GoldenExpectation): object {
  if (endpoints !== undefined) return { endpoints };
  if (split) return { split };
  return { upstream: [...(upstream === undefined ? [] : [upstream]), ...also].sort(byCluster) };
}

function byCluster(one: { readonly cluster: string }, other: { readonly cluster: string }): number {
  return one.cluster < other.cluster ? -1 : 1;
}

function byNumber(one: number, other: number): number {
  return one - other;
}

function loggedIn(log: readonly string[], field: string): unknown {
  const line = log.at(-1);
  return line === undefined ? 'no line' : (JSON.parse(line) as Record<string, unknown>)[field];
}
