import { describe, expect, test } from '@jest/globals';

import { headStage, targetStage, virtualHostStage } from '../../../src/dataplane/stage-request.ts';
import { exchangeFor, type ExchangeSetting } from '../../support/exchange.ts';
import { table, virtualHost } from '../../support/gateway.ts';

const routing = table(
  virtualHost({ domains: ['a.example', 'b.example'], claimHeaders: ['x-user'] }),
);

describe('headStage', () => {
  test.each<[string, ExchangeSetting, number]>([
    ['TRACE', { method: 'TRACE' }, 405],
    ['M-SEARCH', { method: 'M-SEARCH' }, 400],
    ['QUERY', { method: 'QUERY' }, 400],
    ['two hosts', { headers: ['Host', 'a', 'Host', 'b'] }, 400],
    ['too many lines', { headers: Array.from({ length: 200 }, () => 'x-a') }, 431],
  ])('refuses %s', (_name, setting, status) => {
    expect(headStage(exchangeFor(routing, setting))).toMatchObject({ status, close: true });
  });

  test('notes what it read', () => {
    const exchange = exchangeFor(routing, { headers: ['X-A', '1', 'Content-Length', '5'] });
    expect(headStage(exchange)).toBeUndefined();
    expect(exchange).toMatchObject({ headers: ['x-a', '1'], hasBody: true, contentLength: 5 });
  });
});

describe('targetStage', () => {
  test('finds path, query and authority', () => {
    const exchange = exchangeFor(routing, { target: 'http://b.example/a/../b?c' });
    expect(targetStage(exchange)).toBeUndefined();
    expect(exchange).toMatchObject({ path: '/b', query: 'c', authority: 'b.example' });
  });

  test('bounds the length', () => {
    const long = exchangeFor(routing, { target: `/${'a'.repeat(8192)}` });
    expect(targetStage(long)?.status).toBe(414);
    expect(targetStage(exchangeFor(routing, { target: '/a#b' }))?.status).toBe(400);
  });
});

describe('virtualHostStage', () => {
  const found = (host: string) => {
    const exchange = exchangeFor(routing, { headers: ['Host', host, 'X-User', 'evil'] });
    headStage(exchange);
    return { denial: virtualHostStage(exchange), exchange };
  };

  test.each(['a.example', 'A.EXAMPLE', 'a.example.', 'a.example:8080'])('%s is served', (host) => {
    const { denial, exchange } = found(host);
    expect(denial).toBeUndefined();
    expect(exchange.virtualHost?.virtualHost.name).toBe('ns.host');
    expect(exchange.headers).toEqual([]);
  });

  test.each([
    ['c.example', 404],
    ['', 400],
    ['a.example,b.example', 400],
    ['user@a.example', 400],
  ])('%j is %i', (host, status) => {
    expect(found(host).denial?.status).toBe(status);
  });
});
