import { describe, expect, test } from '@jest/globals';

import type { KeySet } from '../../../src/ir/jwt.ts';
import {
  answer,
  ask,
  bearer,
  claims,
  ed,
  key,
  now,
  other,
  provider,
  request,
  setOf,
  setup,
  withBearer,
} from '../../support/jwt-stage.ts';
import { encodePart, signToken } from '../../support/token-factory.ts';

describe('createProviderCheck: answers', () => {
  test('a good token is verified, its claims and headers come with it', async () => {
    const { stage } = await setup();
    const verdict = stage.authenticate(withBearer(signToken(key, claims())));
    expect(verdict).toEqual({
      kind: 'verified',
      identity: {
        provider: 'kc',
        claims: claims(),
        headers: [{ name: 'x-sub', value: 'me', append: false }],
      },
      strip: [bearer],
      taken: [bearer],
    });
  });

  test('without a token: missing, and no word of an invalid one', async () => {
    const { stage } = await setup();
    expect(stage.authenticate(request())).toEqual({
      kind: 'denied',
      status: 401,
      body: 'Jwt is missing',
      invalidToken: false,
      reason: 'jwt_missing',
      detail: 'kc: Jwt is missing',
    });
  });

  test('a bad token is told as invalid', async () => {
    const { stage } = await setup();
    expect(stage.authenticate(withBearer('x'))).toMatchObject({
      invalidToken: true,
      reason: 'jwt_malformed',
    });
  });

  test.each<[string, object, string]>([
    ['another issuer', { iss: 'https://issuer.test/' }, '401 Jwt issuer is not configured'],
    ['no issuer', { iss: undefined }, '401 Jwt issuer is not configured'],
    ['nbf in the skew', { nbf: now + 60 }, 'verified kc'],
    ['nbf behind the skew', { nbf: now + 61 }, '401 Jwt not yet valid'],
    ['nbf in milliseconds', { nbf: now * 1000 }, '401 Jwt not yet valid'],
    ['exp in the skew', { exp: now - 60 }, 'verified kc'],
    ['exp behind the skew', { exp: now - 61 }, '401 Jwt is expired'],
    ['exp 0', { exp: 0 }, '401 Jwt is expired'],
    ['exp 1', { exp: 1 }, '401 Jwt is expired'],
    ['no exp', { exp: undefined }, 'verified kc'],
    ['exp in milliseconds', { exp: 1646635611301 }, 'verified kc'],
    ['iat in the future', { iat: now + 9999 }, 'verified kc'],
    ['no audience', { aud: undefined }, '403 Audiences in Jwt are not allowed'],
    ['an empty list of audiences', { aud: [] }, '403 Audiences in Jwt are not allowed'],
    ['another audience', { aud: ['api2', 'x'] }, '403 Audiences in Jwt are not allowed'],
    ['an audience as URL', { aud: ['x', 'https://api/'] }, 'verified kc'],
  ])('%s', async (_what, parts, expected) => {
    expect(await ask(signToken(key, claims(parts)))).toBe(expected);
  });

  test.each<[string, object, string]>([
    ['issuer before nbf', { iss: 'x', nbf: now + 999 }, '401 Jwt issuer is not configured'],
    ['nbf before exp', { nbf: now + 999, exp: 1 }, '401 Jwt not yet valid'],
    ['exp before aud', { exp: 1, aud: 'x' }, '401 Jwt is expired'],
    ['aud before the key', { aud: 'x' }, '403 Audiences in Jwt are not allowed'],
  ])('order of the checks: %s', async (_what, parts, expected) => {
    expect(await ask(signToken(other, claims(parts)))).toBe(expected);
  });

  test.each<[string, string, string]>([
    [
      'an unknown kid',
      signToken(other, claims()),
      "401 Jwks doesn't have key to match kid or alg from Jwt",
    ],
    [
      'an alg that the key does not take',
      signToken(ed, claims(), { alg: 'EdDSA' }),
      "401 Jwks doesn't have key to match kid or alg from Jwt",
    ],
    [
      'the signature of another key',
      signToken(other, claims(), { alg: 'ES256', kid: 'one' }),
      '401 Jwt verification fails',
    ],
    [
      'an unknown extension',
      signToken(key, claims(), { alg: 'ES256', crit: ['exp'] }),
      '401 Jwt verification fails',
    ],
    [
      'a payload that is not encoded',
      signToken(key, claims(), { alg: 'ES256', b64: false }),
      '401 Jwt verification fails',
    ],
    [
      'alg none',
      `${encodePart({ alg: 'none' })}.${encodePart(claims())}.AA`,
      '401 Jwt header [alg] is not supported',
    ],
    [
      'a signature taken off',
      `${signToken(key, claims()).split('.').slice(0, 2).join('.')}.`,
      '401 Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections',
    ],
  ])('%s', async (_what, token, expected) => {
    expect(await ask(token)).toBe(expected);
  });

  test('an Ed25519 signature of another length has a text of its own', async () => {
    const token = signToken(ed, claims()).slice(0, -2);
    const keySets = { set: await setOf('set', ed) };
    expect(await ask(token, { keySets })).toBe('401 Jwt ED25519 signature is wrong length');
  });

  test('a set without keys, and a set that is not there', async () => {
    const token = signToken(key, claims());
    const keySets: Record<string, KeySet> = { set: { kind: 'local', id: 'set', keys: [] } };
    expect(await ask(token, { keySets })).toBe("401 Jwks doesn't have any valid public key");
    expect(await ask(token, { keySets: {} })).toBe('401 Jwks remote fetch is failed');
  });

  test('without issuer and audiences any will do, and the skew is as written', async () => {
    const { issuer: _issuer, ...open } = provider({ audiences: [], clockSkewSeconds: 0 });
    const providers = { kc: open };
    expect(await ask(signToken(key, { exp: now }), { providers })).toBe('verified kc');
    expect(await ask(signToken(key, { exp: now - 1 }), { providers })).toBe('401 Jwt is expired');
    expect(await ask(signToken(key, { nbf: now + 1 }), { providers })).toBe(
      '401 Jwt not yet valid',
    );
  });

  test('claims are frozen and have no prototype', async () => {
    const { stage } = await setup();
    const payload = JSON.stringify(claims()).replace('{', '{"__proto__":{"x":["y"]},');
    const verdict = await stage.authenticate(withBearer(signToken(key, payload)));
    if (verdict.kind !== 'verified') throw new Error(answer(verdict));
    const { claims: found } = verdict.identity;
    expect(Object.getPrototypeOf(found)).toBeNull();
    expect(Object.isFrozen(found)).toBe(true);
    expect(Object.isFrozen((found['__proto__'] as { x: unknown }).x)).toBe(true);
  });

  test('a claim that no header may carry is left out, counted, and its value not logged', async () => {
    const { engine, lines, stage } = await setup();
    const verdict = await stage.authenticate(
      withBearer(signToken(key, claims({ sub: 'canary\r\nx-admin: 1' }))),
    );
    expect(verdict).toMatchObject({ kind: 'verified', identity: { headers: [] } });
    expect(engine.stats().droppedHeaders).toBe(1);
    expect(lines.join()).toContain('claim header dropped');
    expect(lines.join()).not.toContain('canary');
  });

  test('exp in milliseconds lets a token in, and is said once', async () => {
    const { lines, stage } = await setup();
    for (const sub of ['a', 'b']) {
      const token = signToken(key, claims({ sub, exp: now * 1000 }));
      expect(answer(await stage.authenticate(withBearer(token)))).toBe('verified kc');
    }
    expect(lines.filter((line) => line.includes('milliseconds'))).toHaveLength(1);
  });
});
