import { describe, expect, test } from '@jest/globals';

import type { Call } from '../../../src/dataplane/call.ts';
import { cookieValue, requestHash } from '../../../src/dataplane/request-hash.ts';
import type { HashPolicy } from '../../../src/ir/balancer.ts';

function callWith(hash: readonly HashPolicy[] | undefined, headers: readonly string[], port = 1) {
  const action = { kind: 'forward', destinations: [], timeoutMs: 0, ...(hash && { hash }) };
  const answerLines: string[] = [];
  const call = {
    answerLines,
    request: {
      socket: {
        remoteAddress: '10.0.0.9',
        remotePort: port,
        localAddress: '10.0.0.1',
        localPort: 80,
      },
    },
    exchange: { headers, connection: { peer: '10.0.0.9' }, route: { route: { action } } },
  } as unknown as Call;
  return { hash: requestHash(call), answerLines };
}

const header = (name: string, terminal = false): HashPolicy => ({ kind: 'header', name, terminal });
const cookie = (ttlSeconds?: number, path?: string): HashPolicy => ({
  kind: 'cookie',
  name: 'sid',
  terminal: false,
  ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
  ...(path === undefined ? {} : { path }),
});

describe('requestHash', () => {
  test.each([
    ['no policies', undefined, ['x-user', 'a']],
    ['an absent header', [header('x-user')], ['x-other', 'a']],
    ['an absent cookie without ttl', [cookie()], ['cookie', 'a=b']],
  ])('%s: no hash', (_name, policies, headers) => {
    expect(callWith(policies, headers)).toEqual({ hash: undefined, answerLines: [] });
  });

  test('one value, one hash; another value, another hash', () => {
    const of = (value: string) => callWith([header('x-user')], ['x-user', value]).hash;
    expect(of('a')).toBe(of('a'));
    expect(of('a')).not.toBe(of('b'));
    expect(of('a')).toBeGreaterThanOrEqual(0);
  });

  test('all of them count, up to a terminal one that has something', () => {
    const of = (terminal: boolean, headers: readonly string[]) =>
      callWith([header('x-a', terminal), header('x-b')], headers).hash;
    expect(of(false, ['x-a', '1', 'x-b', '1'])).not.toBe(of(false, ['x-a', '1', 'x-b', '2']));
    expect(of(true, ['x-a', '1', 'x-b', '1'])).toBe(of(true, ['x-a', '1', 'x-b', '2']));
    expect(of(true, ['x-b', '1'])).not.toBe(of(true, ['x-b', '2']));
    // The place of a value is part of it.
    expect(of(false, ['x-a', '1'])).not.toBe(of(false, ['x-b', '1']));
  });

  test('the address of the client', () => {
    const policy: HashPolicy = { kind: 'sourceIp', terminal: false };
    expect(callWith([policy], [], 1).hash).toBe(callWith([policy], [], 2).hash);
  });

  test('a cookie that is there is used, and none is set', () => {
    const found = callWith([cookie(60)], ['cookie', 'x=1; sid=abc']);
    expect(found.answerLines).toEqual([]);
    expect(found.hash).toBe(callWith([cookie(60)], ['cookie', 'sid="abc"']).hash);
  });

  test.each([
    [60, '/p', 'Max-Age=60; Path=/p; HttpOnly'],
    [0, undefined, 'HttpOnly'],
  ])('a cookie for %i s at %s is made', (ttl, path, attributes) => {
    const { hash, answerLines } = callWith([cookie(ttl, path)], []);
    const [name, line = ''] = answerLines;
    expect(name).toBe('set-cookie');
    const [, value = ''] = /^sid="([0-9a-f]{16})"; (?=M|H)/.exec(line) ?? [];
    expect(line).toBe(`sid="${value}"; ${attributes}`);
    // What the client brings back next time leads to the same endpoint.
    expect(callWith([cookie(ttl, path)], ['cookie', `sid=${value}`]).hash).toBe(hash);
  });
});

test.each([
  ['a=1', '1'],
  ['b=0;a=1', '1'],
  ['b=0; a = 1 ;c', '1'],
  ['a="1"', '1'],
  ['a="', '"'],
  ['a=1; a=2', '1'],
  ['a=', ''],
  ['aa=1', undefined],
  ['a', undefined],
])('cookie %s', (line, expected) => {
  expect(cookieValue(['cookie', line], 'a')).toBe(expected);
});
