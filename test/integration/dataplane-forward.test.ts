import { afterEach, describe, expect, test } from '@jest/globals';
import { get, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';

import {
  cluster,
  createScope,
  echo,
  exchangeBytes,
  lineValues,
  readAll,
  requireToken,
  route,
  table,
  virtualHost,
  type Seen,
} from '../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

const seenBy = async (response: Response): Promise<Seen> => (await response.json()) as Seen;

describe('forwarding', () => {
  test('a request without a body', async () => {
    const { port } = await scope.upstream(echo);
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    const seen = await seenBy(
      await fetch(`${gateway.url()}/a/%2e/b?x=%20&y`, {
        headers: { 'x-forwarded-for': '10.1.1.1', 'x-forwarded-proto': 'https', te: 'trailers' },
      }),
    );
    expect(seen).toMatchObject({ method: 'GET', url: '/a/b?x=%20&y', body: '' });
    expect(lineValues(seen.headers, 'host')).toEqual([`127.0.0.1:${gateway.port()}`]);
    expect(lineValues(seen.headers, 'x-forwarded-for')).toEqual(['10.1.1.1,127.0.0.1']);
    expect(lineValues(seen.headers, 'x-forwarded-proto')).toEqual(['http']);
    expect(lineValues(seen.headers, 'x-request-id')[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(lineValues(seen.headers, 'te')).toEqual([]);
    expect(lineValues(seen.headers, 'content-length')).toEqual([]);
  });

  test.each([
    ['of known length, short', 1000],
    ['of known length, long', 300_000],
  ])('a body %s', async (_name, bytes) => {
    const { port } = await scope.upstream(echo);
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    const body = 'x'.repeat(bytes);
    const seen = await seenBy(await fetch(gateway.url(), { method: 'POST', body }));
    expect(seen.body).toBe(body);
    expect(lineValues(seen.headers, 'content-length')).toEqual([String(bytes)]);
  });

  test('a chunked body, framed anew and without trailers', async () => {
    const { port } = await scope.upstream(echo);
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    const answer = await exchangeBytes(
      gateway.port(),
      'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTrailer: X-User\r\n' +
        'Transfer-Encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\n0\r\nX-User: evil\r\n\r\n',
    );
    const seen = JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)) as Seen;
    expect(seen.body).toBe('hello');
    expect(seen.headers.map((line) => line.toLowerCase())).not.toContain('trailer');
    expect(answer).not.toContain('evil');
  });

  test('keeps set-cookie lines apart and drops what is for one hop', async () => {
    const { port } = await scope.upstream((_request, response) => {
      response.writeHead(
        200,
        [
          ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'X-Hop', '1', 'Connection', 'x-hop'],
          ['X-End', '2', 'Trailer', 'X-T'],
        ].flat(),
      );
      response.addTrailers({ 'x-t': 'trailer' });
      response.end('body');
    });
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    const response = await fetch(gateway.url());
    expect(await response.text()).toBe('body');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('x-hop')).toBeNull();
    expect(response.headers.get('x-end')).toBe('2');
    expect(response.headers.get('trailer')).toBeNull();
  });

  test('HEAD keeps the declared length and has no body', async () => {
    const { port } = await scope.upstream((_request, response) => {
      response.setHeader('content-length', 42);
      response.end();
    });
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    const response = await fetch(gateway.url(), { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe('42');
    expect(await response.text()).toBe('');
  });

  test('weights are kept exactly', async () => {
    const one = await scope.upstream((_request, response) => response.end('one'));
    const two = await scope.upstream((_request, response) => response.end('two'));
    const destinations = [
      { cluster: 'one', weight: 3 },
      { cluster: 'two', weight: 1 },
    ];
    const split = route({ action: { kind: 'forward', destinations, timeoutMs: 0 } });
    const clusters = [cluster(one.port, { name: 'one' }), cluster(two.port, { name: 'two' })];
    const gateway = await scope.gateway(table(virtualHost({ routes: [split] }), clusters));
    const answers: string[] = [];
    for (let turn = 0; turn < 8; turn += 1) answers.push(await (await fetch(gateway.url())).text());
    expect(answers.filter((answer) => answer === 'two')).toHaveLength(2);
  });
});

describe('streaming', () => {
  test('the first event arrives before the second is written', async () => {
    let release = (): void => undefined;
    const { port } = await scope.upstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: one\n\n');
      release = () => response.end('data: two\n\n');
    });
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    const { body } = await fetch(gateway.url());
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe('data: one\n\n');
    release();
    expect((await reader.read()).value).toBe('data: two\n\n');
    expect((await reader.read()).done).toBe(true);
  });

  test('the head arrives before any data', async () => {
    const { port } = await scope.upstream((_request, response) => response.flushHeaders());
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    const response = await fetch(gateway.url());
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });

  test('a client that does not read holds the upstream back', async () => {
    let written = 0;
    const { port } = await scope.upstream((_request, response) => {
      const piece = Buffer.alloc(64 * 1024);
      const fill = (): void => {
        while (written < 256 * 1024 * 1024) {
          written += piece.length;
          if (!response.write(piece)) return void response.once('drain', fill);
        }
        response.end();
      };
      fill();
    });
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    const socket = connect(gateway.port(), '127.0.0.1');
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    let before = -1;
    while (written !== before) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(64 * 1024 * 1024);
    socket.destroy();
  });

  test('an upstream that does not read holds the client back', async () => {
    const port = await scope.rawUpstream((socket) => socket.pause());
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    const sending = httpRequest(gateway.url(), { method: 'POST' });
    sending.on('error', () => undefined);
    let sent = 0;
    const piece = Buffer.alloc(64 * 1024);
    const fill = (): void => {
      while (sent < 256 * 1024 * 1024 && sending.write(piece)) sent += piece.length;
    };
    sending.on('drain', fill);
    fill();
    let before = -1;
    while (sent !== before) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(sent).toBeLessThan(64 * 1024 * 1024);
    sending.destroy();
  });

  test('a client that leaves lets go of the upstream at once', async () => {
    let left: (ms: number) => void = () => undefined;
    const gone = new Promise<number>((resolve) => (left = resolve));
    let started = 0;
    const { port } = await scope.upstream((request, response) => {
      response.write('data: one\n\n');
      request.socket.on('close', () => left(performance.now() - started));
    });
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    const call = get(gateway.url());
    const response = await new Promise<IncomingMessage>((resolve) => call.on('response', resolve));
    response.on('error', () => undefined);
    started = performance.now();
    call.destroy();
    expect(await gone).toBeLessThan(500);
  });

  test('a client that leaves before the answer began lets go as well', async () => {
    let arrived = (): void => undefined;
    const asked = new Promise<void>((resolve) => (arrived = resolve));
    let left = (): void => undefined;
    const gone = new Promise<void>((resolve) => (left = resolve));
    const { port } = await scope.upstream((request) => {
      request.socket.on('close', left);
      arrived();
    });
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    const call = get(gateway.url());
    call.on('error', () => undefined);
    await asked;
    call.destroy();
    await gone;
    expect(await gateway.nextLine()).toMatchObject({ status: 0, aborted: true });
  });

  test.each([
    ['chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
    ['of declared length', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello'],
  ])('an upstream that is cut in the middle, %s, cuts the client', async (_name, head) => {
    const port = await scope.rawUpstream((socket) => {
      socket.once('data', () => socket.write(head, () => setTimeout(() => socket.destroy(), 50)));
    });
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    const response = await fetch(gateway.url());
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    expect(await gateway.nextLine()).toMatchObject({ status: 200, aborted: true });
  });

  test('the answer to HTTP/1.0, which only the end of the connection delimits, is cut by a reset', async () => {
    const port = await scope.rawUpstream((socket) => {
      socket.once('data', () =>
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', () =>
          setTimeout(() => socket.destroy(), 50),
        ),
      );
    });
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    const socket = connect(gateway.port(), '127.0.0.1');
    const failed = new Promise<string | undefined>((resolve) =>
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code)),
    );
    socket.write('GET / HTTP/1.0\r\nHost: a\r\n\r\n');
    const text = await readAll(socket);
    expect(text).toContain('hello');
    expect(await failed).toBe('ECONNRESET');
  });
});

describe('identity', () => {
  const guarded = virtualHost({ claimHeaders: ['x-user'], routes: [route({ jwt: requireToken })] });

  test('a claim goes to its header, the token goes away', async () => {
    const { port } = await scope.upstream(echo);
    const gateway = await scope.gateway(table(guarded, [cluster(port)]));
    const headers = { authorization: 'Bearer user:ann' };
    const seen = await seenBy(await fetch(gateway.url(), { headers }));
    expect(lineValues(seen.headers, 'x-user')).toEqual(['ann']);
    expect(lineValues(seen.headers, 'authorization')).toEqual([]);
    const byQuery = await fetch(`${gateway.url()}/?a=%26b&access_token=user%3Abob&c`);
    const { url, headers: lines } = await seenBy(byQuery);
    expect(url).toBe('/?a=%26b&c');
    expect(lineValues(lines, 'x-user')).toEqual(['bob']);
  });

  test.each([
    ['itself', 'X-User: evil\r\n'],
    ['with an underscore', 'X_User: evil\r\n'],
    ['twice', 'x-user: evil\r\nX-USER: evil\r\n'],
    ['named for this hop', 'Connection: x-user, close\r\n'],
  ])('a client cannot send the header of a claim %s', async (_name, lines) => {
    const { port } = await scope.upstream(echo);
    const gateway = await scope.gateway(table(guarded, [cluster(port)]));
    const answer = await exchangeBytes(
      gateway.port(),
      `GET / HTTP/1.0\r\nHost: a\r\nAuthorization: Bearer user:ann\r\n${lines}\r\n`,
    );
    expect(answer).toContain('"x-user","ann"');
    expect(answer).not.toContain('evil');
  });

  test('nor on a route that verifies nothing', async () => {
    const { port } = await scope.upstream(echo);
    const open = virtualHost({ claimHeaders: ['x-user'] });
    const gateway = await scope.gateway(table(open, [cluster(port)]));
    const seen = await seenBy(
      await fetch(gateway.url(), { headers: { 'x-user': 'evil', x_user: 'evil' } }),
    );
    expect(seen.headers.join()).not.toContain('evil');
  });

  test('a verifier that answers later, and one that breaks', async () => {
    const { port } = await scope.upstream(echo);
    const gateway = await scope.gateway(table(guarded, [cluster(port)]));
    const ask = (token: string): Promise<Response> =>
      fetch(gateway.url(), { headers: { authorization: `Bearer ${token}` } });
    expect((await ask('later:ann')).status).toBe(200);
    expect((await ask('throw:')).status).toBe(500);
    expect((await ask('nonsense')).status).toBe(401);
  });
});
