import { importJWK, jwtVerify } from 'jose';

import type { TrustedKey, World, WorldProvider } from './token-worlds.ts';

/** What a token is worth, by other code than the gateway's: jose checks the signature, this file the stricter rules. */
export interface Opinion {
  /** Name of the provider that takes it; undefined: none does. */
  readonly provider: string | undefined;
  /** Why none does, for the dump of a finding. */
  readonly why: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Judges a token that stands alone in a request. */
export async function judge(text: string, world: World, nowSeconds: number): Promise<Opinion> {
  const read = readToken(text);
  if (typeof read === 'string') return { provider: undefined, why: read, claims: {} };
  const reasons: string[] = [];
  for (const one of world.providers) {
    const reason =
      claimsReason(read, one, nowSeconds) ?? (await signatureReason(text, read, one, nowSeconds));
    if (reason === undefined) {
      return { provider: one.provider.name, why: '', claims: read.claims };
    }
    reasons.push(`${one.provider.name}: ${reason}`);
  }
  return { provider: undefined, why: reasons.join('; '), claims: read.claims };
}

interface ReadToken {
  readonly alg: string;
  readonly kid: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

const algs = /^(?:(?:RS|PS|ES|HS)(?:256|384|512)|EdDSA)$/;

/** Form, spelling, JSON and types; a text says what is wrong. */
function readToken(text: string): ReadToken | string {
  const parts = text.split('.');
  if (parts.length !== 3 || !parts.every(isBase64url)) return 'form';
  const [header, claims] = parts.slice(0, 2).map((part) => readJson(bytesOf(part)));
  if (!header || !claims) return 'JSON';
  const { alg, kid } = header;
  if (typeof alg !== 'string' || !algs.test(alg)) return 'alg';
  if (kid !== undefined && typeof kid !== 'string') return 'kid';
  if (Object.hasOwn(header, 'crit')) return 'crit';
  if (Object.hasOwn(header, 'b64') && header['b64'] !== true) return 'b64';
  return typesReason(claims) ?? { alg, kid: kid ?? '', claims };
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** One spelling for each sequence of bytes: nothing but the alphabet, and no bits that would be thrown away. */
function isBase64url(part: string): boolean {
  if (part === '' || Array.from(part).some((character) => !digits.includes(character)))
    return false;
  const last = digits.indexOf(part.at(-1)!);
  const spare = { 0: 0, 1: 64, 2: 16, 3: 4 }[part.length % 4]!;
  return spare === 0 || (spare < 64 && last % spare === 0);
}

function bytesOf(part: string): Buffer {
  return Buffer.from(part.replaceAll('-', '+').replaceAll('_', '/'), 'base64');
}

/** A JSON object without a member twice, 32 levels at most, all of it representable. */
function readJson(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const found = survey(value, 1);
    // Every string, or every string that is followed by a colon: as many as there are members.
    const names = text.match(/"(?:[^"\\]|\\.)*"(?:[ \t\r\n]*:)?/g) ?? [];
    const members = names.filter((name) => name.endsWith(':')).length;
    return found.sound && found.members === members ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

interface Survey {
  readonly sound: boolean;
  readonly members: number;
}

function survey(value: unknown, depth: number): Survey {
  if (typeof value === 'string') return { sound: value.isWellFormed(), members: 0 };
  if (typeof value === 'number') return { sound: Number.isFinite(value), members: 0 };
  if (typeof value !== 'object' || value === null) return { sound: true, members: 0 };
  if (depth > 32) return { sound: false, members: 0 };
  const names = Array.isArray(value) ? [] : Object.keys(value);
  const inner = Object.values(value).map((member: unknown) => survey(member, depth + 1));
  return {
    sound: inner.every(({ sound }) => sound) && names.every((name) => name.isWellFormed()),
    members: inner.reduce((sum, { members }) => sum + members, names.length),
  };
}

function typesReason(claims: Readonly<Record<string, unknown>>): string | undefined {
  for (const name of ['iss', 'sub', 'jti']) {
    if (Object.hasOwn(claims, name) && typeof claims[name] !== 'string') return name;
  }
  for (const name of ['iat', 'nbf', 'exp']) {
    const value = claims[name];
    const isTime = typeof value === 'number' && value >= 0 && value < 2 ** 64;
    if (Object.hasOwn(claims, name) && !isTime) return name;
  }
  if (!Object.hasOwn(claims, 'aud')) return undefined;
  return audiences(claims).every((one) => typeof one === 'string') ? undefined : 'aud';
}

function audiences({ aud }: Readonly<Record<string, unknown>>): readonly unknown[] {
  if (aud === undefined) return [];
  return Array.isArray(aud) ? aud : [aud];
}

function claimsReason(
  { claims }: ReadToken,
  { provider }: WorldProvider,
  nowSeconds: number,
): string | undefined {
  const { issuer, audiences: allowed, clockSkewSeconds: skew } = provider;
  if (issuer !== undefined && claims['iss'] !== issuer) return 'issuer';
  const time = (name: string): number | undefined =>
    Object.hasOwn(claims, name) ? Math.floor(Number(claims[name])) : undefined;
  const [nbf, exp] = [time('nbf'), time('exp')];
  if (nbf !== undefined && nbf - skew > nowSeconds) return 'not yet valid';
  if (exp !== undefined && nowSeconds - skew > exp) return 'expired';
  const isAllowed = audiences(claims).some((one) => allowed.includes(bareAudience(String(one))));
  return allowed.length === 0 || isAllowed ? undefined : 'audience';
}

/** Envoy's: a scheme in front and a slash at the end do not count. */
function bareAudience(audience: string): string {
  let bare = audience;
  for (const scheme of ['http://', 'https://']) {
    if (audience.startsWith(scheme)) bare = audience.slice(scheme.length);
  }
  return bare.endsWith('/') ? bare.slice(0, -1) : bare;
}

async function signatureReason(
  text: string,
  { alg, kid }: ReadToken,
  { trusted, provider }: WorldProvider,
  nowSeconds: number,
): Promise<string | undefined> {
  if (Buffer.byteLength(kid) > 256) return 'kid too long';
  const fitting = trusted.filter(
    (key) => key.algs.includes(alg) && (kid === '' || key.kid === undefined || key.kid === kid),
  );
  for (const key of fitting) {
    const options = {
      algorithms: [alg],
      currentDate: new Date(nowSeconds * 1000),
      // jose calls a token expired one second before Envoy does.
      clockTolerance: provider.clockSkewSeconds + 1,
    };
    const isGood = await jwtVerify(text, await imported(key, alg), options).then(
      () => true,
      () => false,
    );
    if (isGood) return undefined;
  }
  return fitting.length === 0 ? 'no key' : 'signature';
}

type JoseKey = Awaited<ReturnType<typeof importJWK>>;
const importedKeys = new Map<TrustedKey, Map<string, Promise<JoseKey>>>();

function imported(key: TrustedKey, alg: string): Promise<JoseKey> {
  const ofKey = importedKeys.get(key) ?? new Map<string, Promise<JoseKey>>();
  importedKeys.set(key, ofKey);
  const known = ofKey.get(alg) ?? importJWK({ ...key.jwk }, alg);
  ofKey.set(alg, known);
  return known;
}
