import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { keysFolder, type GoldenToken } from './golden-story.ts';
import { encodePart, signToken, type TestKey } from './token-factory.ts';

const defaultLifeSeconds = 300;

/** What each key signs with, unless the token says otherwise. */
const algorithms: Readonly<Record<string, string>> = {
  rsa: 'RS256',
  'rsa-2': 'RS256',
  'rsa-weak': 'RS256',
  'ec-p256': 'ES256',
  'ec-p384': 'ES384',
  ed25519: 'EdDSA',
  oct: 'HS256',
};

/** Signs a token as its description says, however wrong that is. */
export function mintToken(token: GoldenToken, nowSeconds: number): string {
  const key = signingKey(token);
  const times = Object.entries(token.times ?? { exp: defaultLifeSeconds });
  const claims = Object.fromEntries(times.map(([name, after]) => [name, nowSeconds + after]));
  const header = token.headerText ?? headerOf(token, key);
  const payload = token.payloadText ?? { ...claims, ...token.payload };
  return tampered(signToken(key, payload, header), token.tamper);
}

function headerOf({ header }: GoldenToken, { alg, kid }: TestKey): object {
  const members = Object.entries({ alg, typ: 'JWT', kid, ...header });
  return Object.fromEntries(members.filter(([, value]) => value !== null));
}

function signingKey({ key = '', secretFrom, alg }: GoldenToken): TestKey {
  const base = { kid: secretFrom ?? key, jwk: {}, spki: '' };
  if (secretFrom !== undefined) {
    return { ...base, alg: alg ?? 'HS256', secret: readFileSync(join(keysFolder, secretFrom)) };
  }
  const known = algorithms[key];
  if (known === undefined) throw new Error(`no such key: ${key}`);
  if (key !== 'oct') return { ...base, alg: alg ?? known, privateKey: privateKey(key) };
  const { k } = JSON.parse(readFileSync(join(keysFolder, 'oct.jwk.json'), 'utf8')) as { k: string };
  return { ...base, alg: alg ?? known, secret: Buffer.from(k, 'base64url') };
}

const privateKeys = new Map<string, KeyObject>();

function privateKey(name: string): KeyObject {
  const known = privateKeys.get(name);
  if (known) return known;
  const key = createPrivateKey(readFileSync(join(keysFolder, `${name}.private.pem`)));
  privateKeys.set(name, key);
  return key;
}

type Tamper = NonNullable<GoldenToken['tamper']>;

interface Parts {
  readonly token: string;
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
  readonly bytes: Buffer;
  /** The token with other bytes as its signature. */
  readonly signed: (bytes: Buffer) => string;
}

const ways: Readonly<Record<Tamper, (parts: Parts) => string>> = {
  signature: ({ signed, bytes }) => signed(flipped(bytes)),
  payload: ({ header, payload, signature }) =>
    `${header}.${encodePart({ ...decoded(payload), admin: true })}.${signature}`,
  'no-signature': ({ header, payload }) => `${header}.${payload}.`,
  padding: ({ token }) => `${token}=`,
  'white-space': ({ header, payload, signature }) =>
    `${header}.${payload}.${signature.slice(0, 8)} ${signature.slice(8)}`,
  'spare-bits': ({ header, payload, signature }) =>
    `${header}.${payload}.${withSpareBit(signature)}`,
  'trailing-dot': ({ token }) => `${token}.`,
  'leading-dot': ({ token }) => `.${token}`,
  'extra-byte': ({ signed, bytes }) => signed(Buffer.concat([bytes, Buffer.alloc(1)])),
  'zero-signature': ({ signed, bytes }) => signed(Buffer.alloc(bytes.length)),
  der: ({ signed, bytes }) => signed(der(bytes)),
};

function tampered(token: string, how: GoldenToken['tamper']): string {
  if (how === undefined) return token;
  const [header = '', payload = '', signature = ''] = token.split('.');
  const signed = (bytes: Buffer): string => `${header}.${payload}.${encodePart(bytes)}`;
  const bytes = Buffer.from(signature, 'base64url');
  return ways[how]({ token, header, payload, signature, bytes, signed });
}

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[10] = (copy[10] ?? 0) ^ 1;
  return copy;
}

function decoded(part: string): object {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as object;
}

/** 64 and 256 bytes leave bits over in the last character: another one there decodes to the same bytes. */
function withSpareBit(signature: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet[alphabet.indexOf(signature.at(-1) ?? '') + 1] ?? '';
  const other = signature.slice(0, -1) + last;
  if (!Buffer.from(other, 'base64url').equals(Buffer.from(signature, 'base64url'))) {
    throw new Error('the signature has no spare bits');
  }
  return other;
}

/** r and s as two DER integers (X9.62), as other libraries write ECDSA signatures. */
function der(raw: Buffer): Buffer {
  const half = raw.length / 2;
  const parts = [raw.subarray(0, half), raw.subarray(half)].map(derInteger);
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

function derInteger(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const digits = bytes.subarray(start);
  const positive = (digits[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.alloc(1), digits]) : digits;
  return Buffer.concat([Buffer.from([0x02, positive.length]), positive]);
}
