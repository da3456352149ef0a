import { describe, expect, test } from '@jest/globals';

import type { Exchange } from '../../../src/dataplane/exchange.ts';
import {
  addClaims,
  afterExtAuthStage,
  beforeExtAuthStage,
  claimHeadersStage,
  tokenRemovalStage,
  verifyRoute,
} from '../../../src/dataplane/stage-jwt.ts';
import { headStage, virtualHostStage } from '../../../src/dataplane/stage-request.ts';
import { routeStage } from '../../../src/dataplane/stage-route.ts';
import { exchangeFor } from '../../support/exchange.ts';
import { requireToken, route, table, virtualHost } from '../../support/gateway.ts';

function routed(token: string): Exchange {
  const host = virtualHost({ routes: [route({ jwt: requireToken })] });
  const exchange = exchangeFor(table(host), { headers: ['Authorization', `Bearer ${token}`] });
  headStage(exchange);
  virtualHostStage(exchange);
  routeStage(exchange);
  return exchange;
}

describe('verification', () => {
  test('a stage that is not set lets pass', () => {
    const exchange = routed('bad');
    expect(beforeExtAuthStage(exchange)).toBeUndefined();
    expect(exchange.verdict).toBe('none');
  });

  test('notes identity and the places of the token, and leaves it there', async () => {
    const exchange = routed('later:ann');
    expect(await afterExtAuthStage(exchange)).toBeUndefined();
    expect(exchange.identities).toMatchObject([{ provider: 'kc' }]);
    expect(exchange.spent).toMatchObject([{ name: 'authorization' }]);
    expect(exchange.headers).toEqual(['authorization', 'Bearer later:ann']);
  });

  test('a token that one stage has taken is none for the next', () => {
    const exchange = routed('user:ann');
    expect(afterExtAuthStage(exchange)).toBeUndefined();
    expect(afterExtAuthStage(exchange)).toMatchObject({ body: 'Jwt is missing' });
    const again = routed('user:ann');
    expect(afterExtAuthStage(again)).toBeUndefined();
    expect(verifyRoute(again, again.route!)).toBeUndefined();
  });
});

describe('claims', () => {
  test('become headers, and say so', () => {
    const exchange = routed('user:ann');
    expect(afterExtAuthStage(exchange)).toBeUndefined();
    claimHeadersStage(exchange);
    expect(exchange.claimed).toBe(true);
    expect(exchange.headers.slice(2)).toEqual(['x-user', 'ann']);
  });

  test('none, nothing', () => {
    const exchange = routed('user:ann');
    addClaims(exchange);
    expect(exchange.claimed).toBe(false);
  });
});

test('used tokens are taken out at last', () => {
  const exchange = routed('user:ann');
  expect(afterExtAuthStage(exchange)).toBeUndefined();
  tokenRemovalStage(exchange);
  expect(exchange.headers).toEqual([]);
});
