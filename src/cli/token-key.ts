import { createPublicKey, type KeyObject } from 'node:crypto';

import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';

import { AppError } from '../base/errors.ts';

/** A key with which tokens are signed or checked, and what a JWKS says of it. */
export interface TokenKey {
  readonly key: KeyObject;
  /** From the JWK it was read from; absent: the RFC 7638 thumbprint is used. */
  readonly kid?: string;
  /** From the JWK it was read from; absent: the usual one for the type of key. */
  readonly alg?: string;
}

const curveAlgorithms: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};

/** Algorithms (RFC 7518, RFC 8037) that a key can sign with, the usual one first; empty when it cannot sign tokens. */
export function algorithmsOf(key: KeyObject): readonly string[] {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
    case 'ec': {
      const algorithm = curveAlgorithms[key.asymmetricKeyDetails?.namedCurve ?? ''];
      return algorithm === undefined ? [] : [algorithm];
    }
    case 'ed25519':
      return ['EdDSA'];
    default:
      return [];
  }
}

/** The key that checks what the given one signs; a public key is its own. */
export function publicHalf(key: KeyObject): KeyObject {
  return key.type === 'private' ? createPublicKey(key) : key;
}

/** The public half as a member of a JWKS: with `kid`, `alg` and `use`. */
export async function publicJwk(tokenKey: TokenKey): Promise<JWK> {
  const { key } = tokenKey;
  const alg = tokenKey.alg ?? algorithmsOf(key)[0];
  if (alg === undefined) {
    const found = key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? key.type;
    const accepted = 'RSA, EC on P-256, P-384 or P-521, or Ed25519';
    throw new AppError('ERR_KEY', `a key for tokens: found ${found}, accepted ${accepted}`);
  }
  const jwk = await exportJWK(publicHalf(key));
  const kid = tokenKey.kid ?? (await calculateJwkThumbprint(jwk));
  return { ...jwk, kid, alg, use: 'sig' };
}

/** What is weak about a key, or undefined: RSA moduli below 2048 bits (NIST SP 800-131A, RFC 7518 3.3). */
export function weaknessOf(key: KeyObject): string | undefined {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits === undefined || bits >= 2048) return undefined;
  return `RSA with ${bits} bits is weak and is refused by default; use 2048 or more`;
}
