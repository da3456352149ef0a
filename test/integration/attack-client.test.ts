import { afterEach, describe, expect, test } from '@jest/globals';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';

import {
  cluster,
  createScope,
  echo,
  exchangeBytes,
  matcher,
  readAll,
  route,
  table,
  virtualHost,
} from '../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

async function gatewayTo(handle: RequestListener) {
  const { port } = await scope.upstream(handle);
  return scope.gateway(table(virtualHost(), [cluster(port)]));
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

describe('a client that does not wait for answers', () => {
  test('takes one connection to the upstream, whatever it sends', async () => {
    let inWork = 0;
    let most = 0;
    const gateway = await gatewayTo((request, response) => {
      inWork += 1;
      most = Math.max(most, inWork);
      setTimeout(() => {
        inWork -= 1;
        echo(request, response);
      }, 2);
    });
    const last = `GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
    const answer = await exchangeBytes(gateway.port(), get('/').repeat(100) + last);
    expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(101);
    expect(answer.indexOf('"/last"')).toBeGreaterThan(answer.lastIndexOf('"url":"/"'));
    expect(most).toBe(1);
  });

  test('is answered as far as it can be read, and nothing after the fault counts', async () => {
    const urls: string[] = [];
    const gateway = await gatewayTo((request, response) => {
      urls.push(`${request.url}`);
      setTimeout(() => echo(request, response), 20);
    });
    const answer = await exchangeBytes(
      gateway.port(),
      `${get('/1')}GET /2 HTTP/1.1\r\n: x\r\n\r\n`,
    );
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
    expect(answer.toLowerCase()).toContain('connection: close');
    expect(urls).toEqual(['/1']);
  });

  test('is answered before its CONNECT is refused', async () => {
    const gateway = await gatewayTo((request, response) => {
      setTimeout(() => echo(request, response), 20);
    });
    const tunnel = 'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n';
    const answer = await exchangeBytes(gateway.port(), get('/1') + tunnel);
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
    expect(answer.toLowerCase()).toContain('connection: close');
  });

  test('keeps an answer that has begun, and the connection ends behind it', async () => {
    const gateway = await gatewayTo((_request, response) => {
      response.write('begun, ');
      setTimeout(() => response.end('whole'), 50);
    });
    const socket = connect(gateway.port(), '127.0.0.1');
    const answers = readAll(socket);
    socket.write(get('/1'));
    await new Promise((settle) => socket.once('data', settle));
    socket.write('no request\r\n\r\n');
    await new Promise((settle) => setTimeout(settle, 5));
    socket.write(get('/2'));
    const answer = await answers;
    expect(answer).toContain('whole\r\n0\r\n\r\n');
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  test('has no request sent on behind an answer that closes the connection', async () => {
    const urls: string[] = [];
    const gateway = await gatewayTo((request, response) => {
      urls.push(`${request.url}`);
      echo(request, response);
    });
    // The body is here before it was asked for: no 100 Continue is sent, and node closes the connection.
    const expecting = `POST /2 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc`;
    const answer = await exchangeBytes(gateway.port(), get('/1') + expecting + get('/3'));
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
    expect(urls).toEqual(['/1', '/2']);
  });

  test('with a body behind each, all are whole', async () => {
    const gateway = await gatewayTo(echo);
    const post = (body: string, more = ''): string =>
      `POST / HTTP/1.1\r\nHost: a\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
    const socket = connect(gateway.port(), '127.0.0.1');
    const answers = readAll(socket);
    const last = post('z'.repeat(200_000), 'Connection: close\r\n');
    socket.write(post('one') + post('x'.repeat(100_000)) + post('three') + last);
    const bodies = [...(await answers).matchAll(/"body":"(\w+)"/g)].map(([, body]) => body?.length);
    expect(bodies).toEqual([3, 100_000, 5, 200_000]);
  });

  test('is cut off with too many, and gone with all of them when it leaves', async () => {
    const gateway = await gatewayTo(() => undefined);
    expect(await exchangeBytes(gateway.port(), get('/').repeat(200))).toBe('');
    const socket = connect(gateway.port(), '127.0.0.1');
    socket.write(get('/').repeat(100));
    while (gateway.dataPlane.inFlight() === 0) await new Promise((settle) => setTimeout(settle, 5));
    expect(gateway.dataPlane.inFlight()).toBe(1);
    socket.destroy();
    while (gateway.dataPlane.inFlight() > 0) await new Promise((settle) => setTimeout(settle, 5));
  });
});

describe('a client that asks for an upgrade', () => {
  const ask = async (framing: string, body: string) => {
    const seen: string[] = [];
    const gateway = await gatewayTo((request, response) => {
      seen.push(`${request.url}`);
      echo(request, response);
    });
    const upgrade = 'Connection: upgrade\r\nUpgrade: h2c\r\n';
    const socket = connect(gateway.port(), '127.0.0.1');
    const answers = readAll(socket);
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\n${upgrade}${framing}\r\n\r\n`);
    await new Promise((settle) => setTimeout(settle, 5));
    socket.write(body);
    return { answer: await answers, seen };
  };

  test.each(['chunked', 'chunked\t'])('hides no body from the parser: %j', async (coding) => {
    const { answer, seen } = await ask(`Transfer-Encoding: ${coding}`, get('/smuggled'));
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    expect(seen).toEqual([]);
  });

  test('behind an answer that closes ends nothing but its own connection', async () => {
    const gateway = await gatewayTo(echo);
    const chunked =
      'PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n';
    const upgrade =
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n';
    const refused = 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n';
    for (let turn = 0; turn < 20; turn += 1) {
      const answer = await exchangeBytes(gateway.port(), refused + chunked + chunked + upgrade);
      expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
    }
    expect(
      await exchangeBytes(
        gateway.port(),
        get('/').replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'),
      ),
    ).toContain('HTTP/1.1 200');
  });

  test('sends its body all the same', async () => {
    const { answer, seen } = await ask('Content-Length: 3', 'abc');
    expect(answer).toContain('"body":"abc"');
    expect(seen).toEqual(['/']);
  });
});

describe('a client that writes dots behind a prefix', () => {
  test('does not get out of what the prefix is rewritten to', async () => {
    const { port } = await scope.upstream(echo);
    const rewritten = route({
      matchers: [matcher('/api')],
      action: {
        kind: 'forward',
        destinations: [{ cluster: 'up', weight: 1 }],
        timeoutMs: 0,
        prefixRewrite: '/static/',
      },
    });
    const gateway = await scope.gateway(
      table(virtualHost({ routes: [rewritten] }), [cluster(port)]),
    );
    const ask = (path: string) =>
      exchangeBytes(gateway.port(), `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(await ask('/api../secret')).toMatch(/^HTTP\/1\.1 400/);
    expect(await ask('/api%2e%2e/secret')).toMatch(/^HTTP\/1\.1 400/);
    expect(await ask('/api..%2fsecret')).toMatch(/^HTTP\/1\.1 400/);
    expect(await ask('/apix')).toContain('"url":"/static/x"');
  });
});
