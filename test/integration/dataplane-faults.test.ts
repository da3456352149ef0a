import { afterEach, describe, expect, test } from '@jest/globals';
import { get } from 'node:http';

import {
  cluster,
  createScope,
  echo,
  exchangeBytes,
  route,
  startUpstream,
  table,
  virtualHost,
  type Gateway,
} from '../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

describe('faults of the upstream', () => {
  const asked = async (gateway: Gateway): Promise<[number, string]> => {
    const response = await fetch(gateway.url());
    return [response.status, await response.text()];
  };

  test('nobody listens: 503', async () => {
    const { port, close } = await startUpstream(echo);
    await close();
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    expect(await asked(gateway)).toEqual([
      503,
      'upstream connect error or disconnect/reset before headers. reset reason: remote connection failure',
    ]);
    expect(await gateway.nextLine()).toMatchObject({ reason: 'connect', detail: 'ECONNREFUSED' });
    expect(gateway.metrics.snapshot().upstreamFailures).toEqual([
      { labels: ['up', 'connect'], value: 1 },
    ]);
  });

  test('closed before the head: 503', async () => {
    const port = await scope.rawUpstream((socket) => socket.once('data', () => socket.destroy()));
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    expect(await asked(gateway)).toEqual([
      503,
      'upstream connect error or disconnect/reset before headers. reset reason: connection termination',
    ]);
  });

  test('no endpoints, and no cluster: 503', async () => {
    const gateway = await scope.gateway(table(virtualHost(), [cluster(1, { endpoints: [] })]));
    expect(await asked(gateway)).toEqual([503, 'no healthy upstream']);
    await gateway.swap(table(virtualHost()));
    expect(await asked(gateway)).toEqual([503, '']);
  });

  test('too slow: 504 with Envoy text', async () => {
    const { port } = await scope.upstream(() => undefined);
    const action = {
      kind: 'forward',
      destinations: [{ cluster: 'up', weight: 1 }],
      timeoutMs: 50,
    } as const;
    const gateway = await scope.gateway(
      table(virtualHost({ routes: [route({ action })] }), [cluster(port)]),
    );
    expect(await asked(gateway)).toEqual([504, 'upstream request timeout']);
  });

  test('too slow in the middle of the answer: the client is cut', async () => {
    const { port } = await scope.upstream((_request, response) => response.write('some'));
    const action = {
      kind: 'forward',
      destinations: [{ cluster: 'up', weight: 1 }],
      timeoutMs: 100,
    } as const;
    const gateway = await scope.gateway(
      table(virtualHost({ routes: [route({ action })] }), [cluster(port)]),
    );
    await expect((await fetch(gateway.url())).text()).rejects.toThrow();
  });

  test.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['a bad header name', 'HTTP/1.1 200 OK\r\nX\u0001: 1\r\nContent-Length: 0\r\n\r\n'],
    ['a bare line feed', 'HTTP/1.1 200 OK\r\nX: a\n Y: b\r\nContent-Length: 0\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    ],
    ['an upgrade', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
    ['a flood of 1xx', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100)],
    ['a giant head', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`],
  ])('%s: 502', async (_name, bytes) => {
    const port = await scope.rawUpstream((socket) =>
      socket.once('data', () => socket.write(bytes)),
    );
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    expect((await asked(gateway))[0]).toBe(502);
  });

  test('1xx answers are not sent on', async () => {
    const port = await scope.rawUpstream((socket) =>
      socket.once('data', () =>
        socket.write(
          'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
        ),
      ),
    );
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    const answer = await exchangeBytes(
      gateway.port(),
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(answer).not.toContain('103');
  });

  test('a stale connection is tried once more, only without a body', async () => {
    let connections = 0;
    const port = await scope.rawUpstream((socket) => {
      connections += 1;
      let requests = 0;
      socket.on('data', () => {
        requests += 1;
        // The second request on a connection finds it closing.
        if (requests > 1) socket.destroy();
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      });
    });
    const gateway = await scope.gateway(
      table(virtualHost(), [cluster(port, { maxConnections: 1 })]),
    );
    expect(await asked(gateway)).toEqual([200, 'ok']);
    expect(await asked(gateway)).toEqual([200, 'ok']);
    expect(connections).toBe(2);
    const posted = await fetch(gateway.url(), { method: 'POST', body: 'x' });
    expect(posted.status).toBe(503);
  });
});

describe('connections', () => {
  test('no more than maxConnections, the rest waits in line, the first come first', async () => {
    const held: (() => void)[] = [];
    const order: string[] = [];
    const { port } = await scope.upstream((request, response) => {
      order.push(request.url ?? '');
      held.push(() => response.end());
    });
    const gateway = await scope.gateway(
      table(virtualHost(), [cluster(port, { maxConnections: 2 })]),
    );
    const calls: Promise<Response>[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      calls.push(fetch(`${gateway.url()}/${turn}`));
      while (gateway.dataPlane.inFlight() < turn + 1) await new Promise((r) => setTimeout(r, 5));
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(held).toHaveLength(2);
    for (let turn = 0; turn < 6; turn += 1) {
      while (held.length <= turn) await new Promise((resolve) => setTimeout(resolve, 5));
      held[turn]?.();
    }
    await Promise.all(calls);
    expect(order).toEqual(['/0', '/1', '/2', '/3', '/4', '/5']);
  });

  test('a full line answers 503, and who leaves it makes room', async () => {
    const { port } = await scope.upstream(() => undefined);
    const gateway = await scope.gateway(
      table(virtualHost(), [cluster(port, { maxConnections: 1 })]),
      {
        limits: { pendingRequests: 1 },
      },
    );
    const hold = get(gateway.url());
    hold.on('error', () => undefined);
    const waiting = get(gateway.url());
    waiting.on('error', () => undefined);
    while (gateway.dataPlane.inFlight() < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const refused = await fetch(gateway.url());
    expect(refused.status).toBe(503);
    expect(await refused.text()).toContain('overflow');
    waiting.destroy();
    while (gateway.dataPlane.inFlight() > 1) await new Promise((resolve) => setTimeout(resolve, 5));
    const next = get(gateway.url());
    next.on('error', () => undefined);
    while (gateway.dataPlane.inFlight() < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(gateway.metrics.snapshot().upstreamFailures).toEqual([
      { labels: ['up', 'overflow'], value: 1 },
    ]);
    hold.destroy();
    next.destroy();
  });

  test('200 streams at once do not wait for each other', async () => {
    const { port } = await scope.upstream(
      (_request, response) => void response.write('data: 1\n\n'),
    );
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    const started = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const response = await fetch(gateway.url());
        const reader = response.body!.getReader();
        await reader.read();
        return reader;
      }),
    );
    expect(performance.now() - started).toBeLessThan(5000);
    await Promise.all(answers.map((reader) => reader.cancel()));
  });
});
