import { expect, it } from '@jest/globals';
import type { Route } from '../../../src/ir/table.ts';
import { modelRouteDifferences, modelRouteFault } from '../../../src/xds/model-route.ts';
import { cluster, table, virtualHost } from '../../support/gateway.ts';

const llm = { provider: 'openai', credential: { kind: 'none' }, authority: 'a' } as const;
const destinations = [{ cluster: 'up', weight: 1 }];
const forward: Route['action'] = { kind: 'forward', destinations, timeoutMs: 0 };
const toModels = table(virtualHost(), [cluster(80, { llm })]);
const elsewhere = table(virtualHost(), [cluster(80)]);
const policy = { name: 'p', principals: [], pathPrefix: '', methods: [] };

it('closes a route that hides reasoning, for whomever', () => {
  expect(modelRouteFault({ llm: { reasoning: { hide: true } }, action: forward }, toModels)).toBe(
    'reasoning that is hidden from callers',
  );
  expect(
    modelRouteFault(
      { llm: { reasoning: { field: 'REASONING' } }, rbac: { policies: [policy] }, action: forward },
      toModels,
    ),
  ).toBeUndefined();
  expect(modelRouteFault({ action: forward }, toModels)).toBeUndefined();
});

it('closes a route that asks which model a request is for', () => {
  const claimed = { models: { allowedClaim: ['llms'] } };
  expect(modelRouteFault({ llm: claimed, action: forward }, elsewhere)).toBe(
    'a claim with the models of callers',
  );
  const rbac = { policies: [policy, { ...policy, models: ['m'] }] };
  expect(modelRouteFault({ rbac, action: forward }, toModels)).toBe('policies for models');
  expect(modelRouteFault({ rbac, action: forward }, elsewhere)).toBeUndefined();
  const names = { models: { aliases: { a: 'b' } } };
  expect(modelRouteFault({ llm: names, action: forward }, toModels)).toBeUndefined();
});

it('tells what is left out', () => {
  expect(modelRouteDifferences({ action: forward }, elsewhere)).toEqual([]);
  expect(
    modelRouteDifferences(
      {
        llm: {
          reasoning: { field: 'REASONING' },
          timeouts: { progressMs: 1 },
          usage: { claim: ['team'], maxValues: 1 },
        },
        action: forward,
      },
      toModels,
    ),
  ).toEqual([
    'the field of reasoning is as sent',
    'no time limits for tokens',
    'no tokens are counted',
  ]);
});

it.each([{ aliases: { a: 'b' } }, { default: 'm' }])('tells that names stay: %j', (models) => {
  expect(modelRouteDifferences({ llm: { models }, action: forward }, toModels)).toEqual([
    'the names of models are as sent',
  ]);
});

it('tells that DeepSeek hears of users what they say, and closes a route where more is asked for', () => {
  const deepseek = { ...llm, authority: 'api.deepseek.com' };
  const known = table(virtualHost(), [cluster(80, { llm: deepseek })]);
  expect(modelRouteDifferences({ action: forward }, known)).toEqual(['user_id is as sent']);
  expect(modelRouteFault({ action: forward }, known)).toBeUndefined();
  const isolation = { disabled: true };
  const apart = table(virtualHost(), [cluster(80, { llm: { ...llm, isolation } })]);
  expect(modelRouteFault({ action: forward }, apart)).toBe('isolation of users');
});
