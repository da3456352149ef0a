import { importJWK } from 'jose';

import type { ImportedKey, ImportKeys, KeyFinding } from '../ir/key-import.ts';
import type { VerificationKey } from '../ir/jwt.ts';
import { algorithmOf } from './algorithm.ts';
import { decodeBase64url } from './base64url.ts';
import { finding, remark } from './key-finding.ts';
import { rsaWeakness, secretBytes, secretWeakness, weakKey } from './key-strength.ts';
import type { JsonObject } from './strict-json.ts';

type ImportOptions = Parameters<ImportKeys>[1];

interface KeyType {
  readonly kty: VerificationKey['kty'];
  /** Members of the public key. */
  readonly members: readonly string[];
  /** The algorithms the type allows; undefined: not this curve. */
  readonly algorithms: (jwk: JsonObject) => readonly string[] | undefined;
  /** What `algorithms` did not take. */
  readonly curves?: string;
}

const curveAlgorithms: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['P-256', ['ES256']],
  ['P-384', ['ES384']],
  ['P-521', ['ES512']],
]);
const rsaAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];

const keyTypes: ReadonlyMap<unknown, KeyType> = new Map<unknown, KeyType>([
  ['RSA', { kty: 'RSA', members: ['n', 'e'], algorithms: () => rsaAlgorithms }],
  [
    'EC',
    {
      kty: 'EC',
      members: ['crv', 'x', 'y'],
      algorithms: ({ crv }) => curveAlgorithms.get(crv),
      curves: 'P-256, P-384 or P-521',
    },
  ],
  [
    'OKP',
    {
      kty: 'OKP',
      members: ['crv', 'x'],
      algorithms: ({ crv }) => (crv === 'Ed25519' ? ['EdDSA'] : undefined),
      curves: 'Ed25519',
    },
  ],
  ['oct', { kty: 'oct', members: [], algorithms: () => ['HS256', 'HS384', 'HS512'] }],
]);

/**
 * Reads one JWK (RFC 7517, 7518, 8037). Its type, curve and `alg` decide which algorithms it may verify, `use` and
 * `key_ops` whether it may at all. Only public members are kept.
 */
export async function importJwk(
  jwk: JsonObject,
  label: string,
  options: ImportOptions,
): Promise<readonly (ImportedKey | KeyFinding)[]> {
  const type = keyTypes.get(jwk.kty);
  if (!type) return [finding('kty: accepted RSA, EC, OKP or oct', label)];
  const unfit = purposeFault(jwk);
  if (unfit !== undefined) return [remark(`not used: ${unfit}`, label)];
  const { kid } = jwk;
  if (kid !== undefined && typeof kid !== 'string') {
    return [finding('kid: found no text, accepted a text', label)];
  }
  const ofType = type.algorithms(jwk);
  if (!ofType) return [finding(`crv: accepted ${type.curves ?? ''}`, label)];
  const { alg } = jwk;
  if (alg !== undefined && !ofType.some((name) => name === alg)) {
    return [finding(`alg: found another, accepted ${ofType.join(', ')} for this key`, label)];
  }
  const algorithms = typeof alg === 'string' ? [alg] : ofType;
  const key = { ...(kid ? { kid } : {}), kty: type.kty, algorithms };
  if (type.kty === 'oct') return importSecret(jwk, key, { label, options });
  return importPublic(jwk, { key, members: type.members }, { label, options });
}

type KeyHead = Pick<VerificationKey, 'kid' | 'kty' | 'algorithms'>;

interface ImportScope {
  readonly label: string;
  readonly options: ImportOptions;
}

async function importPublic(
  jwk: JsonObject,
  { key, members }: { readonly key: KeyHead; readonly members: readonly string[] },
  { label, options }: ImportScope,
): Promise<readonly (ImportedKey | KeyFinding)[]> {
  const kept: Record<string, string> = {};
  for (const member of members) {
    const value = jwk[member];
    if (typeof value !== 'string') {
      return [finding(`${member}: found no text, accepted base64url`, label)];
    }
    kept[member] = value;
  }
  try {
    await importJWK({ ...kept, kty: key.kty }, key.algorithms[0]);
  } catch {
    // The error could repeat what the key holds.
    return [finding(`found no valid ${key.kty} key in its members`, label)];
  }
  const remarks = isPrivate(jwk)
    ? [remark('a private key: only its public part is used, and it should not be here', label)]
    : [];
  const weakness = key.kty === 'RSA' ? rsaWeakness(kept.n ?? '', kept.e ?? '') : undefined;
  const imported = { key: { ...key, jwk: kept } };
  if (weakness === undefined) return [...remarks, imported];
  const weak = weakKey(weakness, label, options.allowWeakKeys);
  return options.allowWeakKeys ? [...remarks, weak, imported] : [...remarks, weak];
}

/** A shared secret may verify the algorithms whose hash is not longer than it (RFC 7518 section 3.2). */
function importSecret(
  { k }: JsonObject,
  key: KeyHead,
  { label, options }: ImportScope,
): readonly (ImportedKey | KeyFinding)[] {
  const bytes = typeof k === 'string' ? decodeBase64url(k) : undefined;
  if (typeof k !== 'string' || !bytes) {
    return [finding('k: found no base64url text, accepted one without padding', label)];
  }
  const imported = (algorithms: readonly string[]): ImportedKey => ({
    key: { ...key, algorithms, jwk: {} },
    sharedSecret: k,
  });
  const fitting = key.algorithms.filter((name) => hashBytes(name) <= bytes.length);
  if (fitting.length === key.algorithms.length) return [imported(fitting)];
  if (options.allowWeakKeys) {
    const needed = Math.max(...key.algorithms.map(hashBytes));
    return [
      weakKey(secretWeakness(bytes.length, needed) ?? '', label, true),
      imported(key.algorithms),
    ];
  }
  if (fitting.length > 0) {
    const only = `a shared secret of ${bytes.length} bytes is used for ${fitting.join(', ')} only`;
    return [weakKey(only, label, true), imported(fitting)];
  }
  const needed = Math.max(secretBytes, hashBytes(key.algorithms[0] ?? ''));
  return [weakKey(secretWeakness(bytes.length, needed) ?? '', label, false)];
}

function hashBytes(algorithm: string): number {
  return algorithmOf(algorithm)?.hashBytes ?? 0;
}

/** Why the owner of a key does not want signatures to be verified with it; undefined when nothing says so. */
function purposeFault(jwk: JsonObject): string | undefined {
  const { use, key_ops: operations } = jwk;
  if (use !== undefined && use !== 'sig') return 'use is not sig';
  if (operations === undefined) return undefined;
  if (!Array.isArray(operations)) return 'key_ops is no list';
  // Of a private key, what signs with it also verifies with its public part.
  const permitted =
    operations.includes('verify') || (isPrivate(jwk) && operations.includes('sign'));
  return permitted ? undefined : 'key_ops does not have verify';
}

function isPrivate(jwk: JsonObject): boolean {
  return jwk.kty !== 'oct' && 'd' in jwk;
}
