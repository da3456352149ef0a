import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';

import { StreamResponse } from '../../../src/dataplane/stream-response.ts';
import { startStreamLab, type StreamLab } from '../../support/stream-lab.ts';

let lab: StreamLab;

beforeAll(async () => {
  lab = await startStreamLab();
});

afterAll(() => lab.close());

async function begin(method = 'GET', endStream = true) {
  const accepted = lab.accepted();
  const receiver = lab.client.request({ ':method': method }, { endStream });
  receiver.on('error', () => undefined);
  const heads: string[][] = [];
  const chunks: Buffer[] = [];
  receiver.on('response', (_head, _flags, raw: string[]) => heads.push(raw));
  receiver.on('data', (chunk: Buffer) => chunks.push(chunk));
  const closed = new Promise((resolve) => receiver.on('close', resolve));
  const { stream } = await accepted;
  const received = async () => {
    await closed;
    return { head: heads[0] ?? [], body: String(Buffer.concat(chunks)), code: receiver.rstCode };
  };
  return {
    receiver,
    stream,
    response: new StreamResponse(stream, { discard: () => void stream.resume() }, false),
    received,
  };
}

test('answers with all lines but those of connections', async () => {
  const { response, received } = await begin();
  response.writeHead(200, ['etag', 'a', 'etag', 'b', 'connection', 'close', 'set-cookie', 'x']);
  response.write(Buffer.from('one '));
  response.end('two', 'latin1');
  const { head, body } = await received();
  expect(head.slice(0, 8)).toEqual([':status', '200', 'etag', 'a', 'etag', 'b', 'set-cookie', 'x']);
  expect(head).not.toContain('connection');
  expect(body).toBe('one two');
  expect(response).toMatchObject({ headersSent: true, writableFinished: true, bytesTaken: 7 });
});

test.each([
  ['HEAD', 200],
  ['GET', 204],
  ['GET', 304],
])('%s with %i has no body', async (method, status) => {
  const { response, received } = await begin(method);
  response.writeHead(status, []);
  expect(response.write(Buffer.from('x'))).toBe(true);
  response.end('body');
  expect(await received()).toMatchObject({ body: '', code: 0 });
});

test('a line that cannot be written throws', async () => {
  const { response, received } = await begin();
  expect(() => response.writeHead(200, ['a b', 'x'])).toThrow();
  response.cut();
  expect(await received()).toMatchObject({ head: [], code: 2 });
});

test('who still sends a body is told that it is not needed', async () => {
  const { response, received } = await begin('POST', false);
  response.writeHead(401, []);
  response.end('no');
  expect(await received()).toMatchObject({ body: 'no', code: 0 });
});

test('cut short it does not look whole', async () => {
  const { response, received } = await begin();
  response.writeHead(200, []);
  response.write(Buffer.from('half'));
  setTimeout(() => response.cut(), 20);
  expect(await received()).toMatchObject({ code: 2 });
  expect(response.writableFinished).toBe(false);
});

test('says when the client takes more', async () => {
  const { receiver, response, received } = await begin();
  receiver.pause();
  response.writeHead(200, []);
  let isFull = false;
  for (let index = 0; index < 100 && !isFull; index += 1) {
    isFull = !response.write(Buffer.alloc(16 * 1024));
  }
  expect(isFull).toBe(true);
  const drained = once(response, 'drain');
  receiver.resume();
  await drained;
  response.end();
  expect((await received()).code).toBe(0);
});

test('the client leaves', async () => {
  const { receiver, response } = await begin();
  response.writeHead(200, []);
  response.write(Buffer.from('half'));
  const closed = once(response, 'close');
  receiver.destroy();
  await closed;
  expect(response.writableFinished).toBe(false);
});
