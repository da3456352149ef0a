import { describe, expect, test } from '@jest/globals';

import type { KeySet } from '../../../src/ir/jwt.ts';
import { prepareStage } from '../../../src/jwt/authenticate.ts';
import {
  answer,
  claims,
  ed,
  jwksOf,
  key,
  now,
  other,
  provider,
  setOf,
  setup,
  withBearer,
} from '../../support/jwt-stage.ts';
import { signToken } from '../../support/token-factory.ts';

describe('createProviderCheck: the cache', () => {
  test('the second time nothing is verified', async () => {
    const { engine, stage } = await setup();
    const token = signToken(key, claims());
    const first = await stage.authenticate(withBearer(token));
    expect(await stage.authenticate(withBearer(token))).toEqual(first);
    expect(engine.stats()).toMatchObject({ cacheEntries: 1, cacheHits: 1, cacheMisses: 1 });
  });

  test('a cached token expires to the second, skew included', async () => {
    const { clock, stage } = await setup();
    const token = signToken(key, claims({ exp: now - 50 }));
    expect(answer(await stage.authenticate(withBearer(token)))).toBe('verified kc');
    clock.advance(10_999);
    expect(answer(await stage.authenticate(withBearer(token)))).toBe('verified kc');
    clock.advance(1);
    expect(answer(await stage.authenticate(withBearer(token)))).toBe('401 Jwt is expired');
  });

  test('failures are not cached', async () => {
    const { clock, engine, stage } = await setup();
    const token = signToken(key, claims({ nbf: now + 61 }));
    expect(answer(await stage.authenticate(withBearer(token)))).toBe('401 Jwt not yet valid');
    expect(engine.stats().cacheEntries).toBe(0);
    clock.advance(1000);
    expect(answer(await stage.authenticate(withBearer(token)))).toBe('verified kc');
  });

  test('changed keys are in force at once', async () => {
    const { engine, stage } = await setup();
    const token = signToken(key, claims());
    await stage.authenticate(withBearer(token));
    engine.update({ set: await setOf('set', other) }, {});
    expect(answer(await stage.authenticate(withBearer(token)))).toBe(
      "401 Jwks doesn't have key to match kid or alg from Jwt",
    );
  });

  test('what one provider verified is not there for another', async () => {
    const { engine, stage } = await setup();
    const token = signToken(key, claims());
    await stage.authenticate(withBearer(token));
    const strict = prepareStage(
      { validation: 'REQUIRE_VALID', providers: ['kc'] },
      { kc: provider({ audiences: ['else'] }) },
      engine,
    );
    expect(answer(await strict.authenticate(withBearer(token)))).toBe(
      '403 Audiences in Jwt are not allowed',
    );
  });

  test('close forgets', async () => {
    const { engine, stage } = await setup();
    await stage.authenticate(withBearer(signToken(key, claims())));
    engine.close();
    expect(engine.stats().cacheEntries).toBe(0);
  });
});

describe('createProviderCheck: keys from the network', () => {
  const remote: KeySet = {
    kind: 'remote',
    id: 'set',
    url: 'https://issuer.test/jwks',
    cacheDurationMs: 300_000,
  };
  test('a request waits for the first fetch, and does not wait any more then', async () => {
    const { stage } = await setup({
      keySets: { set: remote },
      fetchJwks: () => Promise.resolve(jwksOf(key)),
    });
    const token = signToken(key, claims());
    const waiting = stage.authenticate(withBearer(token));
    expect(waiting).toBeInstanceOf(Promise);
    expect(answer(await waiting)).toBe('verified kc');
    expect(stage.authenticate(withBearer(token))).not.toBeInstanceOf(Promise);
  });

  test('a token that fails before its signature does not wait', async () => {
    const { stage } = await setup({
      keySets: { set: remote },
      fetchJwks: () => new Promise(() => undefined),
    });
    expect(stage.authenticate(withBearer(signToken(key, claims({ aud: 'x' }))))).toMatchObject({
      status: 403,
    });
  });

  test('when the fetch fails: 401, at once from then on', async () => {
    const { engine, stage } = await setup({ keySets: { set: remote } });
    const token = signToken(key, claims());
    expect(answer(await stage.authenticate(withBearer(token)))).toBe(
      '401 Jwks remote fetch is failed',
    );
    expect(stage.authenticate(withBearer(token))).toMatchObject({ reason: 'jwt_keys_unavailable' });
    await engine.settled();
    expect(engine.keySetStates()).toMatchObject({ set: { state: 'failed' } });
  });

  test('an unknown kid fetches anew, once in 30 seconds; others do not wait', async () => {
    let fetches = 0;
    let document = jwksOf(key);
    const { clock, engine, stage } = await setup({
      keySets: { set: remote },
      fetchJwks: () => {
        fetches += 1;
        return Promise.resolve(document);
      },
    });
    await engine.settled();
    document = jwksOf(key, other);
    const rolled = withBearer(signToken(other, claims()));
    expect(answer(await stage.authenticate(rolled))).toContain("doesn't have key");
    expect(fetches).toBe(1);
    clock.advance(30_000);
    const waiting = stage.authenticate(rolled);
    expect(waiting).toBeInstanceOf(Promise);
    expect(stage.authenticate(withBearer(signToken(key, claims())))).toMatchObject({
      kind: 'verified',
    });
    expect(answer(await waiting)).toBe('verified kc');
    const unknown = withBearer(signToken(ed, claims(), { alg: 'ES256', kid: 'nobody' }));
    expect(stage.authenticate(unknown)).toMatchObject({ reason: 'jwt_no_key' });
    expect(fetches).toBe(2);
  });

  test('a kid that stays unknown waits for one fetch only', async () => {
    let fetches = 0;
    const { clock, engine, stage } = await setup({
      keySets: { set: remote },
      fetchJwks: () => {
        fetches += 1;
        return Promise.resolve(jwksOf(key));
      },
    });
    await engine.settled();
    clock.advance(30_000);
    const verdicts = await Promise.all(
      ['x', 'y', 'z'].map(async (kid) =>
        stage.authenticate(withBearer(signToken(other, claims(), { alg: 'ES256', kid }))),
      ),
    );
    expect(verdicts.map(answer)).toEqual(
      Array(3).fill("401 Jwks doesn't have key to match kid or alg from Jwt"),
    );
    expect(fetches).toBe(2);
  });

  test('a token with another signature under a known kid does not fetch', async () => {
    let fetches = 0;
    const { clock, engine, stage } = await setup({
      keySets: { set: remote },
      fetchJwks: () => {
        fetches += 1;
        return Promise.resolve(jwksOf(key));
      },
    });
    await engine.settled();
    clock.advance(30_000);
    const forged = signToken(other, claims(), { alg: 'ES256', kid: 'one' });
    expect(stage.authenticate(withBearer(forged))).toMatchObject({ reason: 'jwt_signature' });
    expect(fetches).toBe(1);
  });
});
