import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, type ClientHttp2Session } from 'node:http2';
import { UnsentError, sendOverHttp2 } from '../../../src/kube/kube-exchange.ts';
import {
  respondJson,
  startKubeApiServer,
  type Answering,
  type KubeApiServer,
} from '../../support/kube-api-server.ts';

let api: KubeApiServer | undefined;
let session: ClientHttp2Session | undefined;
afterEach(async () => {
  session?.destroy();
  await api?.stop();
});

async function open(answer: Answering): Promise<ClientHttp2Session> {
  api = await startKubeApiServer(answer);
  session = connect(api.url, { ca: String(api.access.tls.ca) });
  session.on('error', () => undefined);
  await once(session, 'connect');
  return session;
}

const call = (signal = new AbortController().signal) => ({
  method: 'GET',
  path: '/x',
  headers: {},
  body: undefined,
  signal,
});

describe('sendOverHttp2', () => {
  it('tells the end of the stream once, when its place is free', async () => {
    const opened = await open((stream) => respondJson(stream, {}));
    let ended = 0;
    const { body, headers } = await sendOverHttp2(opened, call(), () => (ended += 1));
    expect(headers['content-type']).toBe('application/json');
    expect(ended).toBe(0);
    for await (const _ of body) continue;
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toBe(1);
  });

  it('gives a body that was complete before anybody read it', async () => {
    const opened = await open((stream) => respondJson(stream, { late: true }));
    const { body } = await sendOverHttp2(opened, call(), () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk);
    expect(JSON.parse(Buffer.concat(chunks).toString())).toEqual({ late: true });
  });

  it.each([
    ['is closed', (opened: ClientHttp2Session) => opened.close()],
    ['is destroyed', (opened: ClientHttp2Session) => opened.destroy()],
  ])('says that nothing was sent when the connection %s', async (_, end) => {
    const opened = await open((stream) => respondJson(stream, {}));
    end(opened);
    let ended = 0;
    const sent = sendOverHttp2(opened, call(), () => (ended += 1));
    await expect(sent).rejects.toBeInstanceOf(UnsentError);
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toBe(1);
  });

  it('does not say so when the caller has given up, or the connection broke on the way', async () => {
    const opened = await open(() => undefined);
    const sent = sendOverHttp2(
      opened,
      call(AbortSignal.abort(new Error('no more'))),
      () => undefined,
    );
    await expect(sent).rejects.toThrow('no more');
    const broken = sendOverHttp2(opened, call(), () => undefined);
    setTimeout(() => api?.sessions[0]?.destroy(), 20);
    await expect(broken).rejects.not.toBeInstanceOf(UnsentError);
  });
});
