import { createPublicKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto';

import type { ImportedKey } from '../ir/key-import.ts';
import type { VerificationKey } from '../ir/jwt.ts';

/** A key ready for node:crypto. Its type is fixed here: no token can have a public key taken for a shared secret. */
export interface PreparedKey {
  readonly kid: string | undefined;
  readonly kty: VerificationKey['kty'];
  readonly algorithms: readonly string[];
  readonly key: KeyObject;
  /** Length of every signature by this key; 0 for `oct`, where the algorithm decides. */
  readonly signatureBytes: number;
}

/** The keys of a set at one moment; a changed set is another snapshot with another generation. */
export interface KeySnapshot {
  readonly generation: number;
  readonly keys: readonly PreparedKey[];
}

let generations = 0;

/** Prepares keys; one that node:crypto does not take, or an `oct` whose secret is absent, is left out. */
export function createKeySnapshot(keys: readonly ImportedKey[]): KeySnapshot {
  generations += 1;
  return { generation: generations, keys: keys.flatMap((imported) => prepareKey(imported) ?? []) };
}

function prepareKey({ key, sharedSecret }: ImportedKey): PreparedKey | undefined {
  const { kid, kty, algorithms } = key;
  try {
    const object = kty === 'oct' ? secretKey(sharedSecret) : publicKey(key);
    return object && { kid, kty, algorithms, key: object, signatureBytes: signatureBytes(object) };
  } catch {
    // The import has reported it.
    return undefined;
  }
}

function secretKey(sharedSecret: string | undefined): KeyObject | undefined {
  return sharedSecret ? createSecretKey(Buffer.from(sharedSecret, 'base64url')) : undefined;
}

function publicKey({ kty, jwk }: VerificationKey): KeyObject {
  const key: JsonWebKey = { ...jwk, kty };
  return createPublicKey({ key, format: 'jwk' });
}

const curveBytes: Readonly<Record<string, number>> = {
  prime256v1: 64,
  secp384r1: 96,
  secp521r1: 132,
};

function signatureBytes(key: KeyObject): number {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined) return Math.ceil(modulusLength / 8);
  if (namedCurve !== undefined) return curveBytes[namedCurve] ?? 0;
  return key.asymmetricKeyType === 'ed25519' ? 64 : 0;
}
