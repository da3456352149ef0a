import { afterEach, expect, test } from '@jest/globals';
import { connect } from 'node:net';

import { AccountKeys } from '../../../src/dataplane/account-keys.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { createLogger } from '../../../src/base/log.ts';
import type { ClientConnection } from '../../../src/dataplane/call.ts';
import { defaultLimits } from '../../../src/dataplane/limits.ts';
import { ListeningServer } from '../../../src/dataplane/listening-server.ts';
import { createMetrics } from '../../../src/dataplane/metrics.ts';
import { createStalls } from '../../../src/dataplane/stalls.ts';
import { emptyTable, program, readAll } from '../../support/gateway.ts';

const servers: ListeningServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    await new Promise<void>((resolve) => {
      server.close(resolve);
      server.cut();
    });
  }
});

const context = () => ({
  limits: defaultLimits,
  clock: systemClock,
  logger: createLogger('silent'),
  accessLog: undefined,
  metrics: createMetrics(),
  stalls: createStalls(systemClock),
  random: () => 0,
  keys: new AccountKeys(systemClock, () => program(emptyTable)),
});

async function listening(handle: (connection: ClientConnection, url: string) => void) {
  const server = new ListeningServer(context(), {
    tls: false,
    listener: () => undefined,
    handle: (connection, request, response) => {
      handle(connection, request.url ?? '');
      response.end('ok');
    },
  });
  servers.push(server);
  await server.listen(0, '127.0.0.1');
  return server;
}

test('tells what it knows of the connection', async () => {
  const seen: object[] = [];
  const server = await listening((connection) => seen.push({ ...connection }));
  await fetch(`http://127.0.0.1:${server.port}`);
  server.announceClose();
  await fetch(`http://127.0.0.1:${server.port}`);
  const connection = { scheme: 'http', peer: '127.0.0.1', closed: false, call: undefined };
  expect(seen).toEqual([
    { ...connection, lastAnswer: false },
    { ...connection, lastAnswer: true },
  ]);
});

test('nothing counts behind the last answer of a connection', async () => {
  const urls: string[] = [];
  const server = await listening((connection, url) => {
    urls.push(url);
    connection.closed = true;
  });
  const socket = connect(server.port, '127.0.0.1');
  socket.write('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n');
  setTimeout(() => socket.destroy(), 100);
  await readAll(socket);
  expect(urls).toEqual(['/1']);
});

test('a port that is taken rejects', async () => {
  const { port } = await listening(() => undefined);
  const second = new ListeningServer(context(), {
    tls: false,
    listener: () => undefined,
    handle: () => undefined,
  });
  await expect(second.listen(port, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
