import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { ClientHttp2Session } from 'node:http2';
import { connect } from 'node:net';

import { AccountKeys } from '../../../src/dataplane/account-keys.ts';
import { createLogger } from '../../../src/base/log.ts';
import type { CallContext } from '../../../src/dataplane/call.ts';
import type { ClientRequest, ClientResponse } from '../../../src/dataplane/client-message.ts';
import { defaultLimits } from '../../../src/dataplane/limits.ts';
import { createMetrics } from '../../../src/dataplane/metrics.ts';
import { createStalls } from '../../../src/dataplane/stalls.ts';
import { StreamConnection } from '../../../src/dataplane/stream-connection.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { emptyTable, program, readAll } from '../../support/gateway.ts';
import { startSocketServer } from '../../support/stream-lab.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serving(
  handle: (request: ClientRequest, response: ClientResponse) => void = (_request, response) => {
    response.writeHead(200, []);
    response.end('ok');
  },
  announced = false,
) {
  const clock = createFakeClock();
  const context: CallContext = {
    limits: defaultLimits,
    clock,
    logger: createLogger('silent'),
    accessLog: undefined,
    metrics: createMetrics(),
    stalls: createStalls(clock),
    random: () => 0,
    keys: new AccountKeys(clock, () => program(emptyTable)),
  };
  const connections: StreamConnection[] = [];
  const server = await startSocketServer((socket) => {
    const connection = { scheme: 'https', peer: 'p' } as const;
    connections.push(
      new StreamConnection(socket, {
        context,
        connection,
        announced,
        handle: (_own, request, response) => handle(request, response),
      }),
    );
  });
  closers.push(async () => {
    for (const one of connections) one.cut();
    await server.close();
  });
  return { ...server, clock, connections };
}

async function ask(client: ClientHttp2Session): Promise<number> {
  const stream = client.request({ ':path': '/' });
  stream.on('error', () => undefined);
  let status = 0;
  stream.on('response', (head) => (status = Number(head[':status'])));
  stream.resume();
  await once(stream, 'close');
  return status;
}

test('serves streams side by side, and no more than a hundred', async () => {
  const open: ClientResponse[] = [];
  const server = await serving((_request, response) => void open.push(response));
  const client = server.connect();
  await once(client, 'remoteSettings');
  expect(client.remoteSettings.maxConcurrentStreams).toBe(100);
  const answers = Array.from({ length: 100 }, () => ask(client));
  while (open.length < 100) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const response of open) {
    response.writeHead(204, []);
    response.end();
  }
  expect(new Set(await Promise.all(answers))).toEqual(new Set([204]));
});

test.each([5, 200_000])(
  'a body of %i bytes that nobody reads keeps no stream open',
  async (bytes) => {
    const closed = Promise.withResolvers<void>();
    const server = await serving((_request, response) => {
      response.on('close', () => closed.resolve());
      // When the body is there.
      setTimeout(() => {
        response.writeHead(401, []);
        response.end('no');
      }, 50);
    });
    const stream = server.connect().request({ ':method': 'POST', ':path': '/' });
    stream.on('error', () => undefined);
    stream.resume();
    stream.end(Buffer.alloc(bytes));
    await closed.promise;
  },
);

test('ends a connection on which nothing is asked', async () => {
  const server = await serving();
  const silent = connect(server.port, '127.0.0.1');
  const end = readAll(silent);
  while (server.connections.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  server.clock.advance(defaultLimits.headTimeoutMs + 2000);
  await end;
  const client = server.connect();
  expect(await ask(client)).toBe(200);
  server.clock.advance(defaultLimits.headTimeoutMs + 2000);
  expect(await ask(client)).toBe(200);
  const closed = once(client, 'close');
  server.clock.advance(defaultLimits.keepAliveMs + 2000);
  await closed;
});

test('asks clients to leave, and says what it has served', async () => {
  const server = await serving();
  const client = server.connect();
  expect(await ask(client)).toBe(200);
  const left = once(client, 'goaway');
  server.connections[0]?.announceClose();
  const [code, lastStream] = await left;
  expect([code, lastStream]).toEqual([0, 1]);
});

test('a connection of the last minute serves its first request', async () => {
  const server = await serving(undefined, true);
  const client = server.connect();
  const left = once(client, 'goaway');
  expect(await ask(client)).toBe(200);
  await left;
});

test('closing lets open streams end', async () => {
  const open: ClientResponse[] = [];
  const server = await serving((_request, response) => void open.push(response));
  const client = server.connect();
  const status = ask(client);
  while (open.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  server.connections[0]?.close();
  await once(client, 'goaway');
  open[0]?.writeHead(200, []);
  open[0]?.end();
  expect(await status).toBe(200);
  if (!client.destroyed) await once(client, 'close');
});

test('who resets without end is shown the door', async () => {
  let begun = 0;
  const server = await serving(() => void (begun += 1));
  const client = server.connect();
  await once(client, 'connect');
  const gone = once(client, 'goaway');
  let sent = 0;
  while (!client.destroyed && sent < 2000) {
    const stream = client.request({ ':path': '/' });
    stream.on('error', () => undefined);
    stream.close(8);
    sent += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  const [code] = await gone;
  expect(code).toBe(11);
  expect(begun).toBeLessThan(300);
});
