import { expect, it } from '@jest/globals';

import { compileLbHash } from '../../../src/compile/lb-hash.ts';

it.each([
  [[], {}],
  [[{ sourceIp: false }], {}],
  [
    [{ header: 'X-User' }, { sourceIp: true, terminal: true }],
    {
      hash: [
        { kind: 'header', name: 'x-user', terminal: false },
        { kind: 'sourceIp', terminal: true },
      ],
    },
  ],
  [[{ cookie: { name: 'sid' } }], { hash: [{ kind: 'cookie', name: 'sid', terminal: false }] }],
  [
    [{ cookie: { name: 'sid', ttl: '1m', path: '/a' } }],
    { hash: [{ kind: 'cookie', name: 'sid', ttlSeconds: 60, path: '/a', terminal: false }] },
  ],
  [
    [{ cookie: { name: 'sid', ttl: '0s', path: '' } }],
    { hash: [{ kind: 'cookie', name: 'sid', ttlSeconds: 0, terminal: false }] },
  ],
])('%j', (hashPolicies, expected) => {
  expect(compileLbHash({ hashPolicies })).toEqual(expected);
});

it('nothing asked for', () => {
  expect([compileLbHash(undefined), compileLbHash({})]).toEqual([{}, {}]);
});
