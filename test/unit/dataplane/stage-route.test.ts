import { describe, expect, test } from '@jest/globals';

import { virtualHostStage, headStage } from '../../../src/dataplane/stage-request.ts';
import { routeByClaimsStage, routeStage } from '../../../src/dataplane/stage-route.ts';
import { exchangeFor } from '../../support/exchange.ts';
import { matcher, requireToken, route, table, virtualHost } from '../../support/gateway.ts';

const byUser = matcher('/', {
  headers: [{ name: 'x-user', kind: 'exact', value: 'ann', invert: false }],
});

function routed(jwt: Parameters<typeof route>[0] = {}) {
  const routes = [route({ name: 'ann', matchers: [byUser], ...jwt }), route({ name: 'rest' })];
  const exchange = exchangeFor(table(virtualHost({ routes, claimHeaders: ['x-user'] })));
  headStage(exchange);
  virtualHostStage(exchange);
  routeStage(exchange);
  return exchange;
}

describe('routeStage', () => {
  test('notes route and matcher, the first that fit', () => {
    const exchange = routed();
    expect(exchange.route?.route.name).toBe('rest');
    expect(exchange.matcher?.matcher.path.value).toBe('/');
  });

  test('none is 404', () => {
    const exchange = routed();
    exchange.virtualHost = { ...exchange.virtualHost!, routes: [] };
    expect(routeStage(exchange)?.status).toBe(404);
  });
});

describe('routeByClaimsStage', () => {
  test('does nothing without a claim, even if a header would fit now', () => {
    const exchange = routed();
    exchange.headers.push('x-user', 'ann');
    expect(routeByClaimsStage(exchange)).toBeUndefined();
    expect(exchange.route?.route.name).toBe('rest');
  });

  test('chooses anew with one', () => {
    const exchange = routed();
    exchange.headers.push('x-user', 'ann');
    exchange.claimed = true;
    expect(routeByClaimsStage(exchange)).toBeUndefined();
    expect(exchange.route?.route.name).toBe('ann');
  });

  test('where the new route verifies, claims of the former identity go', async () => {
    const routes = [
      route({ name: 'ann', matchers: [byUser], jwt: requireToken }),
      route({ name: 'rest' }),
    ];
    const host = virtualHost({ routes, claimHeaders: ['x-user', 'x-role'] });
    const exchange = exchangeFor(table(host), { headers: ['Authorization', 'Bearer user:bob'] });
    headStage(exchange);
    virtualHostStage(exchange);
    routeStage(exchange);
    exchange.headers.push('x-user', 'ann', 'x-role', 'admin');
    exchange.claimed = true;
    expect(await routeByClaimsStage(exchange)).toBeUndefined();
    expect(exchange.route?.route.name).toBe('ann');
    expect(exchange.headers).toEqual(['authorization', 'Bearer user:bob', 'x-user', 'bob']);
  });

  test('refuses where the new route verifies and there is no token', async () => {
    const exchange = routed({ jwt: requireToken });
    exchange.headers.push('x-user', 'ann');
    exchange.claimed = true;
    expect(await routeByClaimsStage(exchange)).toMatchObject({ status: 401 });
  });
});
