import { afterEach, expect, test } from '@jest/globals';
import { connect as connectStreams, type ClientHttp2Session } from 'node:http2';
import { Agent, request } from 'node:https';
import { connect as connectTls } from 'node:tls';

import type { RoutingTable } from '../../src/ir/table.ts';
import type { TlsContext } from '../../src/ir/tls.ts';
import { cluster, createScope, listener, readAll, table, virtualHost } from '../support/gateway.ts';
import { fields, frame, frameType, preface } from '../support/raw-frames.ts';
import { createPki } from '../support/tls-pki.ts';

const pki = createPki();
const pairs = Array.from({ length: 4 }, () => pki.issue('DNS:a.test'));
const scope = createScope();

afterEach(scope.close);

function tableOf(upstreamPort: number, certificate: string, more: Partial<TlsContext> = {}) {
  const tls = { certificateSecret: `cert@${certificate}`, keySecret: `key@${certificate}` };
  const host = virtualHost({ tls: { ...tls, sniDomains: ['a.test'], ...more } });
  const plain: RoutingTable = table(host, [cluster(upstreamPort)]);
  return { ...plain, listeners: [listener({ tls: true })] };
}

function secretsOf(certificate: string) {
  const pair = pairs[Number(certificate) % pairs.length];
  return { [`cert@${certificate}`]: pair?.cert ?? '', [`key@${certificate}`]: pair?.key ?? '' };
}

async function start(handle: Parameters<typeof scope.upstream>[0]) {
  const upstream = await scope.upstream(handle);
  const gateway = await scope.gateway(tableOf(upstream.port, '0'), { secrets: secretsOf('0') });
  const target = {
    port: gateway.port(),
    host: '127.0.0.1',
    servername: 'a.test',
    ca: pki.authority,
  };
  return { upstream, gateway, target };
}

type Target = Awaited<ReturnType<typeof start>>['target'];

function open({ port, servername, ca }: Target): ClientHttp2Session {
  const session = connectStreams(`https://127.0.0.1:${port}`, { servername, ca });
  session.on('error', () => undefined);
  return session;
}

function askStream(session: ClientHttp2Session): Promise<number> {
  return new Promise((resolve) => {
    const stream = session.request({ ':authority': 'a.test', ':path': '/' });
    let status = 0;
    stream.on('response', (head) => (status = Number(head[':status'])));
    stream.on('error', () => undefined);
    stream.on('close', () => resolve(stream.rstCode === 0 ? status : -1));
    stream.resume();
  });
}

function askOnce(target: Target, agent: Agent): Promise<number> {
  return new Promise((resolve) => {
    const sent = request({ ...target, agent, headers: { host: 'a.test' } }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', () => resolve(-1));
    sent.end();
  });
}

test('a hundred rotations fail no request and drop no connection', async () => {
  const { upstream, gateway, target } = await start((_request, response) => response.end('ok'));
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const session = open(target);
  const counts = new Map<number, number>();
  const count = (status: number): void => void counts.set(status, (counts.get(status) ?? 0) + 1);
  const load = { isOn: true };
  let sockets = 0;
  const kept = async () => {
    while (load.isOn) count(await askOnce(target, agent));
  };
  const anew = async () => {
    while (load.isOn) {
      const once = new Agent({ keepAlive: false });
      count(await askOnce(target, once));
      sockets += 1;
    }
  };
  const streams = async () => {
    while (load.isOn) count(await askStream(session));
  };
  const clients = [kept(), kept(), anew(), streams(), streams()];
  const serials = new Set<string>();
  for (let turn = 1; turn <= 100; turn += 1) {
    await gateway.swap(tableOf(upstream.port, String(turn)), secretsOf(String(turn)));
    serials.add(await serialNow(target));
  }
  load.isOn = false;
  await Promise.all(clients);
  expect([...counts.keys()]).toEqual([200]);
  expect(counts.get(200)).toBeGreaterThan(100);
  expect(sockets).toBeGreaterThan(0);
  expect(serials.size).toBe(pairs.length);
  expect(session.closed).toBe(false);
  session.destroy();
  agent.destroy();
});

function serialNow(target: Target): Promise<string> {
  return new Promise((resolve) => {
    const socket = connectTls(target, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
  });
}

test('clients that are asked for a certificate from now on lose their connections in order', async () => {
  const { upstream, gateway, target } = await start((_request, response) => response.end('ok'));
  const session = open(target);
  expect(await askStream(session)).toBe(200);
  const idle = connectTls(target);
  idle.write('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
  await new Promise((resolve) => idle.once('data', resolve));
  const end = readAll(idle);
  const clients = { authoritiesSecret: 'ca', names: [] };
  await gateway.swap(tableOf(upstream.port, '1', { clients }), {
    ...secretsOf('1'),
    ca: pki.authority,
  });
  await end;
  if (!session.destroyed) await new Promise((resolve) => session.on('close', resolve));
  const late = open(target);
  expect(await askStream(late).catch(() => -1)).not.toBe(200);
  late.destroy();
});

test('a stream of events comes piece by piece, and the upstream is let go of when the client leaves', async () => {
  let left: (() => void) | undefined;
  const gone = new Promise<void>((resolve) => (left = resolve));
  const { target } = await start((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: 1\n\n');
    response.on('close', () => left?.());
  });
  const session = open(target);
  const stream = session.request({ ':authority': 'a.test', ':path': '/' });
  stream.on('error', () => undefined);
  const first = await new Promise((resolve) =>
    stream.once('data', (chunk: Buffer) => resolve(String(chunk))),
  );
  expect(first).toBe('data: 1\n\n');
  stream.destroy();
  await gone;
  session.destroy();
});

test('a client that reads slowly holds the upstream back', async () => {
  let sent = 0;
  const { target } = await start((_request, response) => {
    response.on('error', () => undefined);
    const more = (): void => {
      while (sent < 64 * 1024 * 1024 && !response.destroyed) {
        sent += 64 * 1024;
        if (!response.write(Buffer.alloc(64 * 1024))) return void response.once('drain', more);
      }
    };
    more();
  });
  const session = open(target);
  const stream = session.request({ ':authority': 'a.test', ':path': '/' });
  stream.on('error', () => undefined);
  stream.pause();
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(sent).toBeLessThan(16 * 1024 * 1024);
  session.destroy();
});

test('trailers of a client are dropped', async () => {
  let seen: NodeJS.Dict<string> | undefined;
  const { target } = await start((request_, response) => {
    request_.resume();
    request_.on('end', () => {
      seen = request_.trailers;
      response.end('ok');
    });
  });
  const session = open(target);
  const stream = session.request(
    { ':method': 'POST', ':authority': 'a.test', ':path': '/' },
    { waitForTrailers: true },
  );
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-user': 'root' }));
  stream.end('body');
  stream.resume();
  await new Promise((resolve) => stream.on('close', resolve));
  expect(seen).toEqual({});
  session.destroy();
});

async function flood(target: Target, bytes: Buffer): Promise<string> {
  const socket = connectTls({ ...target, ALPNProtocols: ['h2'] });
  const answer = readAll(socket);
  socket.write(bytes);
  const timer = setTimeout(() => socket.destroy(), 5000);
  const text = await answer;
  clearTimeout(timer);
  return text;
}

const headers = (
  flags: number,
  stream: number,
  more: readonly (readonly [string, string])[] = [],
) => frame(frameType.headers, flags, stream, fields('GET', 'a.test', more));

test.each<[string, Buffer]>([
  [
    'CONTINUATION without end',
    Buffer.concat([
      headers(1, 1),
      ...Array.from({ length: 2000 }, () => frame(frameType.continuation, 0, 1, Buffer.alloc(100))),
    ]),
  ],
  [
    'streams that are reset at once',
    Buffer.concat(
      Array.from({ length: 5000 }, (_one, index) => [
        headers(5, index * 2 + 1),
        frame(frameType.reset, 0, index * 2 + 1, Buffer.from([0, 0, 0, 8])),
      ]).flat(),
    ),
  ],
])('%s ends the connection, and only that', async (_name, bytes) => {
  const { target } = await start((_request, response) => response.end('ok'));
  const startedAt = Date.now();
  await flood(target, Buffer.concat([preface, bytes]));
  expect(Date.now() - startedAt).toBeLessThan(4500);
  const session = open(target);
  expect(await askStream(session)).toBe(200);
  session.destroy();
});

test.each([
  ['connection', 'close'],
  ['transfer-encoding', 'chunked'],
  ['upgrade', 'h2c'],
  ['te', 'gzip'],
])('a field of connections is refused: %s', async (name, value) => {
  let asked = 0;
  const { target } = await start((_request, response) => {
    asked += 1;
    response.end('ok');
  });
  const socket = connectTls({ ...target, ALPNProtocols: ['h2'] });
  const answer = readAll(socket);
  socket.write(Buffer.concat([preface, headers(5, 1, [[name, value]])]));
  setTimeout(() => socket.destroy(), 200);
  await answer;
  expect(asked).toBe(0);
});
