import { afterEach, describe, expect, test } from '@jest/globals';

import type { ForwardAction } from '../../../src/ir/table.ts';
import {
  cluster,
  createScope,
  echo,
  lineValues,
  matcher,
  route,
  table,
  virtualHost,
  type Seen,
} from '../../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

async function forwarded(more: Partial<ForwardAction>, path: string, init: RequestInit = {}) {
  const { port } = await scope.upstream(echo);
  const action: ForwardAction = {
    kind: 'forward',
    destinations: [{ cluster: 'up', weight: 1 }],
    timeoutMs: 0,
    ...more,
  };
  const host = virtualHost({ routes: [route({ action, matchers: [matcher('/api')] })] });
  const gateway = await scope.gateway(table(host, [cluster(port)]));
  return fetch(`${gateway.url()}${path}`, init);
}

describe('forward', () => {
  test.each([
    ['/api/x?q=1', '/v2', '/v2/x?q=1'],
    ['/api', '/v2', '/v2'],
    ['/api/x', undefined, '/api/x'],
  ])('%s with the rewrite %s arrives as %s', async (path, prefixRewrite, expected) => {
    const response = await forwarded(prefixRewrite === undefined ? {} : { prefixRewrite }, path);
    expect(((await response.json()) as Seen).url).toBe(expected);
  });

  test.each([
    ['GET', undefined, []],
    ['DELETE', undefined, []],
    ['POST', undefined, ['0']],
    ['POST', 'abc', ['3']],
  ])('%s with the body %s has the length %j', async (method, body, lengths) => {
    const response = await forwarded({}, '/api', { method, body: body ?? null });
    const seen = (await response.json()) as Seen;
    expect(seen.body).toBe(body ?? '');
    expect(lineValues(seen.headers, 'content-length')).toEqual(lengths);
  });

  test('no destination, an unknown one: 503 without a body', async () => {
    for (const destinations of [[], [{ cluster: 'gone', weight: 1 }]]) {
      const response = await forwarded({ destinations }, '/api');
      expect([response.status, await response.text()]).toEqual([503, '']);
    }
  });

  test('a rewrite that no request line can carry: 500, and the gateway goes on', async () => {
    const response = await forwarded({ prefixRewrite: '/\u{1f600} x' }, '/api');
    expect(response.status).toBe(500);
  });
});
