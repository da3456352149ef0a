import { describe, expect, test } from '@jest/globals';

import { Trace } from '../../../src/base/trace.ts';
import {
  modelGrant,
  permitsCopy,
  permittedTargets,
  withoutModel,
} from '../../../src/dataplane/model-access.ts';
import { decide } from '../../../src/dataplane/pipeline.ts';
import { Upstream } from '../../../src/dataplane/upstream.ts';
import type { LlmBackend, ModelRules } from '../../../src/ir/llm.ts';
import type { ModelEndpoint } from '../../../src/llm/model-endpoint.ts';
import { readModelRequest } from '../../../src/llm/model-request.ts';
import { exchangeFor } from '../../support/exchange.ts';
import { cluster, route, table, virtualHost } from '../../support/gateway.ts';

const parts = { secrets: {}, localAddresses: 'on' } as const;

function server(changes: Partial<LlmBackend> = {}) {
  const credential = { kind: 'none' } as const;
  const llm = {
    provider: 'deepseek',
    credential,
    authority: 'api.deepseek.com',
    ...changes,
  } as const;
  return { upstream: new Upstream(cluster(80, { llm }), parts) };
}

const deepseek = server();
const own = server({ authority: 'r1:8000' });
const pro = server({ model: 'deepseek-v4-pro' });
const plain = { upstream: new Upstream(cluster(80), parts) };

interface Caller {
  readonly models?: ModelRules;
  readonly claims?: Record<string, unknown>;
  readonly policies?: readonly string[];
  readonly target?: string;
}

async function exchangeOf({ models, claims, policies, target = '/v1/models' }: Caller) {
  const one = route(models === undefined ? {} : { llm: { models } });
  const exchange = exchangeFor(table(virtualHost({ routes: [one] })), { target });
  await decide(exchange);
  if (claims !== undefined) exchange.identities = [{ provider: 'kc', claims, headers: [] }];
  exchange.models = policies && new Set(policies);
  return exchange;
}

function requestFor(body: object, endpoint: ModelEndpoint = 'chat') {
  const request = readModelRequest(endpoint, Buffer.from(JSON.stringify(body)));
  if ('message' in request) throw new Error(request.message);
  return request;
}

const byClaim: ModelRules = { allowedClaim: ['llms'] };
const flash = { llms: ['deepseek-flash'] };

describe('modelGrant', () => {
  test.each<[string, Caller, readonly string[] | undefined]>([
    ['nobody asks', { claims: flash }, undefined],
    ['the claim', { models: byClaim, claims: flash }, ['deepseek-flash']],
    ['no token', { models: byClaim }, []],
    ['policies', { policies: ['a', 'b'] }, ['a', 'b']],
    [
      'both',
      { models: byClaim, claims: flash, policies: ['deepseek-flash', 'b'] },
      ['deepseek-flash'],
    ],
  ])('%s', async (_what, caller, expected) => {
    const grant = modelGrant(await exchangeOf(caller));
    expect(grant && [...grant]).toEqual(expected);
  });
});

describe('permittedTargets', () => {
  const all = [deepseek, own, pro, plain];
  const caller: Caller = { models: byClaim, claims: flash };
  test.each([
    ['a model by its own name', caller, { model: 'deepseek-flash' }, [deepseek, own]],
    ['a former name', caller, { model: 'deepseek-chat' }, [deepseek]],
    [
      'a claim with a former name',
      { ...caller, claims: { llms: ['deepseek-chat'] } },
      { model: 'deepseek-chat' },
      [own],
    ],
    [
      'what one of them has',
      { ...caller, claims: { llms: ['deepseek-v4-pro'] } },
      { model: 'x' },
      [pro],
    ],
    [
      'an alias',
      { ...caller, models: { ...byClaim, aliases: { x: 'deepseek-flash' } } },
      { model: 'x' },
      [deepseek, own],
    ],
    [
      'the default',
      { ...caller, models: { ...byClaim, default: 'deepseek-flash' } },
      {},
      [deepseek, own],
    ],
    ['nobody asks', { claims: flash }, {}, all],
    ['only names are given', { models: { default: 'd' } }, {}, all],
    ['a policy', { policies: ['deepseek-flash'] }, { model: 'deepseek-chat' }, [deepseek]],
  ] as const)('%s', async (_what, who, body, expected) => {
    expect(permittedTargets(await exchangeOf(who), requestFor(body), all)).toEqual(expected);
  });

  test.each([
    ['another model', { model: 'deepseek-v4-flash2' }, 403],
    ['another case', { model: 'DEEPSEEK-FLASH' }, 403],
    ['white space', { model: ' deepseek-flash' }, 403],
    ['several models', { model: 'deepseek-flash', models: ['deepseek-v4-pro'] }, 403],
    ['none', {}, 400],
  ])('refuses %s', async (_what, body, status) => {
    const targets = [deepseek, own, plain];
    const refusal = permittedTargets(await exchangeOf(caller), requestFor(body), targets);
    expect(refusal).toMatchObject({ status, contentType: 'application/json' });
    expect(JSON.stringify(refusal)).not.toContain('deepseek');
  });

  test.each([
    ['?model=deepseek-v4-pro', 403],
    ['?a=b;mod%65l=x', 403],
    ['?api-version=1', 200],
    ['?name=model', 200],
  ])('a query %s', async (query, status) => {
    const target = `/v1/chat/completions${query}`;
    const exchange = await exchangeOf({ ...caller, target });
    const answer = permittedTargets(exchange, requestFor({ model: 'deepseek-flash' }), [deepseek]);
    expect('status' in answer ? answer.status : 200).toBe(status);
  });

  test('refuses everything where no server is behind it', async () => {
    const request = requestFor({ model: 'deepseek-flash' });
    const refusal = permittedTargets(await exchangeOf(caller), request, [plain]);
    expect(refusal).toMatchObject({ status: 403, reason: 'model' });
  });

  test('looks at what Anthropic names are billed as', async () => {
    const exchange = await exchangeOf(caller);
    const ask = (model: string) =>
      permittedTargets(exchange, requestFor({ model }, 'messages'), [deepseek]);
    expect(ask('claude-sonnet-4')).toEqual([deepseek]);
    expect(ask('claude-opus-4')).toMatchObject({ status: 403 });
  });

  test('tells why, without what the client wrote', async () => {
    const exchange = await exchangeOf(caller);
    exchange.trace = new Trace();
    permittedTargets(exchange, requestFor({ model: 'my secret' }), [deepseek]);
    exchange.trace.end('model', '403 model');
    expect(exchange.trace.steps.at(-1)?.notes).toHaveLength(1);
    expect(JSON.stringify(exchange.trace.steps)).not.toContain('secret');
  });
});

describe('permitsCopy', () => {
  const credential = { kind: 'none' } as const;
  const llm = { provider: 'openai', credential, authority: 'a.test' } as const;
  const clusters = [
    cluster(80, { name: 'server', llm }),
    cluster(80, { name: 'several', pools: [[{ cluster: 'server', weight: 1 }]] }),
    cluster(80, { name: 'plain' }),
  ];

  test.each([
    ['server', false],
    ['several', false],
    ['plain', true],
    ['missing', true],
  ])('%s, where not all models may be used: %s', (name, permitted) => {
    const exchange = exchangeFor(table(virtualHost(), clusters));
    const copy = { cluster: name, percent: 100 };
    expect(permitsCopy(exchange, copy)).toBe(true);
    exchange.models = new Set(['m']);
    expect(permitsCopy(exchange, copy)).toBe(permitted);
  });
});

describe('withoutModel', () => {
  const caller: Caller = { models: byClaim, claims: flash };

  test('lets everything on where all models may be used', async () => {
    expect(withoutModel(await exchangeOf({}), 'other', [deepseek])).toBeUndefined();
    expect(withoutModel(await exchangeOf({}), 'models', [deepseek])).toBeUndefined();
  });

  test('refuses what is not known where reasoning is hidden', async () => {
    const one = route({ llm: { reasoning: { hide: true } } });
    const exchange = exchangeFor(table(virtualHost({ routes: [one] })));
    await decide(exchange);
    expect(withoutModel(exchange, 'other', [deepseek])).toMatchObject({ status: 403 });
    expect(withoutModel(exchange, 'models', [deepseek])).toBeUndefined();
  });

  test('refuses what names no model', async () => {
    const refusal = withoutModel(await exchangeOf(caller), 'other', [deepseek]);
    expect(refusal).toMatchObject({ status: 403, reason: 'model' });
  });

  test.each([
    ['/v1/models', 200, /^\{"object":"list","data":\[\{"id":"deepseek-flash"/],
    ['/v1/models/deepseek-flash', 200, /^\{"id":"deepseek-flash"/],
    ['/v1/models/deepseek-v4-pro', 404, /model_not_found/],
    ['/anthropic/v1/models', 200, /"first_id":"deepseek-flash"/],
  ])('answers %s itself', async (target, status, body) => {
    const exchange = await exchangeOf({ ...caller, target });
    const answer = withoutModel(exchange, 'models', [deepseek, plain]);
    expect(answer).toEqual({
      status,
      body: expect.stringMatching(body),
      contentType: 'application/json',
    });
  });
});
