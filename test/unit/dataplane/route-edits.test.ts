import { afterEach, describe, expect, test } from '@jest/globals';

import type { HeaderChanges, HeaderValuePart } from '../../../src/ir/route-headers.ts';
import type { Route } from '../../../src/ir/table.ts';
import {
  cluster,
  createScope,
  echo,
  lineValues,
  requireToken,
  route,
  table,
  virtualHost,
  type Seen,
} from '../../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

const added = (name: string, ...value: readonly HeaderValuePart[]) => ({
  remove: [],
  add: [{ name, value, append: true }],
});

async function fetched(more: Partial<Route>, init: RequestInit = {}, path = '/x?access_token=t') {
  const { port } = await scope.upstream(echo);
  const host = virtualHost({ routes: [route(more)] });
  const gateway = await scope.gateway(table(host, [cluster(port)]), {
    secrets: { 'key@1': 'hunter2' },
  });
  return fetch(`${gateway.url()}${path}`, { redirect: 'manual', ...init });
}

const answer = (...value: readonly HeaderValuePart[]): readonly HeaderChanges[] => [
  { response: added('x-a', ...value) },
];

describe('answers', () => {
  test('of an upstream, with what the gateway says of the request', async () => {
    const headers = answer({ of: 'request', name: 'x-request-id' });
    const response = await fetched({ headers }, { headers: { 'x-request-id': 'r1' } });
    expect(response.headers.get('x-a')).toBe('r1');
    const generated = await fetched({ headers });
    expect(generated.headers.get('x-a')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('never repeat what was added for the upstream', async () => {
    const secret = { name: 'x-key', value: { secret: 'key@1' }, append: true };
    const request = { remove: [], add: [secret] };
    const headers = [
      { request, response: added('x-a', { of: 'request', name: 'x-key' } as const) },
    ];
    const response = await fetched({ headers }, { headers: { 'x-key': 'mine' } });
    expect(response.headers.get('x-a')).toBe('mine');
    const seen = (await response.json()) as Seen;
    expect(lineValues(seen.headers, 'x-key')).toEqual(['mine', 'hunter2']);
  });

  test('of a refusal hold no token of the query', async () => {
    const headers = answer({ of: 'request', name: ':path' });
    const response = await fetched({ headers, jwt: requireToken });
    expect([response.status, response.headers.get('x-a')]).toEqual([401, '/x']);
  });

  test('of the gateway itself: a redirect is changed, its refusal is not', async () => {
    const action = {
      kind: 'redirect',
      status: 301,
      host: 'b.test',
      https: false,
      stripQuery: true,
    } as const;
    const moved = await fetched({ headers: answer('1'), action });
    expect([moved.status, moved.headers.get('x-a')]).toEqual([301, '1']);
    const refused = await fetched({ headers: answer('1'), action, jwt: requireToken });
    expect([refused.status, refused.headers.get('x-a')]).toEqual([401, null]);
  });

  test('what a refusal says of itself stays', async () => {
    const headers = [{ response: added('www-authenticate', 'Basic') }];
    const response = await fetched({ headers, jwt: requireToken });
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm=/);
    expect(response.headers.get('content-type')).toBe('text/plain');
  });
});

test('of several shares each has its own changes', async () => {
  const share = (name: string, weight: number) => ({
    cluster: 'up',
    weight,
    headers: { request: added('x-share', name) },
  });
  const destinations = [share('a', 1), share('b', 0)];
  const action = { kind: 'forward', destinations, timeoutMs: 0 } as const;
  const seen = (await (await fetched({ action })).json()) as Seen;
  expect(lineValues(seen.headers, 'x-share')).toEqual(['a']);
});
