import { describe, expect, test } from '@jest/globals';

import { redirectReply } from '../../../src/dataplane/redirect.ts';
import type { RedirectAction } from '../../../src/ir/table.ts';

const input = {
  scheme: 'http',
  authority: 'a.example:8080',
  path: '/api/pets',
  query: 'x=1',
  prefix: '/api',
} as const;

const location = (action: Partial<RedirectAction>, more: Partial<typeof input> = {}) =>
  redirectReply(
    { kind: 'redirect', status: 301, https: false, stripQuery: false, ...action },
    { ...input, ...more },
  ).headers?.[1];

describe('redirectReply', () => {
  test('has the status, a location and no body', () => {
    const action = { kind: 'redirect', status: 308, https: false, stripQuery: false } as const;
    expect(redirectReply(action, input)).toEqual({
      status: 308,
      body: '',
      headers: ['location', 'http://a.example:8080/api/pets?x=1'],
    });
  });

  test.each<[Partial<RedirectAction>, string]>([
    [{ https: true }, 'https://a.example:8080/api/pets?x=1'],
    [{ https: true, port: 443 }, 'https://a.example:443/api/pets?x=1'],
    [{ host: 'b.example' }, 'http://b.example/api/pets?x=1'],
    [{ stripQuery: true }, 'http://a.example:8080/api/pets'],
    [{ path: { kind: 'replace', value: '/new' } }, 'http://a.example:8080/new?x=1'],
    [{ path: { kind: 'replace', value: '/new?y' } }, 'http://a.example:8080/new?y'],
    [{ path: { kind: 'prefix', value: '/v2' } }, 'http://a.example:8080/v2/pets?x=1'],
    [{ path: { kind: 'prefix', value: '' } }, 'http://a.example:8080/pets?x=1'],
    [
      { path: { kind: 'regex', pattern: '^/api/(.*)$', substitution: '/\\1/v2' } },
      'http://a.example:8080/pets/v2?x=1',
    ],
  ])('%j goes to %s', (action, expected) => {
    expect(location(action)).toBe(expected);
  });

  test.each([
    [{ kind: 'prefix', value: '' } as const, '/api@evil.example/x'],
    [{ kind: 'prefix', value: '' } as const, '/api.evil.example/x'],
    [{ kind: 'regex', pattern: '^/api', substitution: '' } as const, '/api@evil.example/x'],
  ])('by %j, %s stays on the host', (path, asked) => {
    const { headers } = redirectReply(
      { kind: 'redirect', status: 301, https: false, stripQuery: true, path },
      { ...input, path: asked },
    );
    expect(new URL(headers?.[1] ?? '').host).toBe('a.example:8080');
  });

  test('a default port does not follow to another scheme', () => {
    expect(
      redirectReply(
        { kind: 'redirect', status: 301, https: true, stripQuery: false },
        { ...input, authority: 'a.example:80' },
      ).headers?.[1],
    ).toBe('https://a.example/api/pets?x=1');
  });
});
