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
