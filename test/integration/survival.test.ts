import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import {
  claimsOf,
  forkGateway,
  tokenOf,
  type ForkedGateway,
} from '../../hack/fuzz/gateway-process.ts';
import { startStrictUpstream, type StrictUpstream } from '../../hack/fuzz/strict-upstream.ts';
import { exchangeBytes, readAll } from '../support/gateway.ts';

const limits = { headTimeoutMs: 1000, bodyIdleMs: 1000, keepAliveMs: 3000, streamIdleMs: 2000 };
const close = 'Host: a\r\nConnection: close\r\n\r\n';

/** What the upstream sends in place of a good answer, by the path that was asked for. */
const garbage = new Map<string, string>();

let upstream: StrictUpstream;
let gateway: ForkedGateway;

beforeAll(async () => {
  upstream = await startStrictUpstream(({ target }) => {
    const bytes = garbage.get(target);
    return bytes === undefined ? undefined : Buffer.from(bytes, 'latin1');
  });
  gateway = await forkGateway({ upstreamPort: upstream.port, limits, timeoutMs: 5000 });
});

afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

const ask = (bytes: string): Promise<string> => exchangeBytes(gateway.port, bytes);
const statusOf = (answer: string): number => Number(answer.split(' ')[1]);

/** The process runs, has complained of nothing, and serves; nothing is left in work. */
async function alive(): Promise<void> {
  expect(statusOf(await ask(`GET /alive HTTP/1.1\r\n${close}`))).toBe(200);
  for (let round = 0; round < 100; round += 1) {
    if ((await gateway.state()).inFlight === 0) break;
    await delay(50);
  }
  expect(await gateway.state()).toMatchObject({ inFlight: 0 });
  expect(gateway.exit()).toBeUndefined();
  expect(upstream.faults).toEqual([]);
}

const seenHere = () => upstream.take('127.0.0.1');

describe('what a client can write in a head', () => {
  test.each([
    ['a Trailer header', `GET / HTTP/1.1\r\nTrailer: X-A\r\n${close}`],
    [
      'a Trailer header that names the framing',
      `GET / HTTP/1.1\r\nTrailer: Content-Length\r\n${close}`,
    ],
    [
      'a trailer behind chunks',
      `POST / HTTP/1.1\r\nTrailer: X-Sub\r\nTransfer-Encoding: chunked\r\n${close}1\r\na\r\n0\r\nX-Sub: evil\r\n\r\n`,
    ],
  ])('%s', async (_name, bytes) => {
    seenHere();
    expect(statusOf(await ask(bytes))).toBe(200);
    const [seen] = seenHere();
    const names = seen?.headers.map(([name]) => name);
    expect(names).not.toContain('trailer');
    expect(names).not.toContain('x-sub');
    await alive();
  });

  test.each([
    ['64 KiB in one line', `GET / HTTP/1.1\r\nX-A: ${'a'.repeat(65_536)}\r\n${close}`, 431],
    ['64 KiB of a name', `GET / HTTP/1.1\r\n${'a'.repeat(65_536)}: a\r\n${close}`, 431],
    ['64 KiB of short lines', `GET / HTTP/1.1\r\n${'X-A: 1\r\n'.repeat(8192)}${close}`, 431],
    [
      '64 KiB of token',
      `GET /guarded HTTP/1.1\r\nAuthorization: Bearer ${'a'.repeat(65_536)}\r\n${close}`,
      431,
    ],
    ['64 KiB of target', `GET /${'a'.repeat(65_536)} HTTP/1.1\r\n${close}`, 431],
    [
      '15 KiB of dots for a token',
      `GET /guarded HTTP/1.1\r\nAuthorization: Bearer ${'.'.repeat(15_000)}\r\n${close}`,
      401,
    ],
  ])('%s', async (_name, bytes, status) => {
    expect(statusOf(await ask(bytes))).toBe(status);
    await alive();
  });
});

describe('what a client can write in a token that the issuer signed', () => {
  const guarded = (token: string): Promise<string> =>
    ask(`GET /guarded HTTP/1.1\r\nAuthorization: Bearer ${token}\r\n${close}`);

  test.each(['null', '[]', '"text"', '0', 'true', '{}x', '[{}]', '""', '{'])(
    'the payload %s',
    async (payload) => {
      const answer = await guarded(tokenOf(payload));
      expect(statusOf(answer)).toBe(401);
      expect(answer).toContain('Jwt payload is an invalid JSON');
      await alive();
    },
  );

  test.each([
    'a\r\nx-role: admin',
    'a\nb',
    'a\rb',
    'a\u0000b',
    '\u007f',
    '\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n',
  ])('the claim %j, which becomes a header', async (sub) => {
    seenHere();
    expect(statusOf(await guarded(tokenOf(claimsOf(sub))))).toBe(200);
    const seen = seenHere();
    expect(seen).toHaveLength(1);
    const names = seen[0]?.headers.map(([name]) => name);
    expect(names).not.toContain('x-sub');
    expect(names).not.toContain('x-role');
    await alive();
  });

  test('a claim of characters beyond ASCII, which goes on as its bytes', async () => {
    seenHere();
    expect(statusOf(await guarded(tokenOf(claimsOf('é \u{1f600}'))))).toBe(200);
    const [seen] = seenHere();
    const value = seen?.headers.find(([name]) => name === 'x-sub')?.[1] ?? '';
    expect(Buffer.from(value, 'latin1').toString()).toBe('é \u{1f600}');
    await alive();
  });
});

describe('slow clients', () => {
  /** Writes a piece every 100 ms until the connection ends; gives the answer and how long it took. */
  async function drip(
    first: string,
    piece: string,
  ): Promise<{ readonly answer: string; readonly ms: number }> {
    const started = performance.now();
    const socket = connect(gateway.port, '127.0.0.1');
    const answer = readAll(socket);
    socket.write(first);
    const timer = setInterval(() => socket.write(piece), 100);
    socket.on('close', () => clearInterval(timer));
    return { answer: await answer, ms: performance.now() - started };
  }

  test.each([
    ['a head, byte by byte', 'GET / HTTP/1.1\r\nHost: a\r\n', 'x', 408],
    ['a head, line by line', 'GET / HTTP/1.1\r\nHost: a\r\n', 'X-A: 1\r\n', 408],
    [
      'a chunk size of endless zeros',
      `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`,
      '0',
      408,
    ],
  ])('%s: cut off in time', async (_name, first, piece, status) => {
    const { answer, ms } = await drip(first, piece);
    expect(statusOf(answer)).toBe(status);
    expect(ms).toBeLessThan(10_000);
    await alive();
  });

  test.each([
    ['nothing at all', ''],
    ['half a head', 'GET / HT'],
    ['a body that does not come', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n'],
    [
      'a body that is asked for and does not come',
      'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
    ],
    ['half a chunk', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na'],
    ['a request, and then nothing', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ])('%s: the connection ends', async (_name, bytes) => {
    const started = performance.now();
    await ask(bytes);
    expect(performance.now() - started).toBeLessThan(10_000);
    await alive();
  });
});

describe('clients that leave', () => {
  const large = 'x'.repeat(100_000);
  const stages: readonly (readonly [string, readonly string[]])[] = [
    ['at once', []],
    ['within the head', ['GET / HT']],
    ['within the body', ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc']],
    [
      'within a long body',
      [`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n${large}`],
    ],
    [
      'within a chunk',
      ['POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc'],
    ],
    [
      'between chunks',
      ['POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
    ],
    ['behind the request', ['GET / HTTP/1.1\r\nHost: a\r\n\r\n']],
    ['within the answer', ['GET /half HTTP/1.1\r\nHost: a\r\n\r\n', '', '', '', '']],
    ['with requests behind it', ['GET /1 HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(20)]],
    [
      'while it is refused',
      [`POST /guarded HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n`, large],
    ],
    [
      'before it may go on',
      ['POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n'],
    ],
  ];

  test.each(stages)('%s', async (_name, pieces) => {
    garbage.set('/half', `HTTP/1.1 200 OK\r\ncontent-length: 300000\r\n\r\n${large}`);
    for (let turn = 0; turn < 30; turn += 1) {
      const socket = connect(gateway.port, '127.0.0.1');
      const gone = readAll(socket);
      for (const piece of pieces) {
        socket.write(piece);
        await delay(turn % 4);
      }
      if (turn % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
      await gone;
    }
    await alive();
  });
});

describe('an upstream that sends garbage', () => {
  const good = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
  const poison = 'HTTP/1.1 200 OK\r\nx-poison: 1\r\ncontent-length: 6\r\n\r\npoison';
  test.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['a NUL in the status line', 'HTTP/1.1 200 O\u0000K\r\ncontent-length: 0\r\n\r\n'],
    ['a status beyond all', 'HTTP/1.1 999999 OK\r\ncontent-length: 0\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'],
    ['a line break in a value', 'HTTP/1.1 200 OK\r\nx-a: b\rc\r\ncontent-length: 2\r\n\r\nok'],
    ['a NUL in a value', 'HTTP/1.1 200 OK\r\nx-a: b\u0000c\r\ncontent-length: 2\r\n\r\nok'],
    ['a folded line', 'HTTP/1.1 200 OK\r\nx-a: b\r\n c\r\ncontent-length: 2\r\n\r\nok'],
    ['a flood of 1xx', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000) + good],
    [
      'an upgrade nobody asked for',
      'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
    ],
    ['100 KiB of head', `HTTP/1.1 200 OK\r\nx-a: ${'a'.repeat(100_000)}\r\n\r\n`],
    [
      'length and chunks',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    ],
    [
      'a chunk size that is none',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\nok\r\n0\r\n\r\n',
    ],
    ['an answer behind the answer', good + poison],
    ['an answer in a body without length', `HTTP/1.1 204 No Content\r\n\r\n${poison}`],
  ])('%s: nobody else gets any of it', async (name, bytes) => {
    const path = `/garbage/${name.replaceAll(/\W/g, '-')}`;
    garbage.set(path, bytes);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_one, turn) =>
        ask(`GET ${turn % 2 === 0 ? path : '/fine'} HTTP/1.1\r\n${close}`),
      ),
    );
    for (const [turn, answer] of answers.entries()) {
      expect(answer).not.toContain('x-poison');
      if (turn % 2 === 1) expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*seen \d+/);
      else expect(answer).toMatch(/^(?:HTTP\/1\.1 (?:200|204|502|503) |$)/);
    }
    await alive();
  });
});

test('5,000 idle connections cost others nothing, and end', async () => {
  const patient = { ...limits, headTimeoutMs: 15_000, keepAliveMs: 15_000 };
  const crowded = await forkGateway({
    upstreamPort: upstream.port,
    limits: patient,
    timeoutMs: 5000,
  });
  const good = async (): Promise<number> => {
    const started = performance.now();
    const answer = await exchangeBytes(crowded.port, `GET /among HTTP/1.1\r\n${close}`);
    expect(statusOf(answer)).toBe(200);
    return performance.now() - started;
  };
  try {
    await good();
    const before = await crowded.state();
    const closed = await crowd(crowded.port);
    let among = await crowded.state();
    for (let round = 0; round < 30 && among.files < before.files + 4950; round += 1) {
      await delay(100);
      among = await crowded.state();
    }
    expect(among.files).toBeGreaterThan(before.files + 4900);
    for (let turn = 0; turn < 50; turn += 1) expect(await good()).toBeLessThan(2000);
    await Promise.all(closed);
    await good();
    const after = await crowded.state();
    expect(after.files).toBeLessThan(before.files + 100);
    expect(among.rssBytes - before.rssBytes).toBeLessThan(150 * 1024 * 1024);
    expect(crowded.exit()).toBeUndefined();
  } finally {
    upstream.take('127.0.0.2');
    await crowded.stop();
  }
}, 90_000);

/** Opens 5,000 connections that say nothing, half of something, or one request; gives the ends of all of them. */
async function crowd(port: number): Promise<readonly Promise<unknown>[]> {
  const openings = ['', 'GET / HT', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'];
  const closed: Promise<unknown>[] = [];
  for (let index = 0; index < 5000; index += 1) {
    const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' });
    closed.push(readAll(socket));
    socket.write(openings[index % openings.length] ?? '');
    if (index % 100 === 99) await new Promise((settle) => socket.once('connect', settle));
  }
  return closed;
}
