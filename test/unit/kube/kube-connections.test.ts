import { afterEach, describe, expect, it } from '@jest/globals';
import { constants, type ServerHttp2Stream } from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';
import { createKubeConnections } from '../../../src/kube/kube-connections.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { respondJson, type Answering } from '../../support/kube-api-server.ts';
import {
  apiErrorOf,
  get,
  linesOf,
  open,
  startKubeClient,
  stopKubeClients,
  until,
} from '../../support/kube-client-rig.ts';
import { startSilentRelay } from '../../support/silent-relay.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  await stopKubeClients();
  for (const end of ends.splice(0)) await end();
});

/** Watches stay open; everything else is answered at once. */
function watchesAndRequests() {
  const streams: ServerHttp2Stream[] = [];
  const answer: Answering = (stream, { ':path': path = '' }) => {
    if (!path.startsWith('/watch')) return respondJson(stream, { path });
    open(stream);
    streams.push(stream);
  };
  return { streams, answer };
}

describe('connections', () => {
  it('are one for twelve watches and the requests beside them', async () => {
    const { streams, answer } = watchesAndRequests();
    const { client } = await startKubeClient(answer);
    const watches = Array.from({ length: 12 }, (_, index) =>
      linesOf(client.watch(get(`/watch/${index}`))),
    );
    const paths = Array.from({ length: 50 }, (_, index) => `/request/${index}`);
    const answers = await Promise.all(paths.map((path) => client.request(get(path))));
    expect(answers).toEqual(paths.map((path) => ({ path })));
    await until(() => streams.length === 12);
    expect(client.stats()).toEqual({ requests: 62, connectionsOpened: 1, connections: 1 });
    for (const stream of streams) stream.end('1\n');
    expect(await Promise.all(watches)).toEqual(watches.map(() => [1]));
  });

  it('become more only when the server takes no more calls on one, and fewer again', async () => {
    const clock = createFakeClock();
    const { streams, answer } = watchesAndRequests();
    const { client } = await startKubeClient(answer, { clock, maxConcurrentStreams: 4 });
    const watches = Array.from({ length: 10 }, (_, index) =>
      linesOf(client.watch(get(`/watch/${index}`))),
    );
    await until(() => streams.length === 10);
    expect(client.stats().connections).toBe(3);
    for (const stream of streams.slice(2)) stream.end();
    await Promise.all(watches.slice(2));
    const rest = watches.slice(0, 2).map((watch) => apiErrorOf(watch));
    // Two connections are without a call now.
    await delay(20);
    await pongs(clock, 4);
    await until(() => client.stats().connections === 1);
    expect(await client.request(get('/x'))).toEqual({ path: '/x' });
    expect(client.stats().connectionsOpened).toBe(3);
    await client.close();
    expect((await Promise.all(rest)).map(({ status }) => status)).toEqual([0, 0]);
  });

  it('end with the client, and take every call with them', async () => {
    const { streams, answer } = watchesAndRequests();
    const { client } = await startKubeClient(answer);
    const watch = linesOf(client.watch(get('/watch')));
    await until(() => streams.length === 1);
    await Promise.all([client.close(), apiErrorOf(watch)]);
    expect(client.stats().connections).toBe(0);
    expect((await apiErrorOf(client.request(get('/x')))).message).toBe(
      'GET /x: the client is closed',
    );
  });

  it('with other TLS credentials replace those before, which end with their calls', async () => {
    const { streams, answer } = watchesAndRequests();
    const { client, use } = await startKubeClient(answer);
    const watch = linesOf(client.watch(get('/watch')));
    await until(() => streams.length === 1);
    use({ fingerprint: 'two' });
    await client.request(get('/x'));
    expect(client.stats()).toMatchObject({ connectionsOpened: 2, connections: 2 });
    streams[0]?.end('1\n');
    expect(await watch).toEqual([1]);
    await until(() => client.stats().connections === 1);
    await client.request(get('/x'));
    expect(client.stats().connectionsOpened).toBe(2);
  });
});

describe('GOAWAY', () => {
  it('lets calls under way end, and sends the next ones over another connection', async () => {
    const { streams, answer } = watchesAndRequests();
    const { api, client } = await startKubeClient(answer);
    const watch = linesOf(client.watch(get('/watch')));
    await until(() => streams.length === 1);
    api.sessions[0]?.goaway(constants.NGHTTP2_NO_ERROR);
    await delay(20);
    expect(await client.request(get('/x'))).toEqual({ path: '/x' });
    streams[0]?.write('1\n');
    streams[0]?.end('2\n');
    expect(await watch).toEqual([1, 2]);
    await until(() => client.stats().connections === 1);
    expect(client.stats().connectionsOpened).toBe(2);
  });

  it('with an error ends the calls with status 0', async () => {
    const { streams, answer } = watchesAndRequests();
    const { api, client } = await startKubeClient(answer);
    const watch = linesOf(client.watch(get('/watch')));
    await until(() => streams.length === 1);
    api.sessions[0]?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    expect((await apiErrorOf(watch)).status).toBe(0);
    expect(await client.request(get('/x'))).toEqual({ path: '/x' });
  });
});

describe('a refused stream', () => {
  it('is sent again, three times in all', async () => {
    let refuse = 2;
    let asked = 0;
    const { client } = await startKubeClient((stream) => {
      asked += 1;
      if (refuse > 0) stream.close(constants.NGHTTP2_REFUSED_STREAM);
      else respondJson(stream, {});
      refuse -= 1;
    });
    expect(await client.request({ method: 'POST', path: '/x', body: {} })).toEqual({});
    expect(asked).toBe(3);
    refuse = 10;
    expect((await apiErrorOf(client.request(get('/x')))).status).toBe(0);
    expect(asked).toBe(6);
  });
});

describe('a connection that has died in silence', () => {
  it('is given up 15 s after a ping without an answer', async () => {
    const clock = createFakeClock();
    const { streams, answer } = watchesAndRequests();
    const { api, client } = await startKubeClient(answer, { clock });
    const relay = await startSilentRelay(Number(new URL(api.url).port));
    ends.push(relay.stop);
    const through = createKubeConnections({
      server: new URL(`https://127.0.0.1:${relay.port}`),
      clock,
    });
    ends.push(() => through.close());
    const call = (path: string) => ({
      method: 'GET',
      path,
      headers: {},
      body: undefined,
      signal: new AbortController().signal,
    });
    const { body } = await through.send(call('/watch'), api.access);
    const read = (async () => {
      for await (const _ of body) continue;
    })();
    const outcome = read.catch((thrown: unknown) => thrown);
    await until(() => streams.length === 1);
    await pongs(clock, 3);
    expect(through.stats()).toEqual({ opened: 1, open: 1 });
    relay.silence();
    clock.advance(15_000);
    await delay(20);
    clock.advance(14_999);
    expect(through.stats().open).toBe(1);
    clock.advance(1);
    expect(await outcome).toMatchObject({ message: 'the API server does not answer pings' });
    await until(() => through.stats().open === 0);
    const { status } = await through.send(call('/x'), api.access);
    expect(status).toBe(200);
    expect(client.stats().connections).toBe(0);
  });
});

/** Pings are answered in real time. */
async function pongs(clock: FakeClock, count: number): Promise<void> {
  for (let ping = 0; ping < count; ping += 1) {
    clock.advance(15_000);
    await delay(30);
  }
}
