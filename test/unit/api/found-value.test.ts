import { describe, expect, it } from '@jest/globals';
import { foundValue } from '../../../src/api/found-value.ts';

const jwt = 'eyJhbGciOiJSUzI1NiJ9.e30.x';

describe('what was found', () => {
  it.each([
    ['undefined', undefined, 'nothing'],
    ['null', null, 'null'],
    ['a list', [1, 2], 'a list of 2'],
    ['an object', {}, 'an object'],
    ['a number', 5, '5'],
    ['a boolean', true, 'true'],
    ['text', 'a\nb', String.raw`"a\nb"`],
    ['empty text', '', 'empty text'],
    ['long text', 'x'.repeat(100), `"${'x'.repeat(80)}…"`],
  ])('%s', (_title, value, words) => {
    expect(foundValue(value, ['spec', 'name'])).toBe(words);
  });
});

describe('secrets', () => {
  it.each([
    ['an inline key', ['authToken', 'inline'], 'abcdef'],
    ['a key where an object belongs', ['authToken'], 'abcdef'],
    ['a local key', ['jwks', 'local', 'key'], 'abcdef'],
    ['a key in place of jwks', ['jwks'], 'abcdef'],
    ['a public key', ['publicKey'], 'abcdef'],
    ['the data of a Secret', ['data', 'k'], 'abcdef'],
    ['a claim value', ['claims', 'team'], 'abcdef'],
  ])('%s is not told', (_title, segments, value) => {
    expect(foundValue(value, segments)).toBe('text of 6 characters');
  });

  it.each([
    ['an API key', 'sk-0123456789'],
    ['a token', jwt],
    ['a header', `Bearer ${jwt}`],
    ['a PEM block', '-----BEGIN PRIVATE KEY-----'],
    ['a JWK', '{"kty":"oct","k":"c2VjcmV0"}'],
  ])('%s is not told wherever it was written', (_title, value) => {
    expect(foundValue(value, ['spec', 'displayName'])).toBe(`text of ${value.length} characters`);
  });

  it('a number among them is not told either', () => {
    expect(foundValue(123, ['stringData', 'pin'])).toBe('a number');
  });
});
