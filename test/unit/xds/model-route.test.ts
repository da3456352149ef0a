import { expect, it } from '@jest/globals';
import { modelRouteDifferences, modelRouteFault } from '../../../src/xds/model-route.ts';

const policy = { name: 'p', principals: [], pathPrefix: '', methods: [] };

it('closes a route that hides reasoning, for whomever', () => {
  expect(modelRouteFault({ reasoning: { hide: true } }, undefined)).toBe(
    'reasoning that is hidden from callers',
  );
  expect(
    modelRouteFault({ reasoning: { field: 'REASONING' } }, { policies: [policy] }),
  ).toBeUndefined();
  expect(modelRouteFault(undefined, undefined)).toBeUndefined();
});

it('closes a route that asks which model a request is for', () => {
  const claimed = { models: { allowedClaim: ['llms'] } };
  expect(modelRouteFault(claimed, undefined)).toBe('a claim with the models of callers');
  const policies = [policy, { ...policy, models: ['m'] }];
  expect(modelRouteFault(undefined, { policies })).toBe('policies for models');
  expect(modelRouteFault({ models: { aliases: { a: 'b' } } }, undefined)).toBeUndefined();
});

it('tells what is left out', () => {
  expect(modelRouteDifferences(undefined)).toEqual([]);
  expect(
    modelRouteDifferences({
      reasoning: { field: 'REASONING' },
      timeouts: { progressMs: 1 },
      usage: { claim: ['team'], maxValues: 1 },
    }),
  ).toEqual([
    'the field of reasoning is as sent',
    'no time limits for tokens',
    'no tokens are counted',
  ]);
});

it.each([{ aliases: { a: 'b' } }, { default: 'm' }])('tells that names stay: %j', (models) => {
  expect(modelRouteDifferences({ models })).toEqual(['the names of models are as sent']);
});
