import { createLogger } from '../../src/base/log.ts';
import type {
  JwtProvider,
  JwtStage,
  KeySet,
  TokenSource,
  ValidationPolicy,
} from '../../src/ir/jwt.ts';
import {
  createJwtEngine,
  prepareStage,
  type JwtEngine,
  type PreparedStage,
  type StageVerdict,
  type TokenRequest,
} from '../../src/jwt/authenticate.ts';
import { importKeys } from '../../src/jwt/import-keys.ts';
import type { JwksResponse } from '../../src/jwt/remote-key-set.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createTestKey, type TestKey } from './token-factory.ts';

/** The key that signs good tokens, and one that does not. */
export const key = createTestKey('ES256', 'one');
export const other = createTestKey('ES256', 'two');
export const ed = createTestKey('EdDSA', 'ed');

/** Seconds at which every fake clock starts. */
export const now = Math.floor(createFakeClock().now() / 1000);

export const bearer: TokenSource = { kind: 'header', name: 'authorization', prefix: 'Bearer ' };
export const parameter: TokenSource = { kind: 'query', name: 'access_token' };
export const custom: TokenSource = { kind: 'header', name: 'x-token', prefix: '' };

/** A provider that takes tokens with {@link claims}. */
export const provider = (parts: Partial<JwtProvider> = {}): JwtProvider => ({
  name: 'kc',
  issuer: 'https://issuer.test',
  audiences: ['api'],
  keySet: 'set',
  sources: [parameter, bearer],
  keepToken: false,
  claimsToHeaders: [{ claim: 'sub', header: 'x-sub', append: false }],
  clockSkewSeconds: 60,
  ...parts,
});

export const claims = (parts: object = {}): object => ({
  iss: 'https://issuer.test',
  aud: 'api',
  sub: 'me',
  exp: now + 300,
  ...parts,
});

export async function setOf(id: string, ...keys: TestKey[]): Promise<KeySet> {
  const imported = await importKeys(jwksOf(...keys).body, { allowWeakKeys: false });
  return { kind: 'local', id, keys: imported.keys.map((one) => one.key) };
}

/** A JWKS document, as a server answers with it. */
export function jwksOf(...keys: TestKey[]): JwksResponse {
  return { status: 200, body: JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }) };
}

export interface StageSetup {
  readonly providers?: Readonly<Record<string, JwtProvider>>;
  readonly validation?: ValidationPolicy;
  readonly isGeneric?: boolean;
  readonly keySets?: Readonly<Record<string, KeySet>>;
  readonly fetchJwks?: () => Promise<JwksResponse>;
}

export interface TestStage {
  readonly clock: FakeClock;
  readonly engine: JwtEngine;
  /** What was logged. */
  readonly lines: readonly string[];
  readonly stage: PreparedStage;
}

/** A stage with an engine of its own: by default one provider whose key is {@link key}. */
export async function setup(parts: StageSetup = {}): Promise<TestStage> {
  const { providers = { kc: provider() }, validation = 'REQUIRE_VALID' } = parts;
  const clock = createFakeClock();
  const lines: string[] = [];
  const engine = createJwtEngine({
    clock,
    logger: createLogger('debug', { write: (line) => lines.push(line) }),
    fetchJwks: parts.fetchJwks ?? (() => Promise.reject(new Error('down'))),
    random: () => 0,
  });
  engine.update(parts.keySets ?? { set: await setOf('set', key) }, {});
  const generic = parts.isGeneric === true ? { errorDetail: 'generic' as const } : {};
  const stage: JwtStage = { validation, ...generic, providers: Object.keys(providers) };
  return { clock, engine, lines, stage: prepareStage(stage, providers, engine) };
}

export function request(
  headers: Readonly<Record<string, string | readonly string[]>> = {},
  query: Readonly<Record<string, string>> = {},
): TokenRequest {
  return {
    headerLines: (name) => [headers[name] ?? []].flat(),
    queryParameter: (name) => query[name],
  };
}

export const withBearer = (token: string): TokenRequest =>
  request({ authorization: `Bearer ${token}` });

/** A verdict in one line. */
export function answer(verdict: StageVerdict): string {
  if (verdict.kind === 'denied') return `${verdict.status} ${verdict.body}`;
  return verdict.kind === 'verified' ? `verified ${verdict.identity.provider}` : 'anonymous';
}

/** What becomes of a bearer token. */
export async function ask(token: string, parts: StageSetup = {}): Promise<string> {
  return answer(await (await setup(parts)).stage.authenticate(withBearer(token)));
}
