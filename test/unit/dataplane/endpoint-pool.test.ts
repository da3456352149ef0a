import { describe, expect, test } from '@jest/globals';

import { EndpointPool, poolKey } from '../../../src/dataplane/endpoint-pool.ts';
import { cluster, startUpstream } from '../../support/gateway.ts';

const endpoint = { host: '10.0.0.1', port: 443, weight: 1 };
const parts = { secrets: {}, localAddresses: 'on' } as const;

describe('EndpointPool', () => {
  test('is closed by the last who lets go', () => {
    const one = new EndpointPool(cluster(1), endpoint, parts);
    const { pool } = one;
    one.hold();
    one.release();
    expect(pool.closed).toBe(false);
    one.release();
    expect(pool.closed).toBe(true);
  });

  test('writes IPv6 addresses in brackets', () => {
    expect(new EndpointPool(cluster(1), { ...endpoint, host: '::1' }, parts).label).toBe(
      '[::1]:443',
    );
  });

  test.each([
    [{ sni: 'own' }, { verify: true, sni: 'shared' }, 'own'],
    [{}, { verify: true, sni: 'shared' }, 'shared'],
    [{}, { verify: true }, '10.0.0.1'],
  ])('the server name of %j in a cluster with %j is %s', (own, tls, expected) => {
    const one = new EndpointPool(cluster(1, { tls }), { ...endpoint, ...own }, parts);
    expect(one.serverName).toBe(expected);
  });
});

test.each([
  ['localhost', 'off', 503],
  ['127.0.0.1', 'off', 503],
  ['::ffff:127.0.0.1', 'off', 503],
  ['169.254.169.254', 'loopback', 503],
  ['localhost', 'loopback', 200],
  ['127.0.0.1', 'loopback', 200],
] as const)('%s with local addresses %s: %i', async (host, localAddresses, status) => {
  let connections = 0;
  const upstream = await startUpstream((_request, response) => response.end());
  upstream.server.on('connection', () => (connections += 1));
  const pool = new EndpointPool(
    cluster(1),
    { ...endpoint, host, port: upstream.port },
    { secrets: {}, localAddresses },
  );
  const found = await pool.pool.request({ path: '/', method: 'GET' }).then(
    ({ statusCode }) => statusCode,
    ({ code }: { code: string }) => (code === 'EACCES' ? 503 : 0),
  );
  pool.release();
  await upstream.close();
  expect([found, connections]).toEqual([status, status === 200 ? 1 : 0]);
});

test('poolKey tells apart what connections differ in, and nothing else', () => {
  const key = poolKey(cluster(1), endpoint);
  expect(poolKey(cluster(2, { name: 'other' }), endpoint)).toBe(key);
  expect(poolKey(cluster(1, { tls: { verify: true } }), endpoint)).not.toBe(key);
  expect(poolKey(cluster(1, { maxConnections: 1 }), endpoint)).not.toBe(key);
  expect(poolKey(cluster(1), { ...endpoint, port: 444 })).not.toBe(key);
});
