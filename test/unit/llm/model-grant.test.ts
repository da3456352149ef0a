import { describe, expect, test } from '@jest/globals';

import { bothGrants, claimedModels } from '../../../src/llm/model-grant.ts';

describe('claimedModels', () => {
  test.each([
    [{ llms: { deepseek: ['a', 'b'] } }, ['a', 'b']],
    [{ llms: { deepseek: 'a' } }, ['a']],
    [{ llms: { deepseek: 'a b' } }, ['a b']],
    [{ llms: { deepseek: ['a', 1, null, '', ['c']] } }, ['a']],
    [{ llms: { deepseek: [] } }, []],
    [{ llms: { deepseek: { a: true } } }, []],
    [{ llms: { deepseek: true } }, []],
    [{ llms: [{ deepseek: ['a'] }] }, []],
    [{ 'llms.deepseek': ['a'] }, []],
    [{}, []],
    [undefined, []],
  ])('%o', (claims, expected) => {
    expect([...claimedModels(claims, ['llms', 'deepseek'])]).toEqual(expected);
  });

  test('only own properties count', () => {
    expect(claimedModels({}, ['constructor', 'name']).size).toBe(0);
  });
});

test('both grants have to allow; an absent one allows all', () => {
  const one = new Set(['a', 'b']);
  const other = new Set(['b', 'c']);
  expect(bothGrants(one, other)).toEqual(new Set(['b']));
  expect(bothGrants(one, undefined)).toBe(one);
  expect(bothGrants(undefined, other)).toBe(other);
  expect(bothGrants(undefined, undefined)).toBeUndefined();
});
