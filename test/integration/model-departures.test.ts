import { afterEach, describe, expect, test } from '@jest/globals';
import { request as httpRequest, type ClientRequest, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { Cluster } from '../../src/ir/cluster.ts';
import type { AccountConcurrency, LlmBackend } from '../../src/ir/llm.ts';
import type { RetryPolicy } from '../../src/ir/retry.ts';
import { createCountingClock } from '../support/counting-clock.ts';
import {
  cluster,
  createScope,
  requireToken,
  route,
  table,
  virtualHost,
  type Gateway,
} from '../support/gateway.ts';

const scope = createScope();
afterEach(scope.close);

const server: LlmBackend = {
  provider: 'openai',
  credential: { kind: 'none' },
  authority: 'models',
};
const event = `data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\n`;

/** How a model server begins its answer, which never ends by itself. */
const beginnings: Readonly<Record<string, (answer: ServerResponse) => void>> = {
  'nothing yet': () => undefined,
  'a stream': (answer) => {
    answer.writeHead(200, { 'content-type': 'text/event-stream' });
    answer.write(event);
  },
  'comments of a stream': (answer) => {
    answer.writeHead(200, { 'content-type': 'text/event-stream' });
    answer.write(': keep-alive\n\n');
  },
  'blank lines before JSON': (answer) => {
    answer.writeHead(200, { 'content-type': 'application/json' });
    answer.write('\n');
  },
  'an error': (answer) => void answer.writeHead(503).end('{}'),
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Until something is as it is meant to be; the test ends by its time limit if it never is. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(1);
}

interface Lab {
  readonly gateway: Gateway;
  readonly clock: ReturnType<typeof createCountingClock>;
  /** Requests that reached a server, and those of them that were closed. */
  readonly counts: { asked: number; closed: number };
  readonly sockets: ReadonlySet<Socket>;
  readonly ask: (more?: object) => ClientRequest;
}

async function start(
  beginning: string | readonly string[],
  {
    retry,
    more = {},
    concurrency,
  }: {
    readonly retry?: RetryPolicy;
    readonly more?: Partial<Cluster>;
    readonly concurrency?: AccountConcurrency;
  } = {},
): Promise<Lab> {
  const counts = { asked: 0, closed: 0 };
  const sockets = new Set<Socket>();
  const begins = typeof beginning === 'string' ? [beginning] : beginning;
  const llm = { ...server, ...(concurrency && { concurrency }) };
  const clusters = await Promise.all(
    begins.map(async (name, index) => {
      const upstream = await scope.upstream((request, answer) => {
        counts.asked += 1;
        answer.on('close', () => (counts.closed += 1));
        request.resume();
        request.on('end', () => beginnings[name]?.(answer));
      });
      upstream.server.on('connection', (socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
      });
      return cluster(upstream.port, { name: `m${index}`, llm, ...more });
    }),
  );
  const pools = clusters.map(({ name }) => [{ cluster: name, weight: 1 }]);
  const destinations = [{ cluster: 'up', weight: 1 }];
  const action = { kind: 'forward', destinations, timeoutMs: 0, ...(retry && { retry }) } as const;
  const host = virtualHost({ routes: [route({ jwt: requireToken, action })] });
  const up = cluster(1, { endpoints: [], pools });
  const clock = createCountingClock();
  const gateway = await scope.gateway(table(host, [up, ...clusters]), { clock });
  return { gateway, clock, counts, sockets, ask: (fields) => ask(gateway, fields) };
}

function ask(gateway: Gateway, fields: object = {}): ClientRequest {
  const request = httpRequest(`${gateway.url()}/v1/chat/completions`, {
    method: 'POST',
    agent: false,
    headers: { authorization: 'Bearer user:ann', 'content-type': 'application/json' },
  });
  request.on('error', () => undefined);
  request.on('response', (answer) => {
    answer.on('error', () => undefined);
    answer.resume();
  });
  request.end(JSON.stringify({ model: 'm', messages: [], ...fields }));
  return request;
}

const runs = 25;
/** What the gateway promises. */
const promisedMs = 50;

/** Times until something is seen, after each of many clients has left. */
async function departures(
  lab: Lab,
  ready: (turn: number) => boolean,
  gone: (turn: number) => boolean,
  fields: object = {},
): Promise<number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < runs; turn += 1) {
    const client = lab.ask(fields);
    await until(() => ready(turn));
    // What the server has begun is on its way to the client.
    await pause(5);
    const leftAt = performance.now();
    client.destroy();
    while (!gone(turn)) await new Promise((resolve) => setImmediate(resolve));
    times.push(performance.now() - leftAt);
  }
  return times.toSorted((a, b) => a - b);
}

/** The middle keeps the promise; a machine with other work may let single ones wait. */
function expectPrompt(times: readonly number[]): void {
  expect(times).toHaveLength(runs);
  expect(times[Math.floor(runs / 2)]).toBeLessThan(promisedMs);
  if (process.env['SHOW_FIGURES'] === 'on') {
    const { testPath, currentTestName } = expect.getState();
    process.stderr.write(
      `${testPath === undefined ? '' : currentTestName}: median ${times[12]?.toFixed(1)} ms, most ${times.at(-1)?.toFixed(1)} ms\n`,
    );
  }
}

async function expectIdle({ gateway, clock }: Lab, timers: number): Promise<void> {
  await until(() => gateway.metrics.snapshot().inFlight === 0);
  for (const { active, waiting, account, endpoints } of gateway.program().upstreams.values()) {
    expect([active, waiting, account?.active ?? 0, account?.waiting ?? 0]).toEqual([0, 0, 0, 0]);
    expect(endpoints.every((endpoint) => endpoint.active === 0)).toBe(true);
  }
  expect(clock.pending()).toBeLessThanOrEqual(timers);
}

describe('when a client leaves', () => {
  test.each([
    ['nothing yet', false],
    ['nothing yet', true],
    ['a stream', true],
    ['comments of a stream', true],
    ['blank lines before JSON', false],
  ])('its model server, which has sent %s (stream: %s), is let go of', async (begins, stream) => {
    const lab = await start(begins);
    const timers = lab.clock.pending();
    const { counts } = lab;
    const times = await departures(
      lab,
      (turn) => counts.asked === turn + 1,
      (turn) => counts.closed === turn + 1,
      { stream },
    );
    expectPrompt(times);
    await expectIdle(lab, timers);
  });

  test('the server that is asked after another one failed is let go of', async () => {
    const lab = await start(['an error', 'a stream'], {
      more: { outlierDetection: neverEjects },
    });
    const timers = lab.clock.pending();
    const { counts } = lab;
    const times = await departures(
      lab,
      (turn) => counts.asked === 2 * (turn + 1),
      (turn) => counts.closed === 2 * (turn + 1),
      { stream: true },
    );
    expectPrompt(times);
    await expectIdle(lab, timers);
  });

  test('nobody is asked any more while it waits for another try', async () => {
    const retry: RetryPolicy = {
      on: ['5xx'],
      statusCodes: [],
      retries: 3,
      baseIntervalMs: 60_000,
      maxIntervalMs: 60_000,
    };
    const lab = await start('an error', { retry, more: { outlierDetection: neverEjects } });
    const timers = lab.clock.pending();
    // What is left of the wait is by chance, and may be nothing.
    const lucky = (): number => lab.counts.asked - lab.counts.closed;
    const times = await departures(
      lab,
      (turn) => lab.counts.closed > turn && lucky() === 0,
      () => lab.gateway.metrics.snapshot().inFlight === 0,
    );
    expectPrompt(times);
    await expectIdle(lab, timers);
  });

  test('the line of its account is shorter by one', async () => {
    const concurrency = { account: 'ns/line', limit: 1, maxWaiting: 10, waitMs: 60_000 };
    const lab = await start('a stream', { concurrency });
    const timers = lab.clock.pending();
    const first = lab.ask({ stream: true });
    await until(() => lab.counts.asked === 1);
    const account = lab.gateway.program().upstreams.get('m0')?.account;
    const times = await departures(
      lab,
      () => account?.waiting === 1,
      () => account?.waiting === 0,
      { stream: true },
    );
    expectPrompt(times);
    expect(lab.counts.asked).toBe(1);
    first.destroy();
    await until(() => lab.counts.closed === 1);
    await expectIdle(lab, timers);
  });
});

const neverEjects = {
  intervalMs: 60_000,
  baseEjectionMs: 1,
  maxEjectionPercent: 0,
  consecutive5xx: { count: 5, enforcing: 0 },
  consecutiveGatewayFailure: { count: 5, enforcing: 0 },
  successRate: { enforcing: 0, minimumHosts: 5, requestVolume: 100, stdevFactor: 1900 },
};

test('thousands of clients that leave at any moment leave nothing behind', async () => {
  const concurrency = { account: 'ns/many', limit: 20, maxWaiting: 30, waitMs: 20 };
  const lab = await start(['a stream', 'nothing yet', 'blank lines before JSON'], { concurrency });
  const timers = lab.clock.pending();
  const calls = 2000;
  let left = 0;
  const one = async (turn: number): Promise<void> => {
    const client = lab.ask({ stream: turn % 3 !== 0 });
    await pause(turn % 17);
    client.destroy();
    left += 1;
  };
  const worker = async (first: number): Promise<void> => {
    for (let turn = first; turn < calls; turn += 50) await one(turn);
  };
  await Promise.all(Array.from({ length: 50 }, (_, index) => worker(index)));
  expect(left).toBe(calls);
  await until(() => lab.counts.closed === lab.counts.asked);
  await expectIdle(lab, timers);
  // An aborted request takes its connection with it.
  await until(() => lab.sockets.size === 0);
  // And the account has all its slots again.
  const last = lab.ask({ stream: true });
  const asked = lab.counts.asked;
  await until(() => lab.counts.asked === asked + 1);
  last.destroy();
}, 60_000);
