import { afterEach, describe, expect, test } from '@jest/globals';

import type { Cluster } from '../../../src/ir/cluster.ts';
import type { Secrets } from '../../../src/ir/table.ts';
import {
  cluster,
  createScope,
  echo,
  exchangeBytes,
  lineValues,
  route,
  table,
  virtualHost,
  type Gateway,
} from '../../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

interface Copy {
  readonly headers: string[];
  readonly bytes: number;
}

interface ShadowParts {
  readonly hold?: boolean;
  readonly primary?: Partial<Cluster>;
  readonly next?: Partial<Cluster>;
  readonly secrets?: Secrets;
}

/** A gateway that copies all requests, and the copies; `hold` keeps their answers back. */
async function shadowed({ hold = false, primary = {}, next = {}, secrets = {} }: ShadowParts = {}) {
  const copies: Copy[] = [];
  const waiting: ((copy: Copy) => void)[] = [];
  const up = await scope.upstream(echo);
  const other = await scope.upstream((request, response) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => (bytes += chunk.length));
    request.on('end', () => {
      const copy = { headers: request.rawHeaders, bytes };
      const reader = waiting.shift();
      if (reader === undefined) copies.push(copy);
      else reader(copy);
      if (!hold) response.end('for nobody');
    });
  });
  const action = {
    kind: 'forward',
    destinations: [{ cluster: 'up', weight: 1 }],
    timeoutMs: 5000,
    shadow: { cluster: 'next', percent: 100 },
  } as const;
  const gateway = await scope.gateway(
    table(virtualHost({ routes: [route({ action })] }), [
      cluster(up.port, primary),
      cluster(other.port, { name: 'next', ...next }),
    ]),
    { secrets },
  );
  const copied = (): Promise<Copy> => {
    const copy = copies.shift();
    return copy ? Promise.resolve(copy) : new Promise((resolve) => waiting.push(resolve));
  };
  return { gateway, copies, copied };
}

async function post(gateway: Gateway, bytes: number): Promise<number> {
  const body = new Uint8Array(bytes);
  const response = await fetch(gateway.url(), { method: 'POST', body });
  await response.text();
  return response.status;
}

describe('a copy', () => {
  test('has a host of its own, with the port behind it', async () => {
    const { gateway, copied } = await shadowed();
    await exchangeBytes(
      gateway.port(),
      'GET / HTTP/1.1\r\nhost: a:81\r\nconnection: close\r\n\r\n',
    );
    expect(lineValues((await copied()).headers, 'host')).toEqual(['a-shadow:81']);
    await exchangeBytes(gateway.port(), 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    expect(lineValues((await copied()).headers, 'host')).toEqual(['a-shadow']);
  });

  test.each([5, 100_000, 1024 * 1024])('has the body of %i bytes', async (bytes) => {
    const { gateway, copied } = await shadowed();
    expect(await post(gateway, bytes)).toBe(200);
    expect((await copied()).bytes).toBe(bytes);
  });

  test('is not made of a larger one', async () => {
    const { gateway, copied, copies } = await shadowed();
    expect(await post(gateway, 1024 * 1024 + 1)).toBe(200);
    expect(await post(gateway, 7)).toBe(200);
    expect((await copied()).bytes).toBe(7);
    expect(copies).toEqual([]);
  });

  test('is not waited for, and takes no more than its cluster may have', async () => {
    const { gateway, copied, copies } = await shadowed({ hold: true, next: { maxConnections: 1 } });
    expect(await post(gateway, 5)).toBe(200);
    await copied();
    expect(await post(gateway, 5)).toBe(200);
    const failures = gateway.metrics.snapshot().upstreamFailures;
    expect(failures).toEqual([{ labels: ['next', 'overflow'], value: 1 }]);
    expect(copies).toEqual([]);
  });

  test('has no key of the model server that the request goes to', async () => {
    const llm = {
      provider: 'deepseek',
      credential: { kind: 'secret', secret: 'id' },
      authority: 'model.test',
    } as const;
    const secrets = { id: 'sk-of-the-gateway' };
    const { gateway, copied } = await shadowed({ primary: { llm }, secrets });
    await fetch(gateway.url(), { headers: { authorization: 'Bearer own' } });
    const { headers } = await copied();
    expect(JSON.stringify(headers)).not.toContain('sk-of-the-gateway');
    expect(lineValues(headers, 'authorization')).toEqual([]);
  });
});
