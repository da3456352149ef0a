import { describe, expect, test } from '@jest/globals';

import { prepareCors } from '../../../src/dataplane/cors.ts';

const policy = { origins: ['https://a.test'], originRegexes: ['https://[a-z]+', '[^.]+'] };

describe('prepareCors', () => {
  test.each([
    ['https://a.test', true],
    ['https://a.test:8443', false],
    ['HTTPS://A.test', false],
    ['https://b', true],
    ['https://b.evil', false],
    ['null', true],
  ])('%s: %s', (origin, allowed) => {
    expect(prepareCors(policy).allows(origin)).toBe(allowed);
  });

  test('a star is any origin', () => {
    const { allows } = prepareCors({ origins: ['*'], originRegexes: [] });
    expect(['https://a.test', 'null'].map((one) => allows(one))).toEqual([true, true]);
  });

  test('says what is allowed, and nothing of what is not said', () => {
    const bare = prepareCors(policy);
    expect(bare.preflight('o')).toEqual({
      status: 200,
      body: '',
      isBare: true,
      headers: ['access-control-allow-origin', 'o'],
    });
    const all = { allowMethods: 'GET', allowHeaders: 'x-a', exposeHeaders: 'x-b', maxAge: '5' };
    const full = prepareCors({ ...policy, ...all, allowCredentials: true });
    expect(full.preflight('o').headers).toEqual(
      [
        ['access-control-allow-origin', 'o', 'access-control-allow-credentials', 'true'],
        ['access-control-allow-methods', 'GET', 'access-control-allow-headers', 'x-a'],
        ['access-control-max-age', '5', 'access-control-expose-headers', 'x-b'],
      ].flat(),
    );
  });

  test('takes the place of what the upstream says', () => {
    const lines = ['access-control-allow-origin', '*', 'access-control-expose-headers', 'x'];
    prepareCors(policy).decorate(lines, 'o');
    expect(lines).toEqual([
      'access-control-expose-headers',
      'x',
      'access-control-allow-origin',
      'o',
    ]);
  });
});
