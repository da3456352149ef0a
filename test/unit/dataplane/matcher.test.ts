import { describe, expect, test } from '@jest/globals';

import { compileMatcher, type MatchInput } from '../../../src/dataplane/matcher.ts';
import type { HeaderMatch, Matcher, PathMatch, QueryMatch } from '../../../src/ir/matcher.ts';
import { matcher } from '../../support/gateway.ts';

const input: MatchInput = {
  method: 'POST',
  path: '/v1/chat',
  query: 'a=1&b&a=2',
  authority: 'a.example',
  headers: ['x-a', '1', 'x-b', '', 'x-a', '2'],
};
const matches = (more: Partial<Matcher>): boolean => compileMatcher(matcher('/', more))(input);

describe('paths', () => {
  const path = (kind: PathMatch['kind'], value: string, caseSensitive = true): PathMatch => ({
    kind,
    value,
    caseSensitive,
  });

  test.each([
    [path('prefix', '/'), true],
    [path('prefix', '/v1'), true],
    [path('prefix', '/v1/chats'), false],
    [path('prefix', '/V1'), false],
    [path('prefix', '/V1', false), true],
    [path('exact', '/v1/chat'), true],
    [path('exact', '/v1/chat/'), false],
    [path('exact', '/V1/CHAT', false), true],
    [path('exact', '/V1', false), false],
    [path('regex', '/v./[a-z]+'), true],
    [path('regex', '/v1'), false],
    [path('regex', '.*chat'), true],
  ])('%j: %j', (one, expected) => {
    expect(matches({ path: one })).toBe(expected);
  });

  test.each([
    ['/v1', true, true],
    ['/v1/chat', true, true],
    ['/v1/cha', true, false],
    ['/V1', true, false],
    ['/V1', false, true],
    ['/V1/CHA', false, false],
  ])('by segments, %s, case counts %s: %s', (value, caseSensitive, expected) => {
    expect(matches({ path: { ...path('prefix', value, caseSensitive), bySegment: true } })).toBe(
      expected,
    );
  });
});

describe('headers', () => {
  const header = (
    name: string,
    kind: HeaderMatch['kind'],
    value = '',
    invert = false,
  ): HeaderMatch => ({ name, kind, value, invert });

  test.each([
    [header('x-a', 'present'), true],
    [header('x-b', 'present'), true],
    [header('x-c', 'present'), false],
    [header('x-c', 'present', '', true), true],
    [header('x-a', 'present', '', true), false],
    [header('x-a', 'exact', '1,2'), false],
    [header('x-a', 'exact', '1'), true],
    [header('x-a', 'exact', '2'), true],
    [header('x-a', 'exact', '1', true), false],
    [header('x-a', 'exact', '3', true), true],
    [header('x-c', 'exact', '1', true), false],
    [header('x-a', 'regex', '1.2'), false],
    [header('x-a', 'regex', '[2-9]'), true],
    [header('x-a', 'regex', '[2-9]', true), false],
    [header('x-c', 'regex', '1', true), false],
    [header(':method', 'exact', 'POST'), true],
    [header(':path', 'exact', '/v1/chat?a=1&b&a=2'), true],
    [header(':authority', 'exact', 'a.example'), true],
    [header('host', 'exact', 'a.example'), true],
    [header(':scheme', 'present'), false],
  ])('%j: %j', (one, expected) => {
    expect(matches({ headers: [one] })).toBe(expected);
  });
});

describe('query parameters', () => {
  const parameter = (name: string, kind: QueryMatch['kind'], value = ''): QueryMatch => ({
    name,
    kind,
    value,
  });

  test.each([
    [parameter('b', 'present'), true],
    [parameter('c', 'present'), false],
    [parameter('a', 'exact', '1'), true],
    [parameter('a', 'exact', '2'), false],
    [parameter('b', 'exact', ''), true],
    [parameter('a', 'regex', '[0-9]'), true],
    [parameter('c', 'regex', '.*'), false],
  ])('%j: %j', (one, expected) => {
    expect(matches({ query: [one] })).toBe(expected);
  });
});

describe('together', () => {
  test('methods are alternatives and exact', () => {
    expect(matches({ methods: ['GET', 'POST'] })).toBe(true);
    expect(matches({ methods: ['GET', 'post'] })).toBe(false);
  });

  test('everything has to match', () => {
    const query = [{ name: 'b', kind: 'present', value: '' } as const];
    expect(matches({ query, methods: ['POST'] })).toBe(true);
    expect(matches({ query, methods: ['GET'] })).toBe(false);
  });
});
