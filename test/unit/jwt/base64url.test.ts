import { describe, expect, test } from '@jest/globals';

import { decodeBase64url } from '../../../src/jwt/base64url.ts';

describe('decodeBase64url', () => {
  test.each([
    ['AA', '00'],
    ['-_-_', 'fbffbf'],
    ['aGVsbG8', '68656c6c6f'],
  ])('%s', (text, hex) => {
    expect(decodeBase64url(text)?.toString('hex')).toBe(hex);
  });

  test.each([
    ['nothing', ''],
    ['padding', 'AA=='],
    ['a space', 'aGVs bG8'],
    ['a newline', 'aGVsbG8\n'],
    ['plus and slash', 'a+b/'],
    ['spare bits in the last of two characters', 'AB'],
    ['spare bits in the last of three characters', 'AAB'],
    ['a single character', 'A'],
    ['five characters', 'AAAAA'],
    ['a dot', 'AA.A'],
    ['a letter that folds', '\u212aAAA'],
  ])('refuses %s', (_what, text) => {
    expect(decodeBase64url(text)).toBeUndefined();
  });
});
