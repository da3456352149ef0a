import { expect, it } from '@jest/globals';

import { hashPolicies, lbMetadata } from '../../../src/xds/hash-policy.ts';

it.each([
  [undefined, {}],
  [
    [
      { kind: 'header', name: 'x-user', terminal: true },
      { kind: 'sourceIp', terminal: false },
      { kind: 'cookie', name: 'a', terminal: false },
      { kind: 'cookie', name: 'b', ttlSeconds: 0, path: '/p', terminal: false },
    ],
    {
      hash_policy: [
        { header: { header_name: 'x-user' }, terminal: true },
        { connection_properties: { source_ip: true }, terminal: false },
        { cookie: { name: 'a' }, terminal: false },
        { cookie: { name: 'b', ttl: '0s', path: '/p' }, terminal: false },
      ],
    },
  ],
] as const)('%j', (policies, expected) => {
  expect(hashPolicies(policies)).toEqual(expected);
});

it('labels are metadata of the load balancer', () => {
  expect(lbMetadata({ a: '1' })).toEqual({ 'envoy.lb': { a: '1' } });
});
