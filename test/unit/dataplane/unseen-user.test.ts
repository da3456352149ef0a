import { afterEach, expect, test } from '@jest/globals';

import type { UserIsolation } from '../../../src/ir/llm.ts';
import { cluster, createScope, table, virtualHost } from '../../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

test.each<[string, UserIsolation | undefined, string, number]>([
  ['POST', { disabled: false }, '/other', 403],
  ['POST', { disabled: true }, '//v1/chat/completions', 403],
  ['POST', undefined, '/other', 200],
  ['GET', { disabled: false }, '/user/balance', 200],
])('%s with isolation %j to %s: %i', async (method, isolation, path, status) => {
  let asked = 0;
  const server = await scope.upstream((_request, response) => {
    asked += 1;
    response.end('{}');
  });
  const plain = { provider: 'deepseek', authority: 'a', credential: { kind: 'none' } } as const;
  const llm = isolation === undefined ? plain : { ...plain, isolation };
  const gateway = await scope.gateway(table(virtualHost(), [cluster(server.port, { llm })]));
  const init = method === 'POST' ? { method, body: '{"user_id":"mallory"}' } : {};
  const response = await fetch(gateway.url() + path, init);
  expect(response.status).toBe(status);
  await response.text();
  expect(asked).toBe(status === 200 ? 1 : 0);
});
