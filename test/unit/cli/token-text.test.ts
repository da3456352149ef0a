import { describe, expect, it } from '@jest/globals';

import { readToken } from '../../../src/cli/token-text.ts';

const part = (text: string): string => Buffer.from(text).toString('base64url');
const good = `${part('{"alg":"none"}')}.${part('{"sub":"a"}')}.`;

describe('token text', () => {
  it.each([
    ['plain', good],
    ['with spaces and a line end', `  ${good}\n`],
    ['with Bearer', `Bearer ${good}`],
    ['as a whole header', `Authorization: Bearer ${good}`],
  ])('reads a token %s', (_title, input) => {
    expect(readToken(input)).toEqual({
      header: { alg: 'none' },
      payload: { sub: 'a' },
      signature: '',
      compact: good,
    });
  });

  it.each([
    ['nothing', ' \n', 'the input is empty'],
    ['one word', 'abc', 'found 1 part(s)'],
    ['four parts', 'a.b.c.d', 'found 4 part(s)'],
    ['an encrypted token', 'a.b.c.d.e', 'an encrypted token (JWE)'],
    ['a header in other characters', good.replace('e', '+'), 'header is not base64url'],
    ['a header without JSON', `${part('{')}.${part('{}')}.x`, 'header is not JSON'],
    [
      'a payload that is a list',
      `${part('{}')}.${part('[]')}.x`,
      'payload is JSON, but not an object',
    ],
    ['an empty payload', `${part('{}')}..x`, 'payload is not base64url'],
  ])('says in words why %s is no token', (_title, input, words) => {
    expect(readToken(input)).toEqual(expect.stringContaining(words));
  });
});
