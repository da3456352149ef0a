import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';

import {
  cluster,
  echo,
  exchangeBytes,
  readAll,
  requireToken,
  route,
  startGateway,
  startUpstream,
  table,
  virtualHost,
  type Gateway,
  type TestUpstream,
} from '../support/gateway.ts';

const limits = { headTimeoutMs: 600, bodyIdleMs: 600 };
const close = 'Host: a\r\nConnection: close\r\n\r\n';

let upstream: TestUpstream;
let gateway: Gateway;
let seen: string[] = [];

beforeAll(async () => {
  upstream = await startUpstream((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    echo(request, response);
  });
  const guarded = route({
    jwt: requireToken,
    matchers: [
      {
        path: { kind: 'prefix', value: '/guarded', caseSensitive: true },
        headers: [],
        query: [],
        methods: [],
      },
    ],
  });
  const host = virtualHost({ domains: ['*'], routes: [guarded, route()] });
  gateway = await startGateway(table(host, [cluster(upstream.port)]), { limits });
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const ask = (bytes: string | Buffer): Promise<string> => {
  seen = [];
  return exchangeBytes(gateway.port(), bytes);
};

/** The gateway serves on, whatever came before. */
const alive = async (): Promise<void> => {
  expect((await fetch(gateway.url())).status).toBe(200);
};

const statusOf = (answer: string): number => Number(answer.split(' ')[1]);

describe('requests that no two servers must read differently', () => {
  test.each([
    [
      'length and chunks',
      `POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n${close}`,
      400,
    ],
    ['two lengths', `POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n${close}`, 400],
    ['a list of lengths', `POST / HTTP/1.1\r\nContent-Length: 5, 5\r\n${close}`, 400],
    ['a signed length', `POST / HTTP/1.1\r\nContent-Length: +5\r\n${close}`, 400],
    [
      'an overflowing length',
      `POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n${close}`,
      400,
    ],
    ['an obscured coding', `POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n${close}`, 501],
    [
      'a list of codings',
      `POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n${close}0\r\n\r\n`,
      501,
    ],
    [
      'two codings',
      `POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n${close}0\r\n\r\n`,
      400,
    ],
    [
      'chunks in HTTP/1.0',
      `POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n${close}0\r\n\r\n`,
      501,
    ],
    ['a space before the colon', `GET / HTTP/1.1\r\nX-A : 1\r\n${close}`, 400],
    ['a folded line', `GET / HTTP/1.1\r\nX-A: 1\r\n 2\r\n${close}`, 400],
    ['a bare line feed', `GET / HTTP/1.1\nX-A: 1\r\n${close}`, 400],
    ['a NUL in a value', `GET / HTTP/1.1\r\nX-A: a\u0000b\r\n${close}`, 400],
    ['two hosts', `GET / HTTP/1.1\r\nHost: b\r\n${close}`, 400],
    ['a list of hosts', 'GET / HTTP/1.1\r\nHost: a, b\r\nConnection: close\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['an empty host', 'GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n', 400],
    ['a host with a user', 'GET / HTTP/1.1\r\nHost: a@b\r\nConnection: close\r\n\r\n', 400],
    ['a host with a path', 'GET / HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n', 400],
    ['an unknown method', `FOO / HTTP/1.1\r\n${close}`, 400],
    ['a method in lower case', `get / HTTP/1.1\r\n${close}`, 400],
    ['M-SEARCH', `M-SEARCH / HTTP/1.1\r\n${close}`, 400],
    ['another protocol', `GET / HTTP/2.0\r\n${close}`, 400],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['TRACE', `TRACE / HTTP/1.1\r\n${close}`, 405],
    ['CONNECT', `CONNECT a:443 HTTP/1.1\r\n${close}`, 405],
    ['a fragment', `GET /#x HTTP/1.1\r\n${close}`, 400],
    ['no HTTP at all', '\u0016\u0003\u0001\u0000\u0005hello\r\n\r\n', 400],
    ['an unknown expectation', `POST / HTTP/1.1\r\nExpect: nonsense\r\n${close}`, 417],
  ])('%s', async (_name, bytes, status) => {
    const answer = await ask(bytes);
    expect(statusOf(answer)).toBe(status);
    expect(answer.toLowerCase()).toContain('connection: close');
    expect(seen).toEqual([]);
    await alive();
  });

  test('the bodies of these refusals are Envoy words', async () => {
    expect(await ask(`GET /#x HTTP/1.1\r\n${close}`)).toMatch(/content-length: 0\r\n/);
    expect(await ask(`FOO / HTTP/1.1\r\n${close}`)).toMatch(/\r\n\r\nBad Request$/);
  });
});

describe('sizes', () => {
  test.each([
    ['a long target', `GET /${'a'.repeat(8192)} HTTP/1.1\r\n${close}`, 414],
    ['a long head', `GET / HTTP/1.1\r\nX-A: ${'a'.repeat(17_000)}\r\n${close}`, 431],
    ['101 header lines', `GET / HTTP/1.1\r\n${'X-A: 1\r\n'.repeat(99)}${close}`, 431],
    [
      'chunk extensions',
      `POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n${close}5;${'x'.repeat(17_000)}\r\nhello\r\n0\r\n\r\n`,
      413,
    ],
    [
      'many extended chunks',
      `POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n${close}${`1;${'x'.repeat(100)}\r\na\r\n`.repeat(3000)}0\r\n\r\n`,
      413,
    ],
  ])('%s', async (_name, bytes, status) => {
    expect(statusOf(await ask(bytes))).toBe(status);
    await alive();
  });

  test('100 header lines are served', async () => {
    expect(statusOf(await ask(`GET / HTTP/1.1\r\n${'X-A: 1\r\n'.repeat(98)}${close}`))).toBe(200);
  });
});

describe('time', () => {
  test('a head that does not end: 408', async () => {
    const socket = connect(gateway.port(), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nX-A: ');
    expect(statusOf(await readAll(socket))).toBe(408);
  });

  test.each([
    ['that is read first', 'Content-Length: 10\r\n'],
    ['that streams', 'Transfer-Encoding: chunked\r\n'],
  ])('a body %s and stops coming: 408', async (_name, framing) => {
    const socket = connect(gateway.port(), '127.0.0.1');
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\n${framing}\r\n2\r\nab\r\n`);
    const answer = await readAll(socket);
    expect(statusOf(answer)).toBe(408);
    expect(answer.toLowerCase()).toContain('connection: close');
  });

  test('a slow body that keeps coming is served', async () => {
    const socket = connect(gateway.port(), '127.0.0.1');
    const answer = readAll(socket);
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 8\r\n\r\n`);
    for (let piece = 0; piece < 8; piece += 1) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      socket.write('x');
    }
    expect(await answer).toContain('"body":"xxxxxxxx"');
  });
});

describe('refusals while a body is coming', () => {
  const head = 'POST /guarded HTTP/1.1\r\nHost: a\r\n';

  test('the connection ends, and what is hidden in the body is never served', async () => {
    const hidden = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n';
    const answer = await ask(`${head}Content-Length: ${hidden.length + 10}\r\n\r\n${hidden}`);
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(answer).toContain('401 Unauthorized');
    expect(answer.toLowerCase()).toContain('connection: close');
    expect(seen).toEqual([]);
  });

  test('a body that has come already leaves the connection open', async () => {
    const answer = await ask(`${head}Content-Length: 5\r\n\r\nhelloGET /next HTTP/1.1\r\n${close}`);
    expect(answer.match(/HTTP\/1\.1 (\d+)/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200']);
    expect(seen).toEqual(['GET /next']);
  });

  test('who waits for 100 Continue is refused without it', async () => {
    const answer = await ask(`${head}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 401/);
    expect(answer.toLowerCase()).toContain('connection: close');
  });

  test('and gets it when the body is wanted', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const call = httpRequest(gateway.url(), {
        method: 'POST',
        headers: { expect: '100-continue', 'content-length': 5, connection: 'close' },
      });
      call.on('continue', () => call.end('hello'));
      call.on('response', (response) => {
        response.setEncoding('utf8').on('data', resolve);
      });
      call.on('error', reject);
      call.flushHeaders();
    });
    expect(answer).toContain('"body":"hello"');
    expect(answer).not.toContain('expect');
  });
});

describe('challenges', () => {
  test('name scheme, host and path, never the query', async () => {
    const answer = await ask(
      `GET /guarded/%2e/a?access_token=secret HTTP/1.1\r\nX-Forwarded-Proto: https\r\n${close}`,
    );
    expect(answer).toContain(
      'www-authenticate: Bearer realm="http://a/guarded/a", error="invalid_token"\r\n',
    );
    expect(answer).not.toContain('secret');
    expect(answer).toContain('content-type: text/plain\r\n');
  });

  test('HEAD has no body', async () => {
    const answer = await ask(`HEAD /guarded HTTP/1.1\r\n${close}`);
    expect(answer).toContain('content-length: 14\r\n');
    expect(answer.endsWith('\r\n\r\n')).toBe(true);
  });
});

describe('what is for this connection only', () => {
  test('upgrades are not asked for upstream, and the connection ends', async () => {
    const answer = await ask(
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade, http2-settings\r\n' +
        'Upgrade: h2c\r\nHTTP2-Settings: x\r\nX-End: 1\r\n\r\n',
    );
    expect(answer).toContain('HTTP/1.1 200');
    expect(answer.toLowerCase()).toContain('connection: close');
    expect(answer.toLowerCase()).not.toContain('h2c');
    expect(answer).toContain('X-End'.toLowerCase());
  });

  test('the authority of an absolute target is the host', async () => {
    const answer = await ask(`GET http://b.example/x HTTP/1.1\r\n${close}`);
    expect(answer).toContain('"host","b.example"');
    expect(answer).toContain('"url":"/x"');
  });

  test('pipelined requests are answered in their order', async () => {
    const answer = await ask(
      `GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /guarded HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.1\r\n${close}`,
    );
    expect(answer.match(/HTTP\/1\.1 (\d+)/g)).toEqual([
      'HTTP/1.1 200',
      'HTTP/1.1 401',
      'HTTP/1.1 200',
    ]);
  });

  test('a client that goes with pipelined requests in work takes nothing with it', async () => {
    const socket = connect(gateway.port(), '127.0.0.1');
    socket.write('GET /1 HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(20));
    await new Promise((resolve) => setTimeout(resolve, 5));
    socket.destroy();
    await alive();
    while (gateway.dataPlane.inFlight() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });
});

describe('noise', () => {
  test('random bytes end no process', async () => {
    const words = [
      'GET ',
      'POST ',
      '/',
      '\r\n',
      ':',
      ' HTTP/1.1',
      'Host: a',
      '\u0000',
      'chunked',
      ';',
    ];
    let state = 42;
    const next = (bound: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state % bound;
    };
    for (let turn = 0; turn < 200; turn += 1) {
      let text = '';
      for (let word = 0; word < 30; word += 1) text += words[next(words.length)];
      const socket = connect(gateway.port(), '127.0.0.1');
      socket.end(Buffer.from(text, 'latin1'));
      await readAll(socket);
    }
    await alive();
  });
});
