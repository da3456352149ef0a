import { constants, createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** A key pair, or a shared secret, with everything that tests want to know of it. */
export interface TestKey {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey?: KeyObject;
  readonly secret?: Buffer;
  /** The public key as a JWK with its `kid`; for a shared secret the JWK with `k`. */
  readonly jwk: Readonly<Record<string, string>>;
  readonly spki: string;
}

const families: Readonly<Record<string, () => { privateKey: KeyObject; publicKey: KeyObject }>> = {
  RS: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  Ed: () => generateKeyPairSync('ed25519'),
};

/** Makes a key for an algorithm; RSA takes a moment, so tests make each once. */
export function createTestKey(alg: string, kid = alg.toLowerCase()): TestKey {
  if (alg.startsWith('HS')) {
    const secret = Buffer.alloc(64, kid);
    const jwk = { kty: 'oct', kid, k: secret.toString('base64url') };
    return { alg, kid, secret, jwk, spki: '' };
  }
  const make = families[alg] ?? families[alg.slice(0, 2)];
  if (!make) throw new Error(`no such algorithm: ${alg}`);
  const { privateKey, publicKey } = make();
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid } as Record<string, string>;
  const spki = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { alg, kid, privateKey, jwk, spki };
}

/** base64url of a JSON value, or of a text or bytes as they are. */
export function encodePart(part: unknown): string {
  const bytes =
    typeof part === 'string' || part instanceof Uint8Array ? part : JSON.stringify(part);
  return Buffer.from(bytes).toString('base64url');
}

/** Signs by any header over any payload, both possibly not even JSON: node:crypto, so that nothing corrects them. */
export function signToken(
  key: TestKey,
  payload: unknown,
  header: unknown = { alg: key.alg, kid: key.kid },
): string {
  const signed = `${encodePart(header)}.${encodePart(payload)}`;
  return `${signed}.${signatureOf(key, Buffer.from(signed)).toString('base64url')}`;
}

function signatureOf({ alg, privateKey, secret }: TestKey, bytes: Buffer): Buffer {
  const hash = `sha${alg.slice(2)}`;
  if (secret) return createHmac(hash, secret).update(bytes).digest();
  if (!privateKey) throw new Error('the key cannot sign');
  if (alg === 'EdDSA') return sign(null, bytes, privateKey);
  if (alg.startsWith('ES'))
    return sign(hash, bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  if (alg.startsWith('RS')) return sign(hash, bytes, privateKey);
  return sign(hash, bytes, {
    key: privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  });
}
