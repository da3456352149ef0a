import { describe, expect, test } from '@jest/globals';

import type { TokenSource } from '../../../src/ir/jwt.ts';
import { extractTokens, mayCarryToken, type TokenRequest } from '../../../src/jwt/extract-token.ts';

const bearer: TokenSource = { kind: 'header', name: 'authorization', prefix: 'Bearer ' };
const query: TokenSource = { kind: 'query', name: 'access_token' };
const own: TokenSource = { kind: 'header', name: 'x-token', prefix: '' };
const prefixed: TokenSource = { kind: 'header', name: 'x-token', prefix: 'Token ' };

function requestOf(
  headers: Readonly<Record<string, readonly string[]>>,
  parameters: Readonly<Record<string, string>> = {},
): TokenRequest {
  return {
    headerLines: (name) => headers[name] ?? [],
    queryParameter: (name) => parameters[name],
  };
}

function textsOf(request: TokenRequest, ...sources: TokenSource[]): string[] {
  return extractTokens(request, sources).map(({ text }) => text);
}

describe('extractTokens: Authorization', () => {
  test.each([
    ['Bearer T', ['T']],
    ['Bearer   T', ['T']],
    ['Bearer : T', ['T']],
    ['Bearer "T"', ['T"']],
    ['Bearer T, x', ['T, x']],
    ['Bearer T; a', ['T; a']],
    ['Bearer T=', ['T=']],
    ['Basic eDp5, Bearer T', ['T']],
    ['Basic eDp5,Bearer T', ['T']],
    ['Bearer T, Basic eDp5', ['T, Basic eDp5']],
    ['Bearer :', ['Bearer :']],
    ['Bearer', []],
    ['', []],
    ['bearer T', []],
    ['BEARER T', []],
    ['Bearer\tT', []],
    ['Basic eDp5', []],
    ['T', []],
    ['xBearer T', []],
    ['Basic Bearer T', []],
    ['xBearer a, Bearer T', []],
  ])('%j gives %j', (value, expected) => {
    expect(textsOf(requestOf({ authorization: [value] }), bearer)).toEqual(expected);
  });

  test.each([
    [['Bearer a.b.c', 'Bearer d.e.f'], ['a.b.c,Bearer d.e.f']],
    [['Basic eDp5', 'Bearer T'], ['T']],
    [['Bearer T', 'Basic eDp5'], ['T,Basic eDp5']],
  ])('lines %j are joined first', (lines, expected) => {
    expect(textsOf(requestOf({ authorization: lines }), bearer)).toEqual(expected);
  });

  test('another prefix has to stand at the start as well', () => {
    const source: TokenSource = { kind: 'header', name: 'authorization', prefix: 'Token ' };
    expect(textsOf(requestOf({ authorization: ['Token T'] }), source)).toEqual(['T']);
    expect(textsOf(requestOf({ authorization: ['MyToken T'] }), source)).toEqual([]);
  });
});

describe('extractTokens: other places', () => {
  test('of other headers each line is a token, the last one first, and the prefix may stand anywhere', () => {
    expect(textsOf(requestOf({ 'x-token': ['a', 'b'] }), own)).toEqual(['b', 'a']);
    expect(textsOf(requestOf({ 'x-token': ['MyToken T', 'x'] }), prefixed)).toEqual(['T']);
  });

  test('an empty header and an empty parameter are tokens, of a bad form', () => {
    expect(textsOf(requestOf({ 'x-token': [''] }, { access_token: '' }), query, own)).toEqual([
      '',
      '',
    ]);
  });

  test('everything is found, in the order of the sources', () => {
    const request = requestOf(
      { authorization: ['Bearer H'], 'x-token': ['X'] },
      { access_token: 'Q' },
    );
    expect(extractTokens(request, [query, own, bearer])).toEqual([
      { text: 'Q', source: query },
      { text: 'X', source: own },
      { text: 'H', source: bearer },
    ]);
    expect(textsOf(requestOf({}), query, own, bearer)).toEqual([]);
  });
});

describe('mayCarryToken', () => {
  test.each<[TokenSource, TokenRequest, boolean]>([
    [bearer, requestOf({ authorization: ['Bearer T'] }), true],
    [bearer, requestOf({ authorization: ['Basic x', 'xBearer T'] }), true],
    [bearer, requestOf({ authorization: ['Basic x'] }), false],
    [bearer, requestOf({}), false],
    [own, requestOf({ 'x-token': [''] }), true],
    [query, requestOf({}, { access_token: '' }), true],
    [query, requestOf({}), false],
  ])('%j', (source, request, expected) => {
    expect(mayCarryToken(request, source)).toBe(expected);
  });
});
