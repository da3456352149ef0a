import { describe, expect, test } from '@jest/globals';

import { replaceHost, rewrittenHost } from '../../../src/dataplane/host-rewrite.ts';

const endpoint = { host: 'up.test', port: 80, weight: 1 };
const input = { endpoint, path: '/acme/x' };
const lines = ['host', 'a.test', 'x-to', 'b.test:81', 'x-bad', 'a b', 'x-empty', ''];

describe('rewrittenHost', () => {
  test.each([
    [undefined, undefined],
    [{ kind: 'literal', value: 'c.test' }, 'c.test'],
    [{ kind: 'endpoint' }, 'up.test'],
    [{ kind: 'header', name: 'x-to' }, 'b.test:81'],
    [{ kind: 'header', name: 'x-none' }, undefined],
    [{ kind: 'header', name: 'x-empty' }, undefined],
    [{ kind: 'header', name: 'x-bad' }, null],
    [{ kind: 'path', pattern: '^/([^/]+)/.*$', substitution: '\\1.test' }, 'acme.test'],
    [{ kind: 'path', pattern: '^/none$', substitution: 'x' }, null],
  ] as const)('%j: %s', (to, host) => {
    expect(rewrittenHost(to, lines, input)).toBe(host);
  });

  test.each([
    ['10.0.0.1', undefined, undefined],
    ['::1', undefined, undefined],
    ['10.0.0.1', '10.0.0.1', '10.0.0.1'],
    ['2001:db8::1', '2001:db8::1', '[2001:db8::1]'],
    ['10.0.0.1', 'n.test', 'n.test'],
  ])('the endpoint %s with the name %s: %s', (host, hostname, expected) => {
    const named = hostname === undefined ? { host } : { host, hostname };
    const to = { kind: 'endpoint' } as const;
    expect(rewrittenHost(to, lines, { ...input, endpoint: { ...endpoint, ...named } })).toBe(
      expected,
    );
  });
});

describe('replaceHost', () => {
  test.each([
    [false, [], []],
    [true, [], ['x-forwarded-host', 'a.test']],
    [true, ['x-forwarded-host', 'f.test'], ['x-forwarded-host', 'f.test,a.test']],
    [true, ['x-forwarded-host', 'a.test'], ['x-forwarded-host', 'a.test']],
    [
      true,
      ['x', 'x-forwarded-host', 'x-forwarded-host', 'b'],
      ['x', 'x-forwarded-host', 'x-forwarded-host', 'b,a.test'],
    ],
  ])('with the one before: %s', (appendForwarded, before, after) => {
    const all = ['host', 'a.test', ...before];
    replaceHost(all, 'c.test', { appendForwarded });
    expect(all).toEqual(['host', 'c.test', ...after]);
  });
});
