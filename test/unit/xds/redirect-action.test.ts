import { describe, expect, it } from '@jest/globals';
import type { RedirectAction } from '../../../src/ir/table.ts';
import { redirectAction } from '../../../src/xds/redirect-action.ts';

const bare = { kind: 'redirect', status: 302, https: false, stripQuery: false } as const;

describe('redirectAction', () => {
  it.each([
    ['nothing but a status', {}, {}],
    [
      'host, port and scheme',
      { host: 'h', port: 1, https: true },
      { host_redirect: 'h', port_redirect: 1, https_redirect: true },
    ],
    ['without the query', { stripQuery: true }, { strip_query: true }],
    [
      'a path that lacks its slash',
      { path: { kind: 'replace', value: 'x' } },
      { path_redirect: '/x' },
    ],
    ['a prefix', { path: { kind: 'prefix', value: '/x' } }, { prefix_rewrite: '/x' }],
    [
      'an expression',
      { path: { kind: 'regex', pattern: 'a', substitution: String.raw`\1` } },
      { regex_rewrite: { pattern: { regex: 'a' }, substitution: String.raw`\1` } },
    ],
  ] satisfies [string, Partial<RedirectAction>, object][])('%s', (_name, changes, wanted) => {
    expect(redirectAction({ ...bare, ...changes })).toEqual({ response_code: 'FOUND', ...wanted });
  });
});
