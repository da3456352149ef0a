import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';

import { algorithmsOf, publicJwk, weaknessOf } from '../../../src/cli/token-key.ts';

const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

describe('token key', () => {
  it.each([
    ['RSA', rsa, 'RS256', ['e', 'kty', 'n']],
    ['P-256', ec('P-256'), 'ES256', ['crv', 'kty', 'x', 'y']],
    ['P-384', ec('P-384'), 'ES384', ['crv', 'kty', 'x', 'y']],
    ['P-521', ec('P-521'), 'ES512', ['crv', 'kty', 'x', 'y']],
    ['Ed25519', generateKeyPairSync('ed25519').privateKey, 'EdDSA', ['crv', 'kty', 'x']],
  ])('signs by %s with %3$s', async (_type, key, alg, members) => {
    expect(algorithmsOf(key)[0]).toBe(alg);
    const jwk = await publicJwk({ key });
    expect(jwk).toMatchObject({ alg, use: 'sig', kid: expect.stringMatching(/^[\w-]{43}$/) });
    expect(Object.keys(jwk).sort()).toEqual([...members, 'alg', 'kid', 'use'].sort());
  });

  it('keeps the kid and alg that a JWK came with', async () => {
    expect(await publicJwk({ key: rsa, kid: 'k1', alg: 'PS512' })).toMatchObject({
      kid: 'k1',
      alg: 'PS512',
    });
  });

  it.each([
    ['secp256k1', ec('secp256k1')],
    ['rsa-pss', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey],
    ['x25519', generateKeyPairSync('x25519').privateKey],
  ])('refuses %s, which tokens do not use', async (found, key) => {
    await expect(publicJwk({ key })).rejects.toMatchObject({
      code: 'ERR_KEY',
      message: expect.stringContaining(`found ${found}, accepted RSA, EC on P-256`),
    });
  });

  it('calls RSA below 2048 bits weak', () => {
    expect(weaknessOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)).toContain(
      'RSA with 1024 bits is weak',
    );
    expect(weaknessOf(rsa)).toBeUndefined();
  });
});
