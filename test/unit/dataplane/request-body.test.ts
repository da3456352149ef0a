import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';

import { collectBody, RequestBody, type Collected } from '../../../src/dataplane/request-body.ts';
import { startUpstream } from '../../support/gateway.ts';

const toClose: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of toClose.splice(0)) await close();
});

/** A request as node gives it, and the socket of the client that sends it. */
async function incoming(pieces: readonly string[]) {
  const requests = Promise.withResolvers<IncomingMessage>();
  const { port, close } = await startUpstream((request) => requests.resolve(request));
  toClose.push(close);
  const socket = connect(port, '127.0.0.1');
  const send = async (): Promise<void> => {
    for (const piece of pieces) {
      socket.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const sent = send();
  return { request: await requests.promise, socket, sent };
}

const head = (length: number): string =>
  `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;

describe('collectBody', () => {
  const collect = (request: IncomingMessage, limit: number) => {
    let waited = false;
    return new Promise<{ collected: Collected; waited: boolean }>((resolve) => {
      collectBody(request, {
        declared: Number(request.headers['content-length'] ?? 0),
        limit,
        slow: () => (waited = true),
        done: (collected) => resolve({ collected, waited }),
      });
    });
  };

  test('takes a body that came with its head without waiting', async () => {
    const { request } = await incoming([`${head(5)}hello`]);
    const { collected, waited } = await collect(request, 10);
    expect([String(collected), waited]).toEqual(['hello', false]);
  });

  test('waits for one that comes in pieces', async () => {
    const { request } = await incoming([head(10), 'hello', 'world']);
    const { collected, waited } = await collect(request, 10);
    expect([String(collected), waited]).toEqual(['helloworld', true]);
  });

  test('joins pieces of one byte as they come', async () => {
    const bytes = 200_000;
    const { request } = await incoming([
      `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`,
      `${'1\r\nx\r\n'.repeat(bytes)}0\r\n\r\n`,
    ]);
    const allocations = jest.spyOn(Buffer, 'allocUnsafe');
    const concatenations = jest.spyOn(Buffer, 'concat');
    const { collected } = await collect(request, bytes);
    expect(collected).toHaveLength(bytes);
    // Kept as objects of their own they would take a hundred bytes each until the end.
    expect(allocations.mock.calls.length).toBeLessThan(20);
    expect(concatenations).not.toHaveBeenCalled();
    jest.restoreAllMocks();
  });

  test('stops at the limit', async () => {
    const { request } = await incoming([head(10), 'hello', 'world']);
    expect((await collect(request, 7)).collected).toBe('too large');
    const whole = await incoming([`${head(5)}hello`]);
    expect((await collect(whole.request, 4)).collected).toBe('too large');
  });

  test('tells when the client leaves', async () => {
    const { request, socket, sent } = await incoming([head(10), 'hello']);
    const pending = collect(request, 10);
    await sent;
    socket.destroy();
    expect((await pending).collected).toBe('aborted');
  });
});

describe('RequestBody', () => {
  test('gives what comes, and ends', async () => {
    const { request } = await incoming([head(10), 'hello', 'world']);
    const pieces: string[] = [];
    for await (const piece of new RequestBody(request)) pieces.push(String(piece));
    expect(pieces).toEqual(['hello', 'world']);
  });

  test('passes pieces of one byte on together', async () => {
    const { request } = await incoming([
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n',
      `${'1\r\nx\r\n'.repeat(10_000)}0\r\n\r\n`,
    ]);
    const pieces: Buffer[] = [];
    for await (const piece of new RequestBody(request)) pieces.push(piece as Buffer);
    expect(Buffer.concat(pieces).toString()).toBe('x'.repeat(10_000));
    expect(pieces.length).toBeLessThan(100);
  });

  test('destroyed, it leaves the connection of the client alone and reads on', async () => {
    const { request, socket, sent } = await incoming([head(10), 'hello', 'world']);
    const body = new RequestBody(request);
    body.destroy(new Error('no longer wanted'));
    await sent;
    while (!request.complete) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(socket.destroyed).toBe(false);
    socket.destroy();
  });

  test('fails when the client leaves', async () => {
    const { request, socket, sent } = await incoming([head(10), 'hello']);
    const body = new RequestBody(request);
    const read = (async () => {
      for await (const piece of body) expect(String(piece)).toBe('hello');
    })();
    await sent;
    socket.destroy();
    await expect(read).rejects.toThrow('the client left');
  });
});
