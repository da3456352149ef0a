import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, createServer as createNetServer, type AddressInfo, type Socket } from 'node:net';

import { systemClock, type Clock } from '../../src/base/clock.ts';
import { createLogger } from '../../src/base/log.ts';
import { createAccessLog } from '../../src/dataplane/access-log.ts';
import { Accounts } from '../../src/dataplane/accounts.ts';
import type { Limits } from '../../src/dataplane/limits.ts';
import { createMetrics } from '../../src/dataplane/metrics.ts';
import { prepareProgram, type Program, type ProgramParts } from '../../src/dataplane/program.ts';
import { createDataPlane, type DataPlane } from '../../src/dataplane/server.ts';
import type { Cluster } from '../../src/ir/cluster.ts';
import type { TokenSource } from '../../src/ir/jwt.ts';
import type { Matcher } from '../../src/ir/matcher.ts';
import type { Listener, Route, RoutingTable, Secrets, VirtualHost } from '../../src/ir/table.ts';
import type { StageVerdict, TokenRequest } from '../../src/jwt/authenticate.ts';

/** Matches a prefix, and whatever else is given. */
export function matcher(prefix = '/', more: Partial<Matcher> = {}): Matcher {
  const path = { kind: 'prefix', value: prefix, caseSensitive: true } as const;
  return { path, headers: [], query: [], methods: [], ...more };
}

/** A route that forwards to the cluster `up`. */
export function route(more: Partial<Route> = {}): Route {
  return {
    name: 'route',
    matchers: [matcher()],
    action: { kind: 'forward', destinations: [{ cluster: 'up', weight: 1 }], timeoutMs: 15_000 },
    ...more,
  };
}

export function virtualHost(more: Partial<VirtualHost> = {}): VirtualHost {
  return {
    name: 'ns.host',
    domains: ['*'],
    routes: [route()],
    providers: {},
    claimHeaders: [],
    ...more,
  };
}

export function listener(more: Partial<Listener> = {}): Listener {
  return {
    name: 'default',
    port: 0,
    tls: false,
    stripPort: true,
    virtualHosts: ['ns.host'],
    ...more,
  };
}

export function cluster(port: number, more: Partial<Cluster> = {}): Cluster {
  return {
    name: 'up',
    endpoints: [{ host: '127.0.0.1', port, weight: 1 }],
    connectTimeoutMs: 1000,
    maxConnections: 1024,
    ...more,
  };
}

/** A table of one virtual host, one listener and the given clusters. */
export function table(host: VirtualHost, clusters: readonly Cluster[] = []): RoutingTable {
  return {
    version: JSON.stringify([host, clusters]),
    listeners: [listener({ virtualHosts: [host.name] })],
    virtualHosts: { [host.name]: host },
    clusters: Object.fromEntries(clusters.map((one) => [one.name, one])),
    keySets: {},
  };
}

export const emptyTable: RoutingTable = {
  version: 'empty',
  listeners: [],
  virtualHosts: {},
  clusters: {},
  keySets: {},
};

/** `jwt` of a route that wants a token. */
export const requireToken = {
  afterExtAuth: { validation: 'REQUIRE_VALID', providers: ['kc'] },
} as const;

/**
 * Stands in for the verifier: the token `user:NAME` or `later:NAME` (answered in a later turn), in Authorization or else in
 * the query, is good, and its claims are `{user: NAME, sub: NAME}`; any other is bad.
 */
const fakeVerifier: ProgramParts = {
  localAddresses: 'on',
  prepareStage: (stage) => ({
    authenticate: (request: TokenRequest) => {
      const [line] = request.headerLines('authorization');
      const [kind, user] = (line ?? request.queryParameter('access_token') ?? '')
        .replace('Bearer ', '')
        .split(':');
      const strip: TokenSource =
        line === undefined
          ? { kind: 'query', name: 'access_token' }
          : { kind: 'header', name: 'authorization', prefix: 'Bearer ' };
      const verdict = verdictOn(`${kind}`, `${user}`, stage.validation, [strip]);
      return kind === 'later' ? Promise.resolve().then(() => verdict) : verdict;
    },
  }),
};

function verdictOn(
  kind: string,
  user: string,
  validation: string,
  strip: readonly TokenSource[],
): StageVerdict {
  if (kind === 'throw') throw new Error('verifier broke');
  if (kind === 'user' || kind === 'later') {
    const headers = [{ name: 'x-user', value: user, append: false }];
    const identity = { provider: 'kc', claims: { user, sub: user }, headers };
    return { kind: 'verified', identity, strip, taken: strip };
  }
  const missing = kind === '';
  if (validation === 'ALLOW_MISSING_OR_FAILED' || (missing && validation === 'ALLOW_MISSING')) {
    return { kind: 'anonymous', detail: 'no token', strip, taken: [], ambiguous: false };
  }
  return {
    kind: 'denied',
    status: 401,
    body: missing ? 'Jwt is missing' : 'Jwt verification fails',
    invalidToken: !missing,
    reason: missing ? 'jwt_missing' : 'jwt_signature',
    detail: 'fake',
  };
}

export function program(
  routing: RoutingTable,
  secrets: Secrets = {},
  previous?: Program,
  parts: Partial<ProgramParts> = {},
): Program {
  return prepareProgram(routing, secrets, { ...fakeVerifier, ...parts }, previous);
}

export interface Gateway {
  /** The program in force. */
  readonly program: () => Program;
  readonly dataPlane: DataPlane;
  readonly metrics: ReturnType<typeof createMetrics>;
  readonly port: () => number;
  readonly url: () => string;
  /** The oldest line of the access log that was not given yet; waits for one. */
  readonly nextLine: () => Promise<Record<string, unknown>>;
  readonly swap: (routing: RoutingTable, secrets?: Secrets) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A data plane on a free port of the loopback interface. */
export async function startGateway(
  routing: RoutingTable,
  options: {
    readonly secrets?: Secrets;
    readonly limits?: Partial<Limits>;
    /** Default: the machine's. */
    readonly clock?: Clock;
  } = {},
): Promise<Gateway> {
  const { clock = systemClock } = options;
  const parts = { clock, accounts: new Accounts(clock) };
  const lines: Record<string, unknown>[] = [];
  const readers: ((line: Record<string, unknown>) => void)[] = [];
  const write = (text: string): void => {
    const line = JSON.parse(text) as Record<string, unknown>;
    const reader = readers.shift();
    if (reader === undefined) lines.push(line);
    else reader(line);
  };
  const nextLine = (): Promise<Record<string, unknown>> => {
    const line = lines.shift();
    return line === undefined
      ? new Promise((resolve) => readers.push(resolve))
      : Promise.resolve(line);
  };
  const metrics = createMetrics();
  let current = program(emptyTable, {}, undefined, parts);
  const dataPlane = createDataPlane({
    program: current,
    address: '127.0.0.1',
    logger: createLogger('silent'),
    accessLog: createAccessLog(createLogger('info', { write })),
    metrics,
    clock,
    ...(options.limits && { limits: options.limits }),
  });
  const swap = async (next: RoutingTable, secrets: Secrets = {}): Promise<void> => {
    current = program(next, secrets, current, parts);
    const failures = await dataPlane.swap(current);
    if (failures[0] !== undefined) throw failures[0].error;
  };
  await swap(routing, options.secrets);
  const port = (): number => dataPlane.ports()['default'] ?? 0;
  return {
    program: () => current,
    dataPlane,
    metrics,
    port,
    url: () => `http://127.0.0.1:${port()}`,
    nextLine,
    swap,
    close: () => dataPlane.drain({ acceptMs: 0, graceMs: 0 }),
  };
}

export interface TestUpstream {
  readonly port: number;
  readonly server: Server;
  readonly close: () => Promise<void>;
}

/** An HTTP server that stands behind the gateway. */
export async function startUpstream(handle: RequestListener): Promise<TestUpstream> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What an upstream of {@link echo} saw. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: string[];
  readonly body: string;
}

/** Answers with what it was asked. */
export const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { method, url, rawHeaders: headers } = request;
    response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }));
  });
};

/** Lines of a name in a flat list of raw headers. */
export function lineValues(headers: readonly string[], name: string): string[] {
  return headers.filter((_value, index) => headers[index - 1] === name && index % 2 === 1);
}

/** Sends bytes as they are and gives back all that comes until the connection ends. */
export async function exchangeBytes(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  return readAll(socket);
}

/** All that comes on a socket until it ends, in whatever way. */
export function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  return new Promise((resolve) => {
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}

/** Starts what a test needs and closes all of it again, the last first. */
export function createScope() {
  const closers: (() => Promise<unknown>)[] = [];
  const closing = <T extends { readonly close: () => Promise<unknown> }>(one: T): T => {
    closers.push(one.close);
    return one;
  };
  return {
    later: (close: () => Promise<unknown>) => void closers.push(close),
    upstream: async (handle: RequestListener) => closing(await startUpstream(handle)),
    gateway: async (...parameters: Parameters<typeof startGateway>) =>
      closing(await startGateway(...parameters)),
    rawUpstream: async (onSocket: (socket: Socket) => void) =>
      closing(await startRawUpstream(onSocket)).port,
    close: async () => {
      for (const close of closers.splice(0).toReversed()) await close();
    },
  };
}

/** A TCP server that does what the test says with each connection. */
async function startRawUpstream(onSocket: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createNetServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
