import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  createServer as createNetServer,
  isIP,
  type AddressInfo,
  type Server as NetServer,
} from 'node:net';

import { systemClock, type Clock } from '../../src/base/clock.ts';
import { createLogger } from '../../src/base/log.ts';
import type { CompileResult } from '../../src/compile/compile.ts';
import { createAccessLog } from '../../src/dataplane/access-log.ts';
import { explainRequest } from '../../src/dataplane/explain.ts';
import { createMetrics } from '../../src/dataplane/metrics.ts';
import { prepareProgram, type Program } from '../../src/dataplane/program.ts';
import { createDataPlane } from '../../src/dataplane/server.ts';
import type { AskedRequest } from '../../src/ir/asked-request.ts';
import type { Explanation } from '../../src/ir/explanation.ts';
import type { Listener, RoutingTable } from '../../src/ir/table.ts';
import { createJwtEngine, prepareStage } from '../../src/jwt/authenticate.ts';
import type { FetchJwks } from '../../src/jwt/remote-key-set.ts';
import { createFakeClock } from './fake-clock.ts';
import type { GoldenAnswerOf, GoldenRequests } from './golden-story.ts';

/** A request as an upstream of a story saw it. */
export interface SeenRequest {
  readonly cluster: string;
  /** From 1. */
  readonly endpoint: number;
  readonly method: string;
  readonly path: string;
  /** Flat, names in lower case. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** What `requests.yaml` is run against; a real Envoy would be another one. */
export interface GoldenGateway {
  /** The instant of minting and verifying. */
  readonly nowSeconds: number;
  readonly listeners: readonly Listener[];
  /** The real port of a listener. */
  readonly portOf: (listener: string) => number;
  /** Why it answers as it does; absent where the gateway is another program. */
  readonly explain?: (asked: AskedRequest) => Promise<Explanation>;
  /** What the upstreams saw since the last call. */
  readonly takeSeen: () => readonly SeenRequest[];
  /** The access log since the last call; waits for so many lines, but not for ever: what is no request has none. */
  readonly takeLog: (count: number, waitMs: number) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

export interface GoldenGatewayOptions {
  readonly answers: GoldenRequests['answers'];
  readonly fetchJwks: FetchJwks;
  /** Of minting and verifying. Default: one that stands still. */
  readonly clock?: Clock;
}

/** Serves a compiled story: the same table, but every cluster is an echo on the loopback interface and every port is free. */
export async function startGoldenGateway(
  compiled: CompileResult,
  options: GoldenGatewayOptions,
): Promise<GoldenGateway> {
  const clusters = Object.values(compiled.table.clusters);
  const sizes = new Map(clusters.map(({ name, endpoints }) => [name, endpoints.length]));
  const upstreams = await startUpstreams(sizes, options.answers);
  try {
    return await serve(compiled, upstreams, options);
  } catch (error) {
    await upstreams.close();
    throw error;
  }
}

async function serve(
  { table, secrets }: CompileResult,
  upstreams: Upstreams,
  { fetchJwks, clock = createFakeClock() }: GoldenGatewayOptions,
): Promise<GoldenGateway> {
  const wired = wire(table, upstreams.ports);
  const jwt = createJwtEngine({ clock, logger: createLogger('silent'), fetchJwks });
  jwt.update(wired.keySets, secrets);
  await jwt.settled();
  const program = prepareProgram(wired, secrets, {
    prepareStage: (stage, providers) => prepareStage(stage, providers, jwt),
    localAddresses: 'on',
  });
  let lines: string[] = [];
  const dataPlane = createDataPlane({
    program,
    address: '127.0.0.1',
    logger: createLogger('silent'),
    accessLog: createAccessLog(createLogger('info', { write: (line) => void lines.push(line) })),
    metrics: createMetrics(),
    clock: systemClock,
  });
  const [failure] = await dataPlane.swap(program);
  if (failure) throw failure.error;
  await firstChecks(program);
  return {
    nowSeconds: Math.floor(clock.now() / 1000),
    listeners: table.listeners,
    portOf: (listener) => dataPlane.ports()[listener] ?? 0,
    explain: (asked) => explainRequest(program, asked),
    takeSeen: upstreams.take,
    takeLog: async (count, waitMs) => {
      const until = Date.now() + waitMs;
      while (lines.length < count && Date.now() < until) await pause();
      const taken = lines;
      lines = [];
      return taken;
    },
    close: async () => {
      await dataPlane.drain({ acceptMs: 0, graceMs: 0 });
      jwt.close();
      await upstreams.close();
    },
  };
}

/** The servers behind the clusters of a story. */
export interface Upstreams {
  readonly ports: ReadonlyMap<string, number>;
  readonly take: () => readonly SeenRequest[];
  readonly close: () => Promise<void>;
}

/**
 * One server per cluster, on as many addresses as it has endpoints; `answerFirst` takes a request over that is not for an
 * upstream.
 */
export async function startUpstreams(
  clusters: ReadonlyMap<string, number>,
  answers: GoldenRequests['answers'],
  answerFirst: AnswerFirst = () => false,
): Promise<Upstreams> {
  let seen: SeenRequest[] = [];
  const servers = new Map<string, Server>();
  const doors: NetServer[] = [];
  for (const [name, size] of clusters) {
    const server = echo(answers?.[name] ?? { status: 200, body: name }, {
      answerFirst,
      note: (one) => void seen.push({ cluster: name, ...one }),
    });
    // Not while a gateway is about to use the connection again.
    server.keepAliveTimeout = 120_000;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.set(name, server);
    for (let index = 1; index < size; index += 1) {
      const door = createNetServer((socket) => void server.emit('connection', socket));
      doors.push(door);
      const at = { port: portOf(server), host: loopbackAddress(index) };
      await new Promise<void>((resolve) => door.listen(at, resolve));
    }
  }
  return {
    ports: new Map([...servers].map(([name, server]) => [name, portOf(server)])),
    take: () => {
      const taken = seen;
      seen = [];
      return taken;
    },
    close: async () => {
      for (const door of doors) door.close();
      for (const server of servers.values()) {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        await closed;
      }
    },
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** Of an endpoint, by its place in its cluster. */
export function loopbackAddress(index: number): string {
  return `127.0.0.${index + 1}`;
}

type Answer = NonNullable<GoldenRequests['answers']>[string];

type AnswerFirst = (request: IncomingMessage, response: ServerResponse) => boolean;

interface EchoParts {
  readonly answerFirst: AnswerFirst;
  readonly note: (seen: Omit<SeenRequest, 'cluster'>) => void;
}

const ownAgents = new Set(['Envoy/HC', 'seekgate/HC', 'seekgate']);

function echo(answer: Answer, { answerFirst, note }: EchoParts): Server {
  const next = answersInTurn(answer);
  const server = createServer((request, response) => {
    if (answerFirst(request, response)) return;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', rawHeaders } = request;
      const headers = rawHeaders.map((text, at) => (at % 2 === 0 ? text.toLowerCase() : text));
      const endpoint = Number(request.socket.localAddress?.split('.').at(-1));
      const seen = { method, path, headers, body: Buffer.concat(chunks).toString(), endpoint };
      // Health checks and readings of queues are no requests of the story.
      if (!ownAgents.has(request.headers['user-agent'] ?? '')) note(seen);
      const { status, body, drop = false, delayMs = 0, headers: more } = next(request);
      setTimeout(() => {
        if (drop) {
          request.socket.destroy();
          return;
        }
        response.writeHead(status, { 'content-type': 'text/plain', ...more });
        response.end(body);
      }, delayMs);
    });
  });
  server.on('upgrade', (request, socket) => {
    const { method = '', url: path = '', rawHeaders } = request;
    const headers = rawHeaders.map((text, at) => (at % 2 === 0 ? text.toLowerCase() : text));
    note({ method, path, headers, body: '', endpoint: 1 });
    socket.on('error', () => undefined);
    // Its end is seen only where it is read, and a server with an open connection does not close.
    socket.resume();
    const { status, body } = next(request);
    const lines =
      status === 101
        ? ['connection: Upgrade', 'upgrade: websocket']
        : [`content-length: ${body.length}`];
    socket.end([`HTTP/1.1 ${status} Upgraded`, ...lines, '', body].join('\r\n'));
  });
  return server;
}

/** Tries of one request have one x-request-id. */
function answersInTurn(answer: Answer): (request: IncomingMessage) => GoldenAnswerOf {
  const [first, ...more] = Array.isArray(answer) ? answer : [answer];
  if (first === undefined) throw new Error('no answer');
  const tries = new Map<string, number>();
  return ({ headers }) => {
    const id = String(headers['x-request-id']);
    const count = tries.get(id) ?? 0;
    tries.set(id, count + 1);
    return [first, ...more][Math.min(count, more.length)] ?? first;
  };
}

function wire(table: RoutingTable, ports: ReadonlyMap<string, number>): RoutingTable {
  const clusters = Object.entries(table.clusters).map(([name, cluster]) => {
    const { tls: _tls, ...plain } = cluster;
    const port = ports.get(name) ?? 0;
    const endpoints = cluster.endpoints.map(({ sni: _sni, ...endpoint }, index) => ({
      ...(isIP(endpoint.host) === 0 ? { hostname: endpoint.host } : {}),
      ...endpoint,
      host: loopbackAddress(index),
      port,
    }));
    return [name, { ...plain, endpoints }] as const;
  });
  const listeners = table.listeners.map((listener) => ({ ...listener, port: 0 }));
  return { ...table, listeners, clusters: Object.fromEntries(clusters) };
}

function pause(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 5));
}

/** As Envoy, which listens only when every endpoint was checked once. */
async function firstChecks({ upstreams }: Program): Promise<void> {
  const checked = [...upstreams.values()].filter(({ cluster }) => cluster.healthCheck);
  const endpoints = checked.flatMap((one) => one.endpoints);
  while (endpoints.some(({ health }) => health?.passing === undefined)) await pause();
}
