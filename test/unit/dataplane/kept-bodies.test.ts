import { afterEach, expect, test } from '@jest/globals';

import { cluster, createScope, route, table, virtualHost } from '../../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

const retry = {
  on: ['5xx'],
  statusCodes: [],
  retries: 1,
  baseIntervalMs: 1,
  maxIntervalMs: 1,
} as const;

/** How often the upstream, which always fails, is asked for each of two requests with a body of so many bytes. */
async function triesOf(bytes: number, replayTotalBytes: number): Promise<readonly number[]> {
  let asked = 0;
  const upstream = await scope.upstream((request, response) => {
    request.resume().on('end', () => {
      asked += 1;
      response.writeHead(503).end();
    });
  });
  const destinations = [{ cluster: 'up', weight: 1 }];
  const action = { kind: 'forward', destinations, timeoutMs: 5000, retry } as const;
  const gateway = await scope.gateway(
    table(virtualHost({ routes: [route({ action })] }), [cluster(upstream.port)]),
    { limits: { replayTotalBytes } },
  );
  const counts: number[] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    asked = 0;
    const response = await fetch(gateway.url(), { method: 'POST', body: Buffer.alloc(bytes) });
    expect(response.status).toBe(503);
    await gateway.nextLine();
    counts.push(asked);
  }
  return counts;
}

test.each([
  ['there is room for it, again when the one before is over', 100_000, 100_000, [2, 2]],
  ['there is none', 100_000, 99_999, [1, 1]],
  ['it is short', 60_000, 0, [2, 2]],
])('a body, where %s', async (_name, bytes, total, tries) => {
  expect(await triesOf(bytes, total)).toEqual(tries);
});
