import { connect, type Socket } from 'node:net';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

import { afterEach, describe, expect, test } from '@jest/globals';

import type { ForwardAction, Route } from '../../../src/ir/table.ts';
import type { Limits } from '../../../src/dataplane/limits.ts';
import {
  cluster,
  createScope,
  route,
  startGateway,
  table,
  virtualHost,
  type Gateway,
} from '../../support/gateway.ts';

const scope = createScope();
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await scope.close();
});

const switched =
  'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nx-inside: 1\r\n\r\n';
const handshake = 'GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n';

type OnUpgrade = (socket: Duplex, request: IncomingMessage) => void;

/** A gateway in front of a server that changes the protocol. */
async function tunnels(
  onUpgrade: OnUpgrade,
  more: Partial<ForwardAction> = {},
  limits: Partial<Limits> = {},
  options: Pick<Route, 'headers'> = {},
): Promise<Gateway> {
  const server = createServer((_request, response) => response.end('plain'));
  const sockets = new Set<Duplex>();
  server.on('upgrade', (request, socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write(switched);
    onUpgrade(socket, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const destinations = [{ cluster: 'up', weight: 1 }];
  const action = { kind: 'forward', destinations, timeoutMs: 1000, ...more } as const;
  const host = virtualHost({ routes: [route({ action, ...options })] });
  const gateway = await startGateway(table(host, [cluster(port, { maxConnections: 1 })]), {
    limits,
  });
  closing.push(async () => {
    await gateway.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return gateway;
}

interface Client {
  readonly socket: Socket;
  /** All that came, once it holds this. */
  readonly until: (text: string) => Promise<string>;
  readonly closed: Promise<void>;
}

function clientOf(gateway: Gateway, first = handshake): Client {
  const socket = connect(gateway.port(), '127.0.0.1');
  let text = '';
  const waiting: (() => void)[] = [];
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    for (const look of waiting) look();
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.write(first);
  return {
    socket,
    closed,
    until: (wanted) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (text.includes(wanted)) resolve(text);
        };
        waiting.push(look);
        look();
      }),
  };
}

const echoing: OnUpgrade = (socket) => socket.on('data', (chunk: Buffer) => socket.write(chunk));

describe('a tunnel', () => {
  test('carries bytes both ways, longer than the timeout of the route', async () => {
    const client = clientOf(await tunnels(echoing));
    const head = await client.until('\r\n\r\n');
    expect(head).toContain('HTTP/1.1 101 Switching Protocols\r\n');
    expect(head.toLowerCase()).toContain('upgrade: websocket\r\n');
    await new Promise((resolve) => void setTimeout(resolve, 1200));
    client.socket.write('ping');
    expect(await client.until('ping')).toContain('ping');
    client.socket.destroy();
  });

  test('begins with an answer as the route wants it', async () => {
    const response = {
      remove: ['x-inside'],
      add: [{ name: 'x-added', value: [{ of: 'status' } as const], append: false }],
    };
    const client = clientOf(await tunnels(echoing, {}, {}, { headers: [{ response }] }));
    const head = await client.until('\r\n\r\n');
    expect(head).toContain('HTTP/1.1 101 Switching Protocols\r\n');
    expect(head).toContain('x-added: 101\r\n');
    expect(head).not.toContain('x-inside');
    client.socket.destroy();
  });

  test('carries what was sent with the request', async () => {
    const client = clientOf(await tunnels(echoing), `${handshake}early`);
    expect(await client.until('early')).toContain('early');
    client.socket.destroy();
  });

  test('a client that leaves takes the upstream with it, and the connection is free again', async () => {
    const ended: Promise<void>[] = [];
    const gateway = await tunnels((socket) => {
      socket.resume();
      ended.push(new Promise((resolve) => socket.on('end', () => resolve())));
    });
    for (let turn = 0; turn < 2; turn += 1) {
      const client = clientOf(gateway);
      await client.until('101');
      client.socket.end();
      await ended[turn];
      await client.closed;
      expect(await gateway.nextLine()).toMatchObject({ status: 101, upstream: 'up' });
    }
    expect(gateway.metrics.snapshot().inFlight).toBe(0);
  });

  test('the last bytes of an upstream that ends arrive', async () => {
    const client = clientOf(await tunnels((socket) => void socket.end('bye')));
    expect(await client.until('bye')).toContain('bye');
    await client.closed;
  });

  test('goes as fast as the other side reads', async () => {
    const chunk = Buffer.alloc(1024 * 1024);
    let written = 0;
    const client = clientOf(
      await tunnels((socket) => {
        const write = (): void => {
          while (written < 256) {
            written += 1;
            if (!socket.write(chunk)) return void socket.once('drain', write);
          }
        };
        write();
      }),
    );
    await client.until('101');
    client.socket.pause();
    await new Promise((resolve) => void setTimeout(resolve, 300));
    expect(written).toBeLessThan(64);
    client.socket.destroy();
  });

  test('ends when nothing goes through it any more', async () => {
    const client = clientOf(await tunnels(echoing, { idleTimeoutMs: 200 }));
    await client.until('101');
    await client.closed;
  });

  test('also by the limit that holds everywhere', async () => {
    const client = clientOf(await tunnels(echoing, {}, { streamIdleMs: 100 }));
    await client.until('101');
    await client.closed;
  });

  test('takes one of the connections that the cluster may have', async () => {
    const gateway = await tunnels(echoing, {}, { pendingRequests: 0 });
    const first = clientOf(gateway);
    await first.until('101');
    const second = clientOf(gateway);
    expect(await second.until('\r\n\r\n')).toContain('HTTP/1.1 503');
    first.socket.destroy();
  });

  test('may go on while the gateway drains, and is cut at the end of that', async () => {
    const gateway = await tunnels(echoing);
    const client = clientOf(gateway);
    await client.until('101');
    const drained = gateway.dataPlane.drain({ acceptMs: 0, graceMs: 300 });
    client.socket.write('still');
    expect(await client.until('still')).toContain('still');
    await drained;
    await client.closed;
    expect(await gateway.nextLine()).toMatchObject({ status: 101 });
    expect(gateway.dataPlane.inFlight()).toBe(0);
  });

  test('is not opened behind another request on its connection', async () => {
    const slow = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';
    const client = clientOf(await tunnels(echoing), slow + handshake);
    expect(await client.until('HTTP/1.1 403')).not.toContain(' 101 ');
    client.socket.destroy();
  });
});

describe('an upgrade that the upstream has not answered yet', () => {
  test('is over when the client leaves', async () => {
    let left = (): void => undefined;
    const upstreamLeft = new Promise<void>((resolve) => (left = resolve));
    const port = await scope.rawUpstream((socket) => socket.resume().on('close', left));
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    const client = clientOf(gateway);
    const asked = performance.now();
    setTimeout(() => client.socket.destroy(), 50);
    expect(await gateway.nextLine()).toMatchObject({ status: 0, aborted: true });
    await upstreamLeft;
    expect(performance.now() - asked).toBeLessThan(10_000);
  });
});

describe('an upgrade that the upstream refuses', () => {
  test('has the answer as it is, however long', async () => {
    const body = 'x'.repeat(3 * 1024 * 1024);
    const upstream = await scope.upstream((_request, response) => response.end(body));
    const gateway = await scope.gateway(table(virtualHost(), [cluster(upstream.port)]));
    const client = clientOf(gateway);
    let bytes = 0;
    client.socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
    await client.closed;
    expect(bytes).toBeGreaterThan(body.length);
  });
});
