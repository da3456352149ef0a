import { describe, expect, test } from '@jest/globals';

import type { ClaimMatch, ClaimMatcher } from '../../../src/ir/rbac.ts';
import { prepareClaim } from '../../../src/rbac/claim-matcher.ts';

const claim = (
  matcher: ClaimMatcher,
  value: string,
  path: readonly string[] = ['role'],
): ClaimMatch => ({
  path,
  matcher,
  value,
});

describe('prepareClaim', () => {
  test.each<[ClaimMatcher, string, unknown, boolean]>([
    ['EXACT_STRING', 'admin', 'admin', true],
    ['EXACT_STRING', 'admin', 'admin ', false],
    ['EXACT_STRING', 'admin', 'Admin', false],
    ['EXACT_STRING', 'admin', '\uff41dmin', false],
    ['EXACT_STRING', 'admin', ['admin'], false],
    ['EXACT_STRING', 'true', true, false],
    ['EXACT_STRING', '1', 1, false],
    ['EXACT_STRING', 'null', null, false],
    ['BOOLEAN', 'true', true, true],
    ['BOOLEAN', 'true', false, false],
    ['BOOLEAN', 'false', false, true],
    ['BOOLEAN', 'false', null, false],
    ['BOOLEAN', 'false', 0, false],
    ['BOOLEAN', 'true', 'true', false],
    ['BOOLEAN', 'true', 1, false],
    ['BOOLEAN', 'true', [true], false],
    ['LIST_CONTAINS', 'a', ['b', 'a'], true],
    ['LIST_CONTAINS', 'a', [1, null, { a: 'a' }, 'a'], true],
    ['LIST_CONTAINS', '1', [1], false],
    ['LIST_CONTAINS', 'a', [['a']], false],
    ['LIST_CONTAINS', 'a', 'a', false],
    ['LIST_CONTAINS', 'a', 'cab', false],
    ['LIST_CONTAINS', 'a', { 0: 'a' }, false],
    ['LIST_CONTAINS', 'a', [], false],
    ['REGEX_MATCH', 'dev-.*', 'dev-1', true],
    ['REGEX_MATCH', 'dev', 'dev-1', false],
    ['REGEX_MATCH', '.*', 1, false],
    ['REGEX_MATCH', '.*', ['x'], false],
    ['REGEX_MATCH', 'x.y', 'xéy', false],
  ])('%s %j on %j is %s', (matcher, wanted, value, expected) => {
    const prepared = prepareClaim(claim(matcher, wanted));
    expect(prepared.matches({ role: value })).toBe(expected);
    expect(prepared.explain({ role: value }) === undefined).toBe(expected);
  });

  test.each<[readonly string[], unknown, boolean]>([
    [['a', 'b', 'c'], { a: { b: { c: 'x' } } }, true],
    [['a', 'b'], { a: { b: { c: 'x' } } }, false],
    [['a', 'b'], { a: 'x' }, false],
    [['a', 'b'], { a: null }, false],
    [['a', '0'], { a: ['x'] }, false],
    [['a', 'length'], { a: 'x' }, false],
    [['a.b'], { 'a.b': 'x' }, true],
    [['a.b'], { a: { b: 'x' } }, false],
    [['a', 'b'], { 'a.b': 'x' }, false],
  ])('the path %j in %j is found: %s', (path, claims, expected) => {
    const prepared = prepareClaim(claim('EXACT_STRING', 'x', path));
    expect(prepared.matches(claims as Record<string, unknown>)).toBe(expected);
  });

  test.each([['constructor', 'name'], ['__proto__', 'constructor', 'name'], ['toString']])(
    'inherited properties are no claims: %s %s',
    (...path) => {
      const prepared = prepareClaim(
        claim(
          'REGEX_MATCH',
          '.*',
          path.filter((step) => step !== undefined),
        ),
      );
      expect(prepared.matches({})).toBe(false);
      expect(prepared.explain({})).toMatch(/is absent$/);
    },
  );

  test.each([
    [undefined, 'claim role is absent'],
    [null, 'claim role is null, wanted one string exactly'],
    ['secret-value', 'claim role is another string, wanted one string exactly'],
    [['secret-value'], 'claim role is a list, wanted one string exactly'],
    [{}, 'claim role is an object, wanted one string exactly'],
    [true, 'claim role is another boolean, wanted one string exactly'],
    [5, 'claim role is a number, wanted one string exactly'],
    [5n, 'claim role is a number, wanted one string exactly'],
  ])('explains %j without repeating the value', (value, text) => {
    const claims = value === undefined ? {} : { role: value };
    expect(prepareClaim(claim('EXACT_STRING', 'admin')).explain(claims)).toBe(text);
  });
});
