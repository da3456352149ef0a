import { describe, expect, it } from '@jest/globals';

import { keyOf, refusalOf } from '../../../src/cli/mock-deepseek-key.ts';

describe('key of a request to the stand-in', () => {
  it.each([
    ['/chat/completions', { authorization: 'Bearer a', 'x-api-key': 'b' }, 'a'],
    ['/anthropic/v1/messages', { authorization: 'Bearer a', 'x-api-key': 'b' }, 'b'],
    ['/anthropic/v1/messages', { authorization: 'bearer a' }, 'a'],
    ['/chat/completions', { 'x-api-key': 'b' }, undefined],
    ['/chat/completions', { authorization: 'Basic a' }, undefined],
  ])('at %s from %j', (path, headers, key) => {
    expect(keyOf(headers, path)).toBe(key);
  });

  const entrance = {
    names: { dialect: 'deepseek' } as const,
    keys: () => ['a'],
    state: () => ({}),
    url: '/chat/completions',
  };
  it.each([
    ['a', {}, {}, undefined],
    ['b', {}, {}, 401],
    [undefined, {}, {}, 401],
    ['a', { status: 429 }, {}, 429],
    ['a', { status: 429, fault: 'error' as const }, {}, undefined],
    ['a', {}, { balance: 0 }, 402],
    ['a', {}, { healthy: false }, 503],
  ])('%s, behaviour %j, state %j', (key, behaviour, state, status) => {
    expect(refusalOf(key, behaviour, { ...entrance, state: () => state })?.status).toBe(status);
  });

  it('is named in the error for its last four characters', () => {
    const text = refusalOf('sk-abcd1234', { status: 401 }, entrance)?.body.error.message;
    expect(text).toContain('****1234');
  });
});
