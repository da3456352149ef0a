import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';

import { readStreamHead } from '../../../src/dataplane/stream-head.ts';
import { StreamRequest } from '../../../src/dataplane/stream-request.ts';
import { fields, frame, frameType, preface } from '../../support/raw-frames.ts';
import { startStreamLab, type StreamLab } from '../../support/stream-lab.ts';

let lab: StreamLab;

beforeAll(async () => {
  lab = await startStreamLab();
});

afterAll(() => lab.close());

async function begin(fields: Record<string, string>, endStream = false) {
  const accepted = lab.accepted();
  const sender = lab.client.request(fields, { endStream });
  sender.on('error', () => undefined);
  const { stream, raw } = await accepted;
  const head = readStreamHead(raw, { hasBody: !stream.endAfterHeaders, headBytes: 1000 });
  return { sender, stream, request: new StreamRequest(stream, head) };
}

test('is complete at once without a body', async () => {
  const { sender, request } = await begin({ ':path': '/a?b' }, true);
  expect(request).toMatchObject({ method: 'GET', url: '/a?b', complete: true, fault: undefined });
  expect(await request.toArray()).toEqual([]);
  sender.close();
});

test('reads a body only as it is asked for', async () => {
  const { sender, stream, request } = await begin({ ':method': 'POST' });
  sender.write(Buffer.alloc(200_000, 'x'));
  sender.end();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(stream.readableLength + request.readableLength).toBeLessThanOrEqual(2 * 65_535);
  expect(request.complete).toBe(false);
  const pieces: Buffer[] = await request.toArray();
  expect(Buffer.concat(pieces)).toHaveLength(200_000);
  expect(request.complete).toBe(true);
  expect(request.socket.bytesRead).toBe(200_000);
});

test('is never complete when the client leaves', async () => {
  const { sender, request } = await begin({ ':method': 'POST' });
  request.resume();
  sender.write('half');
  await once(request, 'data');
  const closed = once(request, 'close');
  sender.destroy();
  await closed;
  expect(request.complete).toBe(false);
});

async function beginBytes() {
  const accepted = lab.accepted();
  const socket = connect(lab.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(preface);
  socket.write(frame(frameType.headers, 4, 1, fields('POST', 'a.test')));
  const { stream, raw } = await accepted;
  const head = readStreamHead(raw, { hasBody: true, headBytes: 1000 });
  const send = (count: number, bytes: number) => {
    const one = frame(frameType.data, 0, 1, Buffer.alloc(bytes));
    socket.write(Buffer.concat(Array.from({ length: count }, () => one)));
  };
  return { socket, stream, request: new StreamRequest(stream, head), send };
}

test('gives up on a body that is mostly framing', async () => {
  const { socket, stream, request, send } = await beginBytes();
  request.resume();
  send(20_000, 1);
  await new Promise((resolve) => stream.on('close', resolve));
  expect(request.complete).toBe(false);
  expect(request.socket.bytesRead).toBeLessThan(15_000);
  socket.destroy();
});

test('lets no more than some thousand frames wait while nobody reads', async () => {
  const { socket, stream, send } = await beginBytes();
  send(1, 10_000);
  send(20_000, 2);
  await new Promise((resolve) => stream.on('close', resolve));
  expect(stream.destroyed).toBe(true);
  socket.destroy();
});

test('counts no frames that were read', async () => {
  const { socket, request, send } = await beginBytes();
  for (let turn = 0; turn < 4; turn += 1) {
    send(2000, 8);
    await readBytes(request, 16_000);
  }
  expect(request.destroyed).toBe(false);
  socket.destroy();
});

async function readBytes(request: StreamRequest, count: number): Promise<void> {
  let left = count;
  while (left > 0) {
    const piece: unknown = request.read();
    if (Buffer.isBuffer(piece)) left -= piece.length;
    else await once(request, 'readable');
  }
}
