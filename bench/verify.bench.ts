// What it costs to verify a token: jose, this project's verifier, and its cache of verified tokens.
import { importJWK, jwtVerify } from 'jose';
import { verify } from 'node:crypto';
import { systemClock } from '../src/base/clock.ts';
import { createLogger } from '../src/base/log.ts';
import type { JwtProvider, KeySet } from '../src/ir/jwt.ts';
import { createJwtEngine, prepareStage, type TokenRequest } from '../src/jwt/authenticate.ts';
import { importKeys } from '../src/jwt/import-keys.ts';
import { compareCosts } from './harness/costs.ts';
import { audience, createCredentials, issuer, type Credentials } from './harness/credentials.ts';

const tokenCount = 2000;

/** Compares the ways of verifying, RS256 with a key of 2048 bits. */
export async function bench(): Promise<void> {
  const credentials = createCredentials();
  const tokens = await credentials.tokens(tokenCount);
  const keySet = await localKeySet(credentials);
  const key = await importJWK(credentials.jwks.keys[0]!, 'RS256');
  const options = { issuer, audience, algorithms: ['RS256'] };
  await compareCosts([
    {
      name: 'jose.jwtVerify',
      count: tokenCount,
      repeat: async () => {
        for (const token of tokens) await jwtVerify(token, key, options);
      },
    },
    {
      name: 'the signature alone (node:crypto)',
      count: tokenCount,
      repeat: () => tokens.forEach((token) => checkSignature(token, credentials)),
    },
    {
      name: 'seekgate, first sight of a token',
      count: tokenCount,
      repeat: async () => {
        const stage = prepared(keySet);
        for (const token of tokens) await expectVerified(stage, token);
      },
    },
    ofCache('seekgate, the same token again', keySet, tokens.slice(0, 1)),
    ofCache(`seekgate, ${tokenCount} known tokens in turn`, keySet, tokens),
  ]);
}

function ofCache(name: string, keySet: KeySet, tokens: readonly string[]) {
  const stage = prepared(keySet);
  const count = 100_000;
  return {
    name,
    count,
    repeat: async () => {
      for (let turn = 0; turn < count; turn += 1) {
        const verdict = stage.authenticate(requestWith(tokens[turn % tokens.length]!));
        if (verdict instanceof Promise || verdict.kind !== 'verified') await fail();
      }
    },
  };
}

/** A new engine, whose cache is empty. */
function prepared(keySet: KeySet) {
  const engine = createJwtEngine({
    clock: systemClock,
    logger: createLogger('silent'),
    fetchJwks: () => Promise.reject(new Error('nothing is fetched here')),
  });
  engine.update({ [keySet.id]: keySet }, {});
  const provider: JwtProvider = {
    name: 'bench',
    issuer,
    audiences: [audience],
    keySet: keySet.id,
    sources: [{ kind: 'header', name: 'authorization', prefix: 'Bearer ' }],
    keepToken: false,
    claimsToHeaders: [],
    clockSkewSeconds: 60,
  };
  return prepareStage(
    { validation: 'REQUIRE_VALID', providers: ['bench'] },
    { bench: provider },
    engine,
  );
}

async function expectVerified(stage: ReturnType<typeof prepared>, token: string): Promise<void> {
  const verdict = await stage.authenticate(requestWith(token));
  if (verdict.kind !== 'verified') await fail();
}

function requestWith(token: string): TokenRequest {
  const lines = [`Bearer ${token}`];
  return {
    headerLines: (name) => (name === 'authorization' ? lines : []),
    queryParameter: () => undefined,
  };
}

async function localKeySet({ jwks }: Credentials): Promise<KeySet> {
  const { keys } = await importKeys(JSON.stringify(jwks), { allowWeakKeys: false });
  return { kind: 'local', id: 'bench', keys: keys.map(({ key }) => key) };
}

function checkSignature(token: string, { publicKey }: Credentials): void {
  const dot = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(dot + 1), 'base64url');
  if (!verify('sha256', Buffer.from(token.slice(0, dot)), publicKey, signature)) {
    throw new Error('a good token was refused');
  }
}

function fail(): Promise<never> {
  return Promise.reject(new Error('a good token was refused'));
}
