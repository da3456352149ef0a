import { afterEach, describe, expect, test } from '@jest/globals';

import type { LlmBackend } from '../../../src/ir/llm.ts';
import {
  cluster,
  createScope,
  echo,
  route,
  table,
  virtualHost,
  type Seen,
} from '../../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

const backend = (more: Partial<LlmBackend> = {}): LlmBackend => ({
  provider: 'openai',
  credential: { kind: 'none' },
  authority: 'models',
  ...more,
});

/** Two servers with these settings, the second one for when the first one fails. */
async function twoServers(first: Partial<LlmBackend>, second: Partial<LlmBackend>) {
  const { port } = await scope.upstream(echo);
  const clusters = [first, second].map((more, index) =>
    cluster(port, { name: `m${index}`, llm: backend(more) }),
  );
  const pools = clusters.map(({ name }) => [{ cluster: name, weight: 1 }]);
  const host = virtualHost({ routes: [route()] });
  return scope.gateway(table(host, [cluster(1, { endpoints: [], pools }), ...clusters]));
}

const chat = { method: 'POST', body: '{"model":"m"}' };
const missing = { credential: { kind: 'missing', detail: 'no secret' } } as const;

describe('forwardToModel', () => {
  test('a server whose key is missing is not asked', async () => {
    const gateway = await twoServers(missing, {});
    const response = await fetch(`${gateway.url()}/v1/chat/completions`, chat);
    expect(response.status).toBe(200);
    expect(await gateway.nextLine()).toMatchObject({ upstream: 'm1' });
  });

  test('the server reads a body as it was read', async () => {
    const gateway = await twoServers({}, {});
    const ask = async (type: string): Promise<string | undefined> => {
      const init = { ...chat, headers: { 'content-type': type } };
      const response = await fetch(`${gateway.url()}/v1/chat/completions`, init);
      const { headers } = (await response.json()) as Seen;
      return headers[headers.indexOf('content-type') + 1];
    };
    expect(await ask('application/json; charset=utf-7')).toBe('application/json');
    expect(await ask('application/x-www-form-urlencoded')).toBe('application/json');
    expect(await ask('application/json; charset=utf-8')).toBe('application/json; charset=utf-8');
  });

  test('reasoning is hidden in answers of servers that are said to be for models, or not', async () => {
    const { port } = await scope.upstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"choices":[{"index":0,"message":{"content":"a","reasoning":"secret"}}]}');
    });
    const host = virtualHost({ routes: [route({ llm: { reasoning: { hide: true } } })] });
    for (const one of [cluster(port), cluster(port, { llm: backend() })]) {
      const gateway = await scope.gateway(table(host, [one]));
      const paths = ['/v1/chat/completions', '/v1/chat/completions/', '/generate'];
      const answers = paths.map(async (path) => {
        const response = await fetch(gateway.url() + path, chat);
        expect(await response.text()).not.toContain('secret');
        return response.status;
      });
      expect(await Promise.all(answers)).toEqual([200, 403, 403]);
    }
  });

  test('without any that has its key: 503', async () => {
    const gateway = await twoServers(missing, missing);
    const response = await fetch(`${gateway.url()}/v1/chat/completions`, chat);
    expect(response.status).toBe(503);
    expect(await gateway.nextLine()).toMatchObject({ reason: 'no_credential' });
  });

  test('without any server: 503', async () => {
    const host = virtualHost({ routes: [route()] });
    const gateway = await scope.gateway(table(host, [cluster(1, { endpoints: [], pools: [] })]));
    const response = await fetch(`${gateway.url()}/v1/chat/completions`, chat);
    expect([response.status, await response.text()]).toEqual([503, 'no healthy upstream']);
  });

  test.each([
    ['not JSON', '{'],
    ['two models', '{"model":"a","model":"b"}'],
    ['a model that is no text', '{"model":1}'],
  ])('%s: 400', async (_name, body) => {
    const gateway = await twoServers({}, {});
    const response = await fetch(`${gateway.url()}/v1/chat/completions`, { method: 'POST', body });
    expect(response.status).toBe(400);
  });

  test('what is for no model goes through as it is, to the first server that is well', async () => {
    const gateway = await twoServers(missing, {});
    const response = await fetch(`${gateway.url()}/v1/files`, { method: 'POST', body: '{' });
    expect(((await response.json()) as Seen).body).toBe('{');
    expect(await gateway.nextLine()).toMatchObject({ upstream: 'm1' });
    const models = await fetch(`${gateway.url()}/v1/models`);
    expect(((await models.json()) as Seen).url).toBe('/v1/models');
  });
});
