import { afterEach, describe, expect, test } from '@jest/globals';

import type { RetryPolicy } from '../../../src/ir/retry.ts';
import type { ForwardAction } from '../../../src/ir/table.ts';
import {
  cluster,
  createScope,
  exchangeBytes,
  route,
  table,
  virtualHost,
} from '../../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

const retry: RetryPolicy = {
  on: ['5xx'],
  statusCodes: [],
  retries: 2,
  baseIntervalMs: 1,
  maxIntervalMs: 1,
};

/** Bodies and counts that the upstream saw; it answers by the list, the last for all that follow. */
async function tried(statuses: readonly (number | 'cut')[], more: Partial<ForwardAction> = {}) {
  const seen: { body: string; count: string }[] = [];
  const upstream = await scope.upstream((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const status = statuses[Math.min(seen.length, statuses.length - 1)] ?? 200;
      seen.push({
        body: Buffer.concat(chunks).toString(),
        count: String(request.headers['x-envoy-attempt-count']),
      });
      if (status === 'cut') request.socket.destroy();
      else response.writeHead(status).end(`try ${seen.length}`);
    });
  });
  const destinations = [{ cluster: 'up', weight: 1 }];
  const action = { kind: 'forward', destinations, timeoutMs: 5000, retry, ...more } as const;
  const host = virtualHost({ routes: [route({ action })] });
  const gateway = await scope.gateway(table(host, [cluster(upstream.port)]));
  return { seen, gateway };
}

const attemptCount = { request: true, response: true };

describe('tries', () => {
  test('the client sees the first answer that is good', async () => {
    const { seen, gateway } = await tried([503, 'cut', 200], { attemptCount });
    const response = await fetch(gateway.url());
    expect([response.status, await response.text()]).toEqual([200, 'try 3']);
    expect(response.headers.get('x-envoy-attempt-count')).toBe('3');
    expect(seen.map(({ count }) => count)).toEqual(['1', '2', '3']);
  });

  test('or the last one, as it is', async () => {
    const { gateway } = await tried([500]);
    const response = await fetch(gateway.url());
    expect([response.status, await response.text()]).toEqual([500, 'try 3']);
    expect(response.headers.get('x-envoy-attempt-count')).toBeNull();
  });

  test.each([
    ['a short body', 'content-length: 5\r\n\r\nhello'],
    ['a body in chunks', 'transfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n'],
  ])('%s is sent with each', async (_title, rest) => {
    const { seen, gateway } = await tried([503, 200]);
    const head = 'POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n';
    expect(await exchangeBytes(gateway.port(), head + rest)).toContain('200 OK');
    expect(seen.map(({ body }) => body)).toEqual(['hello', 'hello']);
  });

  test('a body of a mebibyte is sent again, a larger one is not', async () => {
    const { seen, gateway } = await tried([503, 200, 503]);
    const limit = 1024 * 1024;
    const small = await fetch(gateway.url(), { method: 'POST', body: Buffer.alloc(limit) });
    const large = await fetch(gateway.url(), { method: 'POST', body: Buffer.alloc(limit + 1) });
    expect([small.status, large.status]).toEqual([200, 503]);
    expect(seen.map(({ body }) => body.length)).toEqual([limit, limit, limit + 1]);
  });

  test('more than three at a time are not under way for one cluster', async () => {
    const waiting = { ...retry, baseIntervalMs: 3_600_000, maxIntervalMs: 3_600_000 };
    const { gateway } = await tried([503], { retry: waiting, timeoutMs: 1500 });
    const asked = Array.from({ length: 8 }, () => fetch(gateway.url()));
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    // Those that wait for their retry run into the time of the route, the others are told the fault at once.
    expect(statuses.filter((status) => status === 504)).toHaveLength(3);
    expect(statuses.filter((status) => status === 503)).toHaveLength(5);
  });

  test('the time of the route also ends the wait for the next', async () => {
    const slow = { ...retry, baseIntervalMs: 3_600_000, maxIntervalMs: 3_600_000 };
    const { gateway, seen } = await tried([503], { retry: slow, timeoutMs: 1500 });
    const response = await fetch(gateway.url());
    expect([response.status, await response.text()]).toEqual([504, 'upstream request timeout']);
    expect(seen).toHaveLength(1);
  });

  test('a client that leaves ends the wait', async () => {
    const slow = { ...retry, baseIntervalMs: 3_600_000, maxIntervalMs: 3_600_000 };
    const { gateway, seen } = await tried([503], { retry: slow });
    const aborting = new AbortController();
    const asked = fetch(gateway.url(), { signal: aborting.signal }).catch(() => undefined);
    while (seen.length === 0) await new Promise((resolve) => void setTimeout(resolve, 5));
    aborting.abort();
    await asked;
    expect(await gateway.nextLine()).toMatchObject({ aborted: true, status: 0 });
    expect(gateway.metrics.snapshot().inFlight).toBe(0);
  });
});
