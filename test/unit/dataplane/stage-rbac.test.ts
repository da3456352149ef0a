import { expect, test } from '@jest/globals';

import { Trace } from '../../../src/base/trace.ts';
import { authorizationStage } from '../../../src/dataplane/stage-rbac.ts';
import type { Route } from '../../../src/ir/table.ts';
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

test('policies for models leave it to what is read later, but where nothing is forwarded', () => {
  const [admins] = rbac.policies;
  const policies = [{ ...admins, models: ['deepseek-flash'] }];
  const exchangeOf = (more: Partial<Route>) => {
    const one = route({ rbac: { policies }, ...more });
    const exchange = exchangeFor(table(virtualHost({ routes: [one] })));
    exchange.route = exchange.listener.find('a')?.routes[0];
    exchange.identities = [{ provider: 'kc', claims: { role: 'admin' }, headers: [] }];
    exchange.trace = new Trace();
    return exchange;
  };
  const forwarded = exchangeOf({});
  expect(authorizationStage(forwarded)).toBeUndefined();
  expect(forwarded.models).toEqual(new Set(['deepseek-flash']));
  forwarded.trace?.end('rbac', 'pass');
  expect(forwarded.trace?.steps.at(-1)?.notes).toEqual([
    'policy admins: allows models deepseek-flash, by claims role',
  ]);
  const direct = exchangeOf({ action: { kind: 'direct', status: 200, body: '' } });
  expect(authorizationStage(direct)?.status).toBe(403);
});
