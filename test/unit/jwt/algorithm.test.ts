import { describe, expect, test } from '@jest/globals';

import { algorithmOf, isSupportedAlgorithm } from '../../../src/jwt/algorithm.ts';

describe('algorithmOf', () => {
  test.each([
    ['RS256', 'rsa', 'sha256', 32],
    ['RS512', 'rsa', 'sha512', 64],
    ['PS384', 'rsa-pss', 'sha384', 48],
    ['ES512', 'ec', 'sha512', 64],
    ['HS256', 'hmac', 'sha256', 32],
    ['EdDSA', 'ed25519', null, 0],
  ])('%s', (name, kind, hash, hashBytes) => {
    expect(algorithmOf(name)).toEqual({ name, kind, hash, hashBytes });
  });

  test.each(['none', 'rs256', 'RS1', 'ES256K', 'Ed25519', '', 'toString'])('%j is none', (name) => {
    expect(algorithmOf(name)).toBeUndefined();
    expect(isSupportedAlgorithm(name)).toBe(false);
  });
});
