import { describe, expect, it } from '@jest/globals';
import type { MatcherSpec } from '../../../src/api/matcher.ts';
import { childMatchers, inheritanceOf } from '../../../src/compile/child-matchers.ts';
import type { ParentMatcher } from '../../../src/compile/route-plan.ts';

const heritage = (matcher: ParentMatcher, inheritsPath = false, inheritsRest = false) => ({
  matcher,
  inheritsPath,
  inheritsRest,
});

describe('matchers of a route of a table', () => {
  it.each<[ParentMatcher, MatcherSpec, string | undefined]>([
    [{ prefix: '/a' }, { prefix: '/a' }, undefined],
    [{ prefix: '/a' }, { prefix: '/ab' }, undefined],
    [{ prefix: '/a' }, { exact: '/a/b' }, undefined],
    [{ prefix: '/a' }, { prefix: '/b' }, 'required prefix: /a, prefix: /b: '],
    [{ prefix: '/a' }, { exact: '/' }, 'required prefix: /a, prefix: /: '],
    [{ prefix: '/a' }, { regex: '.*' }, 'required prefix: /a, prefix: .*: '],
    [{ prefix: '/a', caseSensitive: true }, { prefix: '/a' }, undefined],
    [{ prefix: '/a', caseSensitive: false }, { prefix: '/a' }, 'same case sensitivity'],
    [{ prefix: '/', methods: ['GET'] }, { prefix: '/', methods: ['GET', 'PUT'] }, undefined],
    [{ prefix: '/', methods: ['GET', 'PUT'] }, { prefix: '/', methods: ['GET'] }, 'all methods'],
    [
      { prefix: '/', headers: [{ name: 'A', value: 'x', regex: false }] },
      { prefix: '/', headers: [{ name: 'a', value: 'x' }] },
      undefined,
    ],
    [
      { prefix: '/', headers: [{ name: 'a', value: 'x' }] },
      { prefix: '/', headers: [{ name: 'a', value: 'x', invertMatch: true }] },
      'all headers',
    ],
    [
      { prefix: '/', queryParameters: [{ name: 'q' }] },
      { prefix: '/', queryParameters: [{ name: 'q', value: '1' }] },
      'all query parameters',
    ],
  ])('%j has %j: %s', (parent, child, violation) => {
    const found = childMatchers({ matchers: [child] }, heritage(parent), false);
    if (violation === undefined) expect(found).toEqual({ matchers: [child] });
    else expect(found).toEqual({ violation: expect.stringContaining(violation) });
  });

  it('never repeats the values of headers, which may be secret', () => {
    const parent = { prefix: '/', headers: [{ name: 'a', value: 'secret' }] };
    const found = childMatchers({ matchers: [{ prefix: '/' }] }, heritage(parent), false);
    expect(JSON.stringify(found)).not.toContain('secret');
  });

  it.each([
    ['/a', '/a/b+', '/a/b+'],
    ['/', '/a|/b', '/a|/b'],
    ['/a', '/a|/b', '/a(?:|/b)'],
    ['/a', '/a*', '/a(?:*)'],
    ['/a.b', '/a.b/c', '/a\\.b(?:/c)'],
  ])('keeps an expression within its prefix: %s, %s', (prefix, regex, expected) => {
    const found = childMatchers({ matchers: [{ regex }] }, heritage({ prefix }), false);
    expect(found).toEqual({ matchers: [{ regex: expected }] });
  });

  it('without any is the prefix /', () => {
    expect(childMatchers({}, heritage({ prefix: '/' }), false)).toEqual({
      matchers: [{ prefix: '/' }],
    });
    expect(childMatchers({}, heritage({ prefix: '/a' }), false)).toHaveProperty('violation');
  });

  it('inherit the path, the rest, or both', () => {
    const parent = { prefix: '/a', caseSensitive: false, methods: ['GET'] };
    const own = { matchers: [{ exact: '/x', methods: ['PUT'] }] };
    expect(childMatchers({}, heritage(parent, true, true), false)).toEqual({
      matchers: [
        { prefix: '/a', caseSensitive: false, headers: [], queryParameters: [], methods: ['GET'] },
      ],
    });
    expect(childMatchers(own, heritage({ prefix: '/a' }, true), false)).toEqual({
      matchers: [{ prefix: '/a', methods: ['PUT'] }],
    });
    expect(
      childMatchers(own, heritage({ prefix: '/', methods: ['GET'] }, false, true), false),
    ).toEqual({
      matchers: [{ exact: '/x', headers: [], queryParameters: [], methods: ['PUT', 'GET'] }],
    });
  });

  it('inherit what they do not say themselves', () => {
    const parent = heritage({ prefix: '/' }, true, false);
    expect(inheritanceOf({}, undefined)).toEqual({ inheritsPath: false, inheritsRest: false });
    expect(inheritanceOf({}, parent)).toEqual({ inheritsPath: true, inheritsRest: false });
    const own = { inheritableMatchers: true, inheritablePathMatchers: false };
    expect(inheritanceOf(own, parent)).toEqual({ inheritsPath: false, inheritsRest: true });
    expect(inheritanceOf({ inheritablePathMatchers: null }, parent).inheritsPath).toBe(true);
  });

  it.each<[string, object, string | undefined]>([
    ['/a', { prefix: '/a' }, undefined],
    ['/a', { prefix: '/a/b' }, undefined],
    ['/a', { exact: '/a/b' }, undefined],
    ['/a', { prefix: '/ab' }, 'required prefix: /a, prefix: /ab'],
    ['/a', { exact: '/ab' }, 'required prefix: /a, prefix: /ab'],
    ['/a/', { prefix: '/a/b' }, undefined],
    ['/', { prefix: '/b' }, undefined],
    ['/a', { regex: '/a' }, undefined],
    ['/a', { regex: '/a/b' }, undefined],
    ['/a', { regex: '/a.*' }, 'required prefix: /a/, prefix: /a.*'],
    ['/a', { regex: '/a|/b' }, 'required prefix: /a/, prefix: /a|/b'],
  ])('by segments, under %s %j: %s', (prefix, child, violation) => {
    const found = childMatchers({ matchers: [child] }, heritage({ prefix }), true);
    if (violation === undefined) expect(found).toEqual({ matchers: [child] });
    else expect(found).toEqual({ violation: expect.stringContaining(violation) });
  });

  it.each([
    ['/a/x|/b', '/a/(?:x|/b)'],
    ['/a/?b', '/a/(?:?b)'],
  ])('by segments, keeps an expression within whole ones: %s', (regex, expected) => {
    const found = childMatchers({ matchers: [{ regex }] }, heritage({ prefix: '/a' }), true);
    expect(found).toEqual({ matchers: [{ regex: expected }] });
  });
});
