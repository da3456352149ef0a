import {
  createPrivateKey,
  createPublicKey,
  X509Certificate,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { AppError, messageOf } from '../base/errors.ts';
import type { TokenKey } from './token-key.ts';

const pemBlock = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;
const accepted = 'a PEM key or certificate, a JWK or a JWKS';

/** Every key of a file: PEM (private, public, certificate), one JWK, or a JWKS. Never empty; errors repeat no key material. */
export async function readKeyFile(path: string): Promise<readonly TokenKey[]> {
  try {
    return parseKeys(await readFile(path, 'utf8'));
  } catch (thrown) {
    throw new AppError('ERR_KEY', `${path}: ${messageOf(thrown)}`, thrown);
  }
}

/** The same for a text. */
export function parseKeys(text: string): readonly TokenKey[] {
  const keys = text.includes('-----BEGIN ') ? pemKeys(text) : jsonKeys(text);
  if (keys.length === 0) throw new AppError('ERR_KEY', `no key in it, accepted ${accepted}`);
  return keys;
}

function pemKeys(text: string): readonly TokenKey[] {
  return [...text.matchAll(pemBlock)].flatMap(([pem, label = '']) => {
    // `openssl ecparam -genkey` writes the curve as a block of its own before the key.
    if (label === 'EC PARAMETERS') return [];
    return [{ key: readPem(pem, label) }];
  });
}

/** OpenSSL's own text ("DECODER routines::unsupported") helps nobody. */
function readPem(pem: string, label: string): KeyObject {
  try {
    return pemKey(pem, label);
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    throw new AppError(
      'ERR_KEY',
      `the block ${label} is damaged or no key of a known type`,
      thrown,
    );
  }
}

function pemKey(pem: string, label: string): KeyObject {
  if (label === 'ENCRYPTED PRIVATE KEY' || pem.includes('Proc-Type: 4,ENCRYPTED')) {
    const hint = 'decrypt it first: openssl pkey -in FILE -out PLAIN.pem';
    throw new AppError('ERR_KEY', `the private key is encrypted; ${hint}`);
  }
  if (label === 'CERTIFICATE') return new X509Certificate(pem).publicKey;
  if (label.endsWith('PRIVATE KEY')) return createPrivateKey(pem);
  if (label.endsWith('PUBLIC KEY')) return createPublicKey(pem);
  throw new AppError('ERR_KEY', `a PEM block: found ${label}, accepted a key or a certificate`);
}

function jsonKeys(text: string): readonly TokenKey[] {
  const document = parseJson(text);
  const members = isRecord(document) && Array.isArray(document.keys) ? document.keys : [document];
  return members.map((member: unknown) => jwkKey(member));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('ERR_KEY', `neither PEM nor JSON, accepted ${accepted}`);
  }
}

function jwkKey(jwk: unknown): TokenKey {
  if (!isRecord(jwk) || typeof jwk.kty !== 'string') {
    throw new AppError('ERR_KEY', `JSON without kty, accepted ${accepted}`);
  }
  if (jwk.kty === 'oct')
    throw new AppError('ERR_KEY', 'a shared secret (kty oct) has no public half');
  const input = { key: jwk as JsonWebKey, format: 'jwk' } as const;
  return {
    key: 'd' in jwk ? createPrivateKey(input) : createPublicKey(input),
    ...(typeof jwk.kid === 'string' ? { kid: jwk.kid } : {}),
    ...(typeof jwk.alg === 'string' ? { alg: jwk.alg } : {}),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
