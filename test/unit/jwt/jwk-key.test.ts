import { describe, expect, test } from '@jest/globals';

import { importKeys } from '../../../src/jwt/import-keys.ts';
import { importSummary, strict } from '../../support/import-summary.ts';
import { createTestKey } from '../../support/token-factory.ts';

const rsa = createTestKey('RS256');
const ec256 = createTestKey('ES256');
const ec384 = createTestKey('ES384');
const ec521 = createTestKey('ES512');
const ed = createTestKey('EdDSA');
const hs = createTestKey('HS256');
const rsaAll = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];

describe('importJwk', () => {
  test.each([
    ['RSA', rsa.jwk, 'RSA', rsaAll.join(' ')],
    ['RSA with alg', { ...rsa.jwk, alg: 'PS384' }, 'RSA', 'PS384'],
    ['P-256', ec256.jwk, 'EC', 'ES256'],
    ['P-384', ec384.jwk, 'EC', 'ES384'],
    ['P-521', ec521.jwk, 'EC', 'ES512'],
    ['Ed25519', ed.jwk, 'OKP', 'EdDSA'],
    ['a shared secret', hs.jwk, 'oct', 'HS256 HS384 HS512'],
    ['use sig', { ...rsa.jwk, use: 'sig', key_ops: ['verify'] }, 'RSA', rsaAll.join(' ')],
    ['members that nobody knows', { ...ec256.jwk, x5c: ['x'], foo: {} }, 'EC', 'ES256'],
  ])('a JWK: %s', async (_what, jwk, kty, algorithms) => {
    const expected = { keys: [[kty, 'kid' in jwk ? jwk.kid : '', algorithms]], findings: [] };
    expect(await importSummary(JSON.stringify(jwk))).toEqual(expected);
    expect(await importSummary(`\n${JSON.stringify({ keys: [jwk] })}\n`)).toEqual(expected);
  });

  test('a shared secret comes apart from its key', async () => {
    const { keys } = await importKeys(JSON.stringify(hs.jwk), strict);
    expect(keys[0]?.sharedSecret).toBe(hs.jwk.k);
    expect(keys[0]?.key.jwk).toEqual({});
  });

  test.each<[string, object, string]>([
    ['kty', { kty: 'DH' }, 'error InvalidKey kty: accepted RSA, EC, OKP or oct'],
    ['kty of an object', { kty: '__proto__' }, 'error InvalidKey kty: accepted'],
    ['crv', { ...ec256.jwk, crv: 'secp256k1' }, 'error InvalidKey crv: accepted P-256'],
    [
      'crv that is not the point’s',
      { ...ec256.jwk, crv: 'P-384' },
      'error InvalidKey found no valid EC key',
    ],
    ['Ed448', { ...ed.jwk, crv: 'Ed448' }, 'error InvalidKey crv: accepted Ed25519'],
    [
      'alg of another type',
      { ...rsa.jwk, alg: 'ES256' },
      'error InvalidKey alg: found another, accepted RS256',
    ],
    [
      'alg of another curve',
      { ...ec256.jwk, alg: 'ES384' },
      'error InvalidKey alg: found another, accepted ES256',
    ],
    ['alg HS256 on a public key', { ...rsa.jwk, alg: 'HS256' }, 'error InvalidKey alg:'],
    ['alg none', { ...rsa.jwk, alg: 'none' }, 'error InvalidKey alg:'],
    ['alg of a number', { ...rsa.jwk, alg: 5 }, 'error InvalidKey alg:'],
    ['kid', { ...rsa.jwk, kid: 5 }, 'error InvalidKey kid: found no text'],
    ['a member that is missing', { kty: 'RSA', e: 'AQAB' }, 'error InvalidKey n: found no text'],
    ['a member that is a number', { ...rsa.jwk, e: 65537 }, 'error InvalidKey e: found no text'],
    ['use', { ...rsa.jwk, use: 'enc' }, 'warning InvalidKey not used: use is not sig'],
    [
      'use and alg of encryption',
      { ...rsa.jwk, use: 'enc', alg: 'RSA-OAEP' },
      'warning InvalidKey not used: use',
    ],
    [
      'key_ops',
      { ...rsa.jwk, key_ops: ['encrypt'] },
      'warning InvalidKey not used: key_ops does not have',
    ],
    [
      'key_ops of a text',
      { ...rsa.jwk, key_ops: 'verify' },
      'warning InvalidKey not used: key_ops is no list',
    ],
    [
      'key_ops sign on a public key',
      { ...rsa.jwk, key_ops: ['sign'] },
      'warning InvalidKey not used: key_ops',
    ],
    ['k that is padded', { ...hs.jwk, k: 'AA==' }, 'error InvalidKey k:'],
    ['k that is empty', { ...hs.jwk, k: '' }, 'error InvalidKey k:'],
    ['k that is missing', { kty: 'oct' }, 'error InvalidKey k:'],
  ])('is not used for its %s', async (_what, jwk, message) => {
    const { keys, findings } = await importSummary(JSON.stringify(jwk));
    expect(keys).toEqual([]);
    expect(findings.join()).toContain(message);
  });

  test('of a private JWK only the public part is used', async () => {
    const jwk = { ...ec256.privateKey!.export({ format: 'jwk' }), key_ops: ['sign'] };
    const { keys, findings } = await importKeys(JSON.stringify(jwk), strict);
    expect(Object.keys(keys[0]!.key.jwk).sort()).toEqual(['crv', 'x', 'y']);
    expect(findings).toMatchObject([{ severity: 'warning', reason: 'InvalidKey' }]);
  });
});
