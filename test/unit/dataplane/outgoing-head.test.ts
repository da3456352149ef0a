import { afterEach, expect, test } from '@jest/globals';

import type { HostRewrite } from '../../../src/ir/rewrite.ts';
import {
  cluster,
  createScope,
  echo,
  lineValues,
  route,
  table,
  virtualHost,
  type Seen,
} from '../../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

async function fetched(host: HostRewrite, more: Parameters<typeof cluster>[1] = {}) {
  const { port } = await scope.upstream(echo);
  const destinations = [{ cluster: 'up', weight: 1 }];
  const action = { kind: 'forward', destinations, timeoutMs: 0, host } as const;
  const changes = { remove: [], add: [{ name: 'x-to', value: ['a b'], append: false }] };
  const headers = [{ request: changes }];
  const one = virtualHost({ routes: [route({ action, headers })] });
  const gateway = await scope.gateway(table(one, [cluster(port, more)]));
  return fetch(gateway.url());
}

const seenHost = async (response: Response): Promise<readonly string[]> =>
  lineValues(((await response.json()) as Seen).headers, 'host');

test('another Host', async () => {
  const to = { kind: 'literal', value: 'b.test' } as const;
  expect(await seenHost(await fetched({ to, appendForwarded: false }))).toEqual(['b.test']);
});

test('what the route itself adds may be no Host: 400', async () => {
  const to = { kind: 'header', name: 'x-to' } as const;
  expect((await fetched({ to, appendForwarded: false })).status).toBe(400);
});

test('a model server is called by its own name', async () => {
  const to = { kind: 'literal', value: 'b.test' } as const;
  const llm = { provider: 'openai', credential: { kind: 'none' }, authority: 'm.test' } as const;
  const response = await fetched({ to, appendForwarded: true }, { llm });
  const { headers } = (await response.json()) as Seen;
  expect(lineValues(headers, 'host')).toEqual(['m.test']);
  expect(lineValues(headers, 'x-forwarded-host')).toEqual([expect.stringMatching(/^127\.0\.0\.1/)]);
});
