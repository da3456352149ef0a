import { expect, it } from '@jest/globals';
import { modelRouteDifferences, modelRouteFault } from '../../../src/xds/model-route.ts';

it('closes a route that hides reasoning, for whomever', () => {
  expect(modelRouteFault({ reasoning: { hide: true } })).toBe(
    'reasoning that is hidden from callers',
  );
  expect(modelRouteFault({ reasoning: { field: 'REASONING' } })).toBeUndefined();
  expect(modelRouteFault(undefined)).toBeUndefined();
});

it('tells what is left out', () => {
  expect(modelRouteDifferences(undefined)).toEqual([]);
  expect(
    modelRouteDifferences({ reasoning: { field: 'REASONING' }, timeouts: { progressMs: 1 } }),
  ).toEqual(['the field of reasoning is as sent', 'no time limits for tokens']);
});
