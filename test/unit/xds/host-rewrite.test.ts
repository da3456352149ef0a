import { expect, it } from '@jest/globals';
import { hostRewrite } from '../../../src/xds/host-rewrite.ts';

it.each([
  [undefined, {}],
  [{ kind: 'literal', value: 'a' }, { host_rewrite_literal: 'a' }],
  [{ kind: 'endpoint' }, { auto_host_rewrite: true }],
  [{ kind: 'header', name: 'x-a' }, { host_rewrite_header: 'x-a' }],
  [
    { kind: 'path', pattern: 'a', substitution: 'b' },
    { host_rewrite_path_regex: { pattern: { regex: 'a' }, substitution: 'b' } },
  ],
] as const)('%j', (to, fields) => {
  const appended = { append_x_forwarded_host: true };
  const source = to ? { to } : {};
  expect(hostRewrite({ ...source, appendForwarded: false })).toEqual(fields);
  expect(hostRewrite({ ...source, appendForwarded: true })).toEqual({ ...fields, ...appended });
});
