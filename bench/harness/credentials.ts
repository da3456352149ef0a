import { generateKeyPairSync, sign, type JsonWebKey, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** Issuer of every token of the benches. */
export const issuer = 'https://issuer.bench.test';
/** Audience of every token of the benches. */
export const audience = 'seekgate-bench';
/** The claim that authorization asks for. */
export const role = 'developer';

/** An RSA key of 2048 bits: what signs, and the JWKS that verifies. */
export interface Credentials {
  readonly jwks: { readonly keys: readonly JsonWebKey[] };
  readonly publicKey: KeyObject;
  /** Tokens that differ in `sub`. */
  readonly tokens: (count: number, roleClaim?: string) => Promise<string[]>;
}

const signRs256 = promisify(sign);

/** A fresh key with tokens of it that are good for an hour. */
export function createCredentials(): Credentials {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'RS256', use: 'sig' };
  return {
    jwks: { keys: [jwk] },
    publicKey,
    tokens: (count, roleClaim = role) =>
      Promise.all(Array.from({ length: count }, (_, index) => token(privateKey, index, roleClaim))),
  };
}

async function token(key: KeyObject, index: number, roleClaim: string): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: issuer,
    aud: audience,
    sub: `user-${index}`,
    iat: now,
    exp: now + 3600,
    role: roleClaim,
  };
  const signed = `${encoded({ alg: 'RS256', typ: 'JWT', kid: 'bench' })}.${encoded(claims)}`;
  const signature = await signRs256('sha256', Buffer.from(signed), key);
  return `${signed}.${signature.toString('base64url')}`;
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
