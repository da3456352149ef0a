import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { ServerHttp2Stream } from 'node:http2';
import { createServer as createHttp1Server } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { systemClock } from '../../../src/base/clock.ts';
import { openKubeConnection } from '../../../src/kube/kube-connection.ts';
import { createKubeConnections } from '../../../src/kube/kube-connections.ts';
import { NoConnectionError } from '../../../src/kube/no-connection-error.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { startKubeApiServer } from '../../support/kube-api-server.ts';
import { open, until } from '../../support/kube-client-rig.ts';
import { createSelfSigned } from '../../support/self-signed.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const call = () => ({
  method: 'GET',
  path: '/x',
  headers: {},
  body: undefined,
  signal: new AbortController().signal,
});

describe('openKubeConnection', () => {
  it('knows how many calls the server takes, and takes none when it is retired', async () => {
    const streams: ServerHttp2Stream[] = [];
    const api = await startKubeApiServer(
      (stream) => {
        open(stream);
        streams.push(stream);
      },
      { settings: { maxConcurrentStreams: 2 } },
    );
    ends.push(api.stop);
    const { url, access } = api;
    const server = new URL(url);
    const connection = await openKubeConnection({ server, access, clock: systemClock });
    expect([connection.free(), connection.active()]).toEqual([2, 0]);
    const answer = await connection.send(call());
    expect([connection.free(), connection.active()]).toEqual([1, 1]);
    connection.retire();
    expect(connection.free()).toBe(0);
    streams[0]?.end('the end');
    const chunks: Buffer[] = [];
    for await (const chunk of answer.body) chunks.push(chunk);
    expect(String(Buffer.concat(chunks))).toBe('the end');
    await connection.closed;
  });
});

describe('a server that cannot be talked to', () => {
  async function listening(server: Server): Promise<URL> {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    ends.push(() => server.close());
    return new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  it('because it knows no HTTP/2: says so', async () => {
    using folder = createTempFolder();
    const { key, cert } = createSelfSigned(folder);
    const server = await listening(createHttp1Server({ key, cert }));
    const connections = createKubeConnections({ server, clock: createFakeClock() });
    const access = { headers: {}, tls: { ca: cert }, fingerprint: '' };
    await expect(connections.send(call(), access)).rejects.toThrow('offers no HTTP/2');
  });

  it('because it says nothing: is given up after 10 s, for all who wait', async () => {
    const clock = createFakeClock();
    const sockets: Socket[] = [];
    const server = await listening(createServer((socket) => sockets.push(socket)));
    const connections = createKubeConnections({ server, clock });
    const access = { headers: {}, tls: {}, fingerprint: '' };
    const asked = [1, 2, 3].map(() =>
      connections.send(call(), access).catch((thrown: unknown) => String(thrown)),
    );
    await until(() => sockets.length === 1);
    clock.advance(10_000);
    expect(new Set(await Promise.all(asked))).toEqual(
      new Set(['NoConnectionError: no connection within 10 s']),
    );
    expect(sockets).toHaveLength(1);
    await connections.close();
  });

  it('is tried once a second, however many ask; with other credentials at once', async () => {
    const clock = createFakeClock();
    let tries = 0;
    const server = await listening(
      createServer((socket) => {
        tries += 1;
        socket.destroy();
      }),
    );
    const connections = createKubeConnections({ server, clock });
    const ask = (fingerprint: string) =>
      expect(connections.send(call(), { headers: {}, tls: {}, fingerprint })).rejects.toThrow(
        NoConnectionError,
      );
    await ask('one');
    clock.advance(999);
    await ask('one');
    expect(tries).toBe(1);
    clock.advance(1);
    await ask('one');
    expect(tries).toBe(2);
    await ask('other');
    expect(tries).toBe(3);
    await connections.close();
  });
});
