import { afterEach, describe, expect, test } from '@jest/globals';
import type { RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import type { Cluster } from '../../src/ir/cluster.ts';
import type { LlmBackend } from '../../src/ir/llm.ts';
import {
  cluster,
  createScope,
  echo,
  lineValues,
  requireToken,
  route,
  table,
  virtualHost,
  type Gateway,
  type Seen,
} from '../support/gateway.ts';
import { openssl } from '../support/openssl.ts';

const key = 'sk-canary0123456789abcdef0123456789';
const secrets = { 'ns.key': key };
const scope = createScope();

afterEach(scope.close);

const backend = (more: Partial<LlmBackend> = {}): LlmBackend => ({
  provider: 'deepseek',
  credential: { kind: 'secret', secret: 'ns.key' },
  authority: 'api.deepseek.com',
  ...more,
});

async function modelServer(
  handle: RequestListener,
  llm: LlmBackend,
  more: Partial<Cluster> = {},
): Promise<Gateway> {
  const upstream = await scope.upstream(handle);
  const host = virtualHost({ routes: [route({ jwt: requireToken })] });
  return scope.gateway(table(host, [cluster(upstream.port, { llm, ...more })]), {
    secrets,
    limits: { modelBytes: 10_000 },
  });
}

interface ChatInit {
  readonly path?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const chat = (gateway: Gateway, init: ChatInit = {}): Promise<Response> =>
  fetch(`${gateway.url()}${init.path ?? '/v1/chat/completions'}`, {
    method: 'POST',
    body: '{"model":"client-model","big":12345678901234567890}',
    ...init,
    headers: { authorization: 'Bearer user:ann', ...init.headers },
  });

const seenBy = async (response: Response): Promise<Seen> => (await response.json()) as Seen;

describe('requests to a model server', () => {
  test('carry the key of the gateway and none of the client', async () => {
    let seen: Seen | undefined;
    const gateway = await modelServer((request, response) => {
      seen = { ...({} as Seen), headers: request.rawHeaders, url: request.url ?? '' };
      response.end('{}');
    }, backend());
    const headers = { 'api-key': 'mine', 'x-api-key': 'mine', 'x-goog-api-key': 'mine' };
    expect((await chat(gateway, { headers })).status).toBe(200);
    expect(lineValues(seen!.headers, 'authorization')).toEqual([`Bearer ${key}`]);
    expect(lineValues(seen!.headers, 'host')).toEqual(['api.deepseek.com']);
    expect(seen!.headers).not.toContain('mine');
    expect(seen!.headers.join()).not.toContain('user:ann');
  });

  test('put the model into the body and leave the rest byte for byte', async () => {
    const gateway = await modelServer(echo, backend({ model: 'deepseek-v4-pro' }));
    const seen = await seenBy(await chat(gateway));
    expect(seen.body).toMatch(
      /^\{"user_id":"[\w-]{43}","model":"deepseek-v4-pro","big":12345678901234567890\}$/,
    );
    expect(lineValues(seen.headers, 'content-length')).toEqual([String(seen.body.length)]);
  });

  test.each([
    ['no JSON', '{"model":', 400],
    ['a model named twice', '{"model":"a","model":"b"}', 400],
    ['a model in another spelling', '{"model":"a","Model":"b"}', 400],
    ['too large to be read', JSON.stringify({ pad: 'x'.repeat(20_000) }), 413],
  ])('are refused with %s', async (_name, body, status) => {
    let asked = false;
    const gateway = await modelServer(
      (_request, response) => {
        asked = true;
        response.end();
      },
      backend({ model: 'm' }),
    );
    expect((await chat(gateway, { body })).status).toBe(status);
    expect(asked).toBe(false);
  });

  test('are refused when the body is compressed and has to be changed', async () => {
    const gateway = await modelServer(echo, backend({ model: 'm' }));
    const headers = { 'content-encoding': 'gzip' };
    expect((await chat(gateway, { headers })).status).toBe(415);
  });

  test('go to another path where one is configured', async () => {
    const based = await modelServer(echo, backend({ basePath: '/beta' }));
    expect((await seenBy(await chat(based, { path: '/v1/completions?x' }))).url).toBe(
      '/beta/completions?x',
    );
    const fixed = await modelServer(echo, backend({ fullPath: '/api/chat' }));
    expect((await seenBy(await chat(fixed))).url).toBe('/api/chat');
  });

  test('without a key to be had are 503', async () => {
    const gateway = await modelServer(
      echo,
      backend({ credential: { kind: 'missing', detail: 'Secret ns.key not found' } }),
    );
    const response = await chat(gateway);
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).not.toContain('ns.key');
    expect(await gateway.nextLine()).toMatchObject({
      reason: 'no_credential',
      detail: 'Secret ns.key not found',
    });
  });

  test('pass the key of the client on, but never the token of the gateway', async () => {
    const gateway = await modelServer(echo, backend({ credential: { kind: 'passthrough' } }));
    const used = await seenBy(await chat(gateway));
    expect(lineValues(used.headers, 'authorization')).toEqual([]);
    // Here the token comes by the query, and Authorization is the client's key.
    const upstream = await scope.upstream(echo);
    await gateway.swap(
      table(virtualHost(), [
        cluster(upstream.port, { llm: backend({ credential: { kind: 'passthrough' } }) }),
      ]),
    );
    const passed = await seenBy(
      await chat(gateway, { headers: { authorization: 'Bearer client-key' } }),
    );
    expect(lineValues(passed.headers, 'authorization')).toEqual(['Bearer client-key']);
  });
});

describe('answers of a model server', () => {
  const reveal: RequestListener = (request, response) => {
    const [, status, where] = (request.url ?? '').split('/');
    const text = `your key is ${request.headers.authorization}, ****6789`;
    response.statusCode = Number(status);
    if (where === 'header') response.setHeader('x-echo', text);
    if (where === 'split') {
      response.write(text.slice(0, 25));
      setTimeout(() => response.end(text.slice(25)), 30);
      return;
    }
    response.end(where === 'header' ? 'x' : text);
  };

  test.each([401, 402, 403])('%i about the key of the gateway is 502', async (status) => {
    const gateway = await modelServer(reveal, backend());
    const response = await chat(gateway, { path: `/${status}/body` });
    expect(response.status).toBe(502);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ error: { type: 'upstream_auth' } });
    expect(text).not.toContain('6789');
    expect(await gateway.nextLine()).toMatchObject({
      status: 502,
      reason: 'upstream_auth',
      detail: String(status),
    });
  });

  test('401 about a key of the client is passed on', async () => {
    const gateway = await modelServer(reveal, backend({ credential: { kind: 'passthrough' } }));
    expect((await chat(gateway, { path: '/401/body' })).status).toBe(401);
  });

  test.each([200, 400, 429, 500])('%i never holds the key', async (status) => {
    const gateway = await modelServer(reveal, backend());
    for (const where of ['body', 'header', 'split']) {
      const response = await chat(gateway, { path: `/${status}/${where}` });
      expect(response.status).toBe(status);
      const all = JSON.stringify([...response.headers]) + (await response.text());
      expect(all).not.toContain(key);
      if (where !== 'header') expect(all).toContain('your key is Bearer ****');
    }
  });

  test('a compressed error, in which the key could not be seen, is replaced', async () => {
    const gateway = await modelServer((_request, response) => {
      response.writeHead(500, { 'content-encoding': 'gzip' });
      response.end('x');
    }, backend());
    expect((await chat(gateway)).status).toBe(502);
  });

  test('events come one by one and byte for byte', async () => {
    const events = [
      ': keep-alive\n\n',
      'data: {"a":"sk"}\n\n',
      'data: sk-c\n\n',
      'data: [DONE]\n\n',
    ];
    let next = (): void => undefined;
    const gateway = await modelServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      let at = 0;
      next = () => {
        const event = events[at];
        at += 1;
        if (event === undefined) response.end();
        else response.write(event);
      };
      next();
    }, backend());
    const reader = (await chat(gateway)).body!.pipeThrough(new TextDecoderStream()).getReader();
    const all: string[] = [];
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      all.push(value);
      next();
    }
    expect(all.slice(0, 2)).toEqual(events.slice(0, 2));
    expect(all.join('')).toBe(events.join(''));
    expect(all).toHaveLength(events.length);
  });
});

describe('TLS to a model server', () => {
  test('trusts only the configured authority, under the configured name', async () => {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
    const names = ['-subj', '/CN=model.example', '-addext', 'subjectAltName=DNS:model.example'];
    const both = openssl('req', '-x509', ...curve, ...names, '-keyout', '-', '-out', '-');
    const [privateKey = '', ca = ''] = both.split(/(?=-----BEGIN CERTIFICATE-----)/);
    const server = createTlsServer({ key: privateKey, cert: ca }, echo);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    scope.later(() => new Promise((resolve) => server.close(resolve)));
    scope.later(async () => server.closeAllConnections());
    const { port } = server.address() as AddressInfo;
    const over = (tls: Cluster['tls']) =>
      table(virtualHost(), [cluster(port, { llm: backend(), ...(tls && { tls }) })]);
    const gateway = await scope.gateway(over({ verify: true, ca, sni: 'model.example' }), {
      secrets,
    });
    expect((await chat(gateway)).status).toBe(200);
    await gateway.swap(over({ verify: true, ca, sni: 'other.example' }), secrets);
    expect((await chat(gateway)).status).toBe(503);
    expect(await gateway.nextLine()).toMatchObject({ status: 200 });
    expect(await gateway.nextLine()).toMatchObject({ detail: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    await gateway.swap(over({ verify: true, sni: 'model.example' }), secrets);
    expect((await chat(gateway)).status).toBe(503);
    await gateway.swap(over({ verify: false }), secrets);
    expect((await chat(gateway)).status).toBe(200);
  });
});
