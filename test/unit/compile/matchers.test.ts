import { describe, expect, it } from '@jest/globals';
import { compileYaml, echo, toEcho, withSpec, type Compiled } from '../../support/resources.ts';

const at = 'spec.virtualHost.routes[0].matchers[0]';

async function compileMatcher(matcher: object): Promise<Compiled> {
  const routes = [{ matchers: [matcher], ...toEcho }];
  return compileYaml(echo + withSpec('VirtualService', 'web', { virtualHost: { routes } }));
}

const path = (kind: string, value: string, caseSensitive = true) => ({
  path: { kind, value, caseSensitive },
});

describe('compileMatchers', () => {
  it.each([
    [{ prefix: '/a' }, path('prefix', '/a')],
    [{ prefix: '' }, path('prefix', '')],
    [{ exact: '/a', caseSensitive: false }, path('exact', '/a', false)],
    [{ prefix: '/a', caseSensitive: null }, path('prefix', '/a')],
    [{ regex: '/a+', caseSensitive: false }, path('regex', '/a+')],
    [{ prefix: '/', methods: ['GET', 'PUT'] }, { methods: ['GET', 'PUT'] }],
    [
      { prefix: '/', headers: [{ name: 'X-A' }] },
      { headers: [{ name: 'x-a', kind: 'present', value: '', invert: false }] },
    ],
    [
      { prefix: '/', headers: [{ name: 'x', value: '', invertMatch: true }] },
      { headers: [{ name: 'x', kind: 'present', value: '', invert: true }] },
    ],
    [
      { prefix: '/', headers: [{ name: 'x', value: '1', invertMatch: true }] },
      { headers: [{ name: 'x', kind: 'exact', value: '1', invert: true }] },
    ],
    [
      { prefix: '/', headers: [{ name: ':method', value: 'G.*', regex: true }] },
      { headers: [{ name: ':method', kind: 'regex', value: 'G.*', invert: false }] },
    ],
    [
      { prefix: '/', queryParameters: [{ name: 'Q' }, { name: 'r', value: 'a+', regex: true }] },
      {
        query: [
          { name: 'Q', kind: 'present', value: '' },
          { name: 'r', kind: 'regex', value: 'a+' },
        ],
      },
    ],
  ])('%j', async (matcher, expected) => {
    const compiled = await compileMatcher(matcher);
    expect(compiled.outcome('VirtualService/web').state).toBe('Accepted');
    expect(compiled.route('web').matchers).toMatchObject([expected]);
  });

  it('takes everything without matchers', async () => {
    const routes = [toEcho, { matchers: [], ...toEcho }];
    const compiled = await compileYaml(
      echo + withSpec('VirtualService', 'web', { virtualHost: { routes } }),
    );
    expect(compiled.route('web', 0).matchers).toMatchObject([path('prefix', '/')]);
    expect(compiled.route('web', 1).matchers).toMatchObject([path('prefix', '/')]);
  });

  it('leaves a route for CONNECT alone out, as no such request is served', async () => {
    const compiled = await compileMatcher({ connectMatcher: {} });
    expect(compiled.host('web').routes).toEqual([]);
    expect(compiled.findings('VirtualService/web')).toEqual([
      `warning Unsupported ${at}.connectMatcher`,
    ]);
  });
});

describe('mistakes', () => {
  it.each([
    [{}, `error InvalidRoute ${at}`],
    [{ headers: [{ name: 'a' }] }, `error InvalidRoute ${at}`],
    [{ prefix: 'a' }, `error InvalidRoute ${at}.prefix`],
    [{ exact: '' }, `error InvalidRoute ${at}.exact`],
    [{ prefix: '/a//b' }, `error InvalidRoute ${at}.prefix`],
    [{ prefix: '/a/./b' }, `error InvalidRoute ${at}.prefix`],
    [{ prefix: '/a/../b' }, `error InvalidRoute ${at}.prefix`],
    [{ exact: '/a/..' }, `error InvalidRoute ${at}.exact`],
    [{ exact: '/a/.' }, `error InvalidRoute ${at}.exact`],
    [{ prefix: '/a%2Fb' }, `error InvalidRoute ${at}.prefix`],
    [{ prefix: '/a#b' }, `error InvalidRoute ${at}.prefix`],
    [{ regex: '' }, `error InvalidRegex ${at}.regex`],
    [{ regex: '(?=a)' }, `error InvalidRegex ${at}.regex`],
    [
      { prefix: '/', headers: [{ name: 'a' }, { name: 'b', value: '(', regex: true }] },
      `error InvalidRegex ${at}.headers[1].value`,
    ],
    [
      { prefix: '/', queryParameters: [{ name: 'b', value: '(', regex: true }] },
      `error InvalidRegex ${at}.queryParameters[0].value`,
    ],
  ])('%j', async (matcher, finding) => {
    const compiled = await compileMatcher(matcher);
    expect(compiled.findings('VirtualService/web')).toEqual([finding]);
    expect(compiled.table.virtualHosts).toEqual({});
  });

  it('are told in the words of Gloo, but never claim that a path cannot contain itself', async () => {
    const missing = await compileMatcher({});
    expect(missing.outcome('VirtualService/web').reason).toContain('no path specifier provided');
    const slashes = await compileMatcher({ prefix: '/a//b' });
    expect(slashes.outcome('VirtualService/web').reason).toContain(
      'the path is invalid: path [/a//b] cannot contain [//]',
    );
    const relative = await compileMatcher({ prefix: 'a' });
    expect(relative.outcome('VirtualService/web').reason).not.toContain('cannot contain');
  });
});
