import { afterEach, describe, expect, it } from '@jest/globals';
import { constants, type ServerHttp2Stream } from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';
import { createFakeClock } from '../../support/fake-clock.ts';
import { respondJson } from '../../support/kube-api-server.ts';
import {
  apiErrorOf,
  get,
  linesOf,
  open,
  startKubeClient,
  stopKubeClients,
  until,
} from '../../support/kube-client-rig.ts';

afterEach(stopKubeClients);

describe('watch', () => {
  it('gives lines as they come, tells when it is open, and ends with the stream', async () => {
    const held = Promise.withResolvers<ServerHttp2Stream>();
    const { client } = await startKubeClient((stream) => {
      open(stream);
      held.resolve(stream);
    });
    let opened = 0;
    const lines: unknown[] = [];
    const reading = (async () => {
      const watch = client.watch({ ...get('/x'), opened: () => (opened += 1) });
      for await (const line of watch) lines.push(line);
    })();
    const stream = await held.promise;
    await until(() => opened === 1);
    const bytes = Buffer.from('{"n":1}\n{"n":"漢"}\n');
    stream.write(bytes.subarray(0, 15));
    await until(() => lines.length === 1);
    stream.write(bytes.subarray(15));
    await until(() => lines.length === 2);
    stream.end();
    await reading;
    expect(lines).toEqual([{ n: 1 }, { n: '漢' }]);
    expect(opened).toBe(1);
  });

  it.each([
    ['a reset', (stream) => stream.destroy(new Error('reset'))],
    ['the end of the connection', (stream) => stream.session?.destroy()],
    ['half a line', (stream) => stream.end('{"n":')],
    ['a line that is no JSON', (stream) => stream.end('oops\n')],
  ] satisfies [string, (stream: ServerHttp2Stream) => void][])(
    'throws with status 0 after %s, and not before the lines before it',
    async (_, end) => {
      const { client } = await startKubeClient((stream) => {
        open(stream);
        stream.write('{"n":1}\n');
        setTimeout(() => end(stream), 20);
      });
      const lines: unknown[] = [];
      const read = async () => {
        for await (const line of client.watch(get('/x'))) lines.push(line);
      };
      expect((await apiErrorOf(read())).status).toBe(0);
      expect(lines).toEqual([{ n: 1 }]);
    },
  );

  it('throws for a refusal, and does not call it open', async () => {
    const { client } = await startKubeClient((stream) =>
      respondJson(stream, { message: 'too old' }, { ':status': 410 }),
    );
    let opened = false;
    const watch = client.watch({ ...get('/x'), opened: () => (opened = true) });
    expect(await apiErrorOf(linesOf(watch))).toMatchObject({
      status: 410,
      message: 'GET /x: 410: too old',
    });
    expect(opened).toBe(false);
  });

  it('is closed by leaving the loop, and by the signal, without harm to the others', async () => {
    const streams = new Map<string, ServerHttp2Stream>();
    const { api, client } = await startKubeClient((stream, { ':path': path = '' }) => {
      open(stream);
      stream.write('1\n');
      streams.set(path, stream);
    });
    const staying = client.watch(get('/stays'))[Symbol.asyncIterator]();
    expect((await staying.next()).value).toBe(1);
    for await (const _ of client.watch(get('/left'))) break;
    const controller = new AbortController();
    const aborted = linesOf(client.watch({ ...get('/aborted'), signal: controller.signal }));
    await until(() => streams.has('/aborted'));
    controller.abort();
    expect((await apiErrorOf(aborted)).status).toBe(0);
    await until(
      () => streams.get('/left')?.closed === true && streams.get('/aborted')?.closed === true,
    );
    expect(streams.get('/left')?.rstCode).toBe(constants.NGHTTP2_CANCEL);
    expect(streams.get('/aborted')?.rstCode).toBe(constants.NGHTTP2_CANCEL);
    streams.get('/stays')?.write('2\n');
    expect((await staying.next()).value).toBe(2);
    expect(api.sessions).toHaveLength(1);
  });

  it('takes no more from the server than is read', async () => {
    let taken = 0;
    const line = Buffer.from(`${JSON.stringify('x'.repeat(64 * 1024))}\n`);
    const { client } = await startKubeClient((stream) => {
      open(stream);
      const write = () => {
        while (taken < 400 * line.length && !stream.destroyed) {
          taken += line.length;
          if (!stream.write(line)) break;
        }
        if (stream.writableNeedDrain) stream.once('drain', write);
        else stream.end();
      };
      write();
    });
    let read = 0;
    for await (const _ of client.watch(get('/x'))) {
      read += 1;
      if (read === 1) {
        await delay(100);
        expect(taken).toBeLessThan(8 * 1024 * 1024);
      }
    }
    expect(read).toBe(400);
  });

  it('has no time limit once it is open', async () => {
    const clock = createFakeClock();
    const held = Promise.withResolvers<ServerHttp2Stream>();
    const { client } = await startKubeClient(
      (stream) => {
        open(stream);
        held.resolve(stream);
      },
      { clock },
    );
    let opened = false;
    const lines = linesOf(client.watch({ ...get('/x'), opened: () => (opened = true) }));
    const stream = await held.promise;
    await until(() => opened);
    // As long as pings are answered, which takes real time.
    for (let ping = 0; ping < 8; ping += 1) {
      clock.advance(15_000);
      await delay(20);
    }
    stream.end('1\n');
    expect(await lines).toEqual([1]);
  });
});
