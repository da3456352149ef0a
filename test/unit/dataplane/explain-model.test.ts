import { expect, test } from '@jest/globals';

import { explainModel } from '../../../src/dataplane/explain-model.ts';
import { decide } from '../../../src/dataplane/pipeline.ts';
import { Upstream } from '../../../src/dataplane/upstream.ts';
import type { ModelRules } from '../../../src/ir/llm.ts';
import { exchangeFor, type ExchangeSetting } from '../../support/exchange.ts';
import { cluster, route, table, virtualHost } from '../../support/gateway.ts';

const parts = { secrets: {}, localAddresses: 'on' } as const;
const llm = { provider: 'openai', credential: { kind: 'none' }, authority: 'a.test' } as const;
const server = new Upstream(cluster(80, { llm }), parts);
const plain = new Upstream(cluster(80), parts);

interface Story extends ExchangeSetting {
  readonly models?: ModelRules;
  readonly upstream?: Upstream;
  readonly body?: string;
}

const chat = { method: 'POST', target: '/v1/chat/completions' };
const claimed: ModelRules = { allowedClaim: ['llms'] };

test.each<[string, Story, number | undefined]>([
  ['no model server', { ...chat, upstream: plain, body: 'x' }, undefined],
  ['a body', { ...chat, body: '{"model":"x"}' }, undefined],
  ['no JSON', { ...chat, body: 'x' }, 400],
  ['a model of the caller', { ...chat, models: claimed, body: '{"model":"m"}' }, undefined],
  ['another one', { ...chat, models: claimed, body: '{"model":"x"}' }, 403],
  ['one that is not seen', { target: '/metrics', models: claimed }, 403],
  ['the list', { target: '/v1/models', models: claimed }, 200],
  ['the list of the server', { target: '/v1/models' }, undefined],
  ['a coded body', { ...chat, headers: ['Content-Encoding', 'br'] }, 415],
  ['a large body', { ...chat, headers: ['Content-Length', '99999999'] }, 413],
])('%s', async (_what, { models, upstream = server, body = '', ...setting }, status) => {
  const one = route(models === undefined ? {} : { llm: { models } });
  const exchange = exchangeFor(table(virtualHost({ routes: [one] })), setting);
  await decide(exchange);
  exchange.identities = [{ provider: 'kc', claims: { llms: ['m'] }, headers: [] }];
  const answer = explainModel(exchange, { upstream, all: [{ upstream }], body });
  expect(answer?.status).toBe(status);
});
