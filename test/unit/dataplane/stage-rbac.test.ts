import { expect, test } from '@jest/globals';

import { authorizationStage } from '../../../src/dataplane/stage-rbac.ts';
import { exchangeFor } from '../../support/exchange.ts';
import { route, table, virtualHost } from '../../support/gateway.ts';

const rbac = {
  policies: [
    {
      name: 'admins',
      principals: [{ claims: [{ path: ['role'], matcher: 'EXACT_STRING', value: 'admin' }] }],
      pathPrefix: '',
      methods: [],
    },
  ],
} as const;

function exchangeWith(...roles: readonly string[]) {
  const exchange = exchangeFor(table(virtualHost({ routes: [route({ rbac })] })));
  exchange.route = exchange.listener.find('a')?.routes[0];
  exchange.identities = roles.map((role) => ({ provider: 'kc', claims: { role }, headers: [] }));
  return exchange;
}

test.each([
  [['admin'], undefined],
  [['viewer', 'admin'], undefined],
  [['admin', 'viewer'], 403],
  [[], 403],
])('the last of the verified roles %j counts', (roles, status) => {
  expect(authorizationStage(exchangeWith(...roles))?.status).toBe(status);
});

test('a route without authorization lets pass', () => {
  const exchange = exchangeWith();
  exchange.route = { ...exchange.route!, authorization: undefined };
  expect(authorizationStage(exchange)).toBeUndefined();
});
