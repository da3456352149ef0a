import { describe, expect, test } from '@jest/globals';

import { createKeySnapshot } from '../../../src/jwt/key-snapshot.ts';
import { createTestKey } from '../../support/token-factory.ts';

const { kid, kty, ...jwk } = createTestKey('ES384').jwk;

describe('createKeySnapshot', () => {
  test('prepares keys and knows the length of their signatures', () => {
    const { keys } = createKeySnapshot([
      { key: { kid: kid!, kty: 'EC', algorithms: ['ES384'], jwk } },
      { key: { kty: 'oct', algorithms: ['HS256'], jwk: {} }, sharedSecret: 'AAAA' },
    ]);
    expect(kty).toBe('EC');
    expect(keys).toMatchObject([
      { kid, signatureBytes: 96, key: { type: 'public' } },
      { kid: undefined, signatureBytes: 0, key: { type: 'secret' } },
    ]);
  });

  test('leaves out what cannot be prepared', () => {
    const { keys } = createKeySnapshot([
      { key: { kty: 'EC', algorithms: ['ES384'], jwk: { ...jwk, x: 'AAAA' } } },
      { key: { kty: 'oct', algorithms: ['HS256'], jwk: {}, secret: 'gone' } },
    ]);
    expect(keys).toEqual([]);
  });

  test('each is of another generation', () => {
    expect(createKeySnapshot([]).generation).not.toBe(createKeySnapshot([]).generation);
  });
});
