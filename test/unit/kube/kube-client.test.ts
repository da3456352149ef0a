import { afterEach, describe, expect, it } from '@jest/globals';
import { constants, type ServerHttp2Stream } from 'node:http2';
import { respondJson, type Answering } from '../../support/kube-api-server.ts';
import {
  apiErrorOf,
  get,
  linesOf,
  open,
  startKubeClient,
  stopKubeClients,
} from '../../support/kube-client-rig.ts';

afterEach(stopKubeClients);

describe('request', () => {
  it('sends credentials, query and body, and gives the parsed answer', async () => {
    const { api, client } = await startKubeClient((stream) => {
      stream.setEncoding('utf8');
      let sent = '';
      stream.on('data', (chunk: string) => (sent += chunk));
      stream.on('end', () => respondJson(stream, { sent: JSON.parse(sent) }, { ':status': 201 }));
    });
    const answer = await client.request({
      method: 'PATCH',
      path: '/api/v1/namespaces/a/secrets/b',
      query: { fieldManager: 'seek gate', force: 'true' },
      body: { spec: 'é' },
      contentType: 'application/merge-patch+json',
    });
    expect(answer).toEqual({ sent: { spec: 'é' } });
    expect(api.asked[0]).toMatchObject({
      ':method': 'PATCH',
      ':path': '/api/v1/namespaces/a/secrets/b?fieldManager=seek+gate&force=true',
      authorization: 'Bearer one',
      'user-agent': 'seekgate/test',
      accept: 'application/json',
      'content-type': 'application/merge-patch+json',
    });
  });

  it('keeps the path of the server before its own', async () => {
    const { api, client } = await startKubeClient((stream) => respondJson(stream, {}), {
      prefix: '/k8s/clusters/c-1/',
    });
    await client.request(get('/version'));
    expect(api.asked[0]?.[':path']).toBe('/k8s/clusters/c-1/version');
  });

  it('gives undefined for an empty answer', async () => {
    const { client } = await startKubeClient((stream) =>
      stream.respond({ ':status': 204 }, { endStream: true }),
    );
    expect(await client.request(get('/x'))).toBeUndefined();
  });

  it.each([
    [
      409,
      { message: 'the object has been modified' },
      {},
      'GET /x: 409: the object has been modified',
      undefined,
    ],
    [429, { message: 'slow down' }, { 'retry-after': '7' }, 'GET /x: 429: slow down', 7000],
    [503, { details: { retryAfterSeconds: 3 } }, {}, 'GET /x: 503', 3000],
    [302, { message: 'elsewhere' }, { location: '/y' }, 'GET /x: 302: elsewhere', undefined],
    [
      503,
      { message: 'm' },
      { 'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT' },
      'GET /x: 503: m',
      undefined,
    ],
    [500, { message: 'm'.repeat(10_000) }, {}, `GET /x: 500: ${'m'.repeat(500)}`, undefined],
    [502, 'not a Status', {}, 'GET /x: 502', undefined],
    [502, null, {}, 'GET /x: 502', undefined],
  ])(
    'throws for %i with what the server says',
    async (status, body, head, message, retryAfterMs) => {
      const { client } = await startKubeClient((stream) =>
        respondJson(stream, body, { ':status': status, ...(head as Record<string, string>) }),
      );
      const error = await apiErrorOf(client.request(get('/x')));
      expect(error).toMatchObject({ code: 'ERR_KUBE_API', status, message, retryAfterMs });
    },
  );

  it.each([
    [
      'is no JSON',
      (stream) => stream.end(',"token":'),
      /^GET \/x: an answer of 20 characters is no JSON$/,
    ],
    ['is cut short', (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR), /^GET \/x: /],
    [
      'is cut short without an error',
      (stream) => stream.close(constants.NGHTTP2_NO_ERROR),
      /^GET \/x: /,
    ],
    ['ends with the connection', (stream) => stream.session?.destroy(), /^GET \/x: /],
  ] satisfies [string, (stream: ServerHttp2Stream) => void, RegExp][])(
    'throws with status 0 when an answer %s',
    async (_, end, message) => {
      const { client } = await startKubeClient((stream) => {
        open(stream);
        stream.write('{"items":[]');
        setTimeout(() => end(stream), 20);
      });
      const error = await apiErrorOf(client.request(get('/x')));
      expect(error.status).toBe(0);
      expect(error.message).toMatch(message);
    },
  );

  it.each([
    ['no head', () => undefined],
    ['no body', open],
  ] satisfies [string, Answering][])(
    'gives up after its time when there is %s',
    async (_, answer) => {
      const { api, client } = await startKubeClient(answer);
      const before = performance.now();
      const error = await apiErrorOf(client.request({ ...get('/x'), timeoutMs: 500 }));
      expect(error).toMatchObject({ status: 0, message: 'GET /x: no answer within 0.5 s' });
      expect(performance.now() - before).toBeLessThan(3000);
      expect(api.sessions[0]?.destroyed).toBe(false);
    },
  );

  it('gives up when its caller does', async () => {
    const { client } = await startKubeClient(() => undefined);
    const controller = new AbortController();
    const asked = client.request({ ...get('/x'), signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    expect(await apiErrorOf(asked)).toMatchObject({
      status: 0,
      message: 'GET /x: given up by the caller',
    });
    const late = client.request({ ...get('/x'), signal: controller.signal });
    expect((await apiErrorOf(late)).status).toBe(0);
  });

  it('throws with status 0 when nobody listens, and connects when somebody does', async () => {
    const { api, client } = await startKubeClient((stream) => respondJson(stream, {}));
    await api.stop();
    const error = await apiErrorOf(client.request(get('/x')));
    expect(error).toMatchObject({ status: 0, message: expect.stringContaining('ECONNREFUSED') });
    expect(client.stats().connections).toBe(0);
  });

  it('does not trust a server whose certificate it does not know', async () => {
    const { client, use } = await startKubeClient((stream) => respondJson(stream, {}));
    use({ tls: {} });
    expect((await apiErrorOf(client.request(get('/x')))).message).toMatch(
      /^GET \/x: .*self-signed certificate/,
    );
    use({ tls: { rejectUnauthorized: false }, fingerprint: 'other' });
    expect(await client.request(get('/x'))).toEqual({});
  });
});

describe('a recovery', () => {
  it('is told when an answer comes after a failure', async () => {
    let status = 503;
    const { client } = await startKubeClient((stream) =>
      respondJson(stream, {}, { ':status': status }),
    );
    let told = 0;
    client.onRecovered(() => (told += 1));
    await apiErrorOf(client.request(get('/x')));
    status = 200;
    expect(told).toBe(0);
    await client.request(get('/x'));
    await client.request(get('/x'));
    expect(told).toBe(1);
  });

  it('is not told after a call that was broken off', async () => {
    const { client } = await startKubeClient((stream, { ':path': path }) => {
      if (path === '/x') respondJson(stream, {});
    });
    let told = 0;
    client.onRecovered(() => (told += 1));
    const stopped = new AbortController();
    const asked = apiErrorOf(client.request({ ...get('/never'), signal: stopped.signal }));
    stopped.abort();
    expect((await asked).status).toBe(0);
    await client.request(get('/x'));
    expect(told).toBe(0);
  });
});

describe('a 401', () => {
  const answer: Answering = (stream, { authorization }) =>
    respondJson(stream, {}, { ':status': authorization === 'Bearer one' ? 401 : 200 });

  it('is answered with fresh credentials, once', async () => {
    const { api, client, renewals } = await startKubeClient(answer);
    expect(await client.request(get('/x'))).toEqual({});
    expect(await client.request(get('/y'))).toEqual({});
    expect(api.asked.map((one) => `${one[':path']} ${one.authorization}`)).toEqual([
      '/x Bearer one',
      '/x Bearer renewed 1',
      '/y Bearer renewed 1',
    ]);
    expect(renewals()).toBe(1);
  });

  it('to those as well is an error', async () => {
    const { api, client } = await startKubeClient((stream) =>
      respondJson(stream, {}, { ':status': 401 }),
    );
    expect(await apiErrorOf(client.request(get('/x')))).toMatchObject({ status: 401 });
    expect(api.asked).toHaveLength(2);
  });

  it('of a watch too', async () => {
    const { client } = await startKubeClient((stream, { authorization }) => {
      stream.respond({ ':status': authorization === 'Bearer one' ? 401 : 200 });
      stream.end('1\n');
    });
    expect(await linesOf(client.watch(get('/x')))).toEqual([1]);
  });
});
