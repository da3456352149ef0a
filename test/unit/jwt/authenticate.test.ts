import { describe, expect, test } from '@jest/globals';

import { type TokenRequest } from '../../../src/jwt/authenticate.ts';
import {
  answer,
  ask,
  bearer,
  claims,
  custom,
  key,
  other,
  parameter,
  provider,
  request,
  setOf,
  setup,
  withBearer,
} from '../../support/jwt-stage.ts';
import { signToken } from '../../support/token-factory.ts';

describe('prepareStage: several tokens', () => {
  const good = signToken(key, claims());
  const second = signToken(key, claims({ sub: 'you' }));

  test.each<[string, TokenRequest, string]>([
    [
      'both good',
      request({ authorization: `Bearer ${good}` }, { access_token: second }),
      'verified kc',
    ],
    [
      'good and bad',
      request({ authorization: `Bearer ${good}` }, { access_token: 'x' }),
      '401 Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections',
    ],
    [
      'bad and good',
      request({ authorization: 'Bearer x.y.z' }, { access_token: good }),
      '401 Jwt header is an invalid Base64url encoded',
    ],
    [
      'an empty parameter',
      request({ authorization: `Bearer ${good}` }, { access_token: '' }),
      '401 Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections',
    ],
    [
      'two lines of Authorization',
      request({ authorization: [`Bearer ${good}`, `Bearer ${good}`] }),
      '401 Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections',
    ],
    ['Basic in front', request({ authorization: ['Basic eDp5', `Bearer ${good}`] }), 'verified kc'],
    ['a prefix inside a word', request({ authorization: `xBearer ${good}` }), '401 Jwt is missing'],
  ])('%s', async (_what, asked, expected) => {
    const { stage } = await setup();
    expect(answer(await stage.authenticate(asked))).toBe(expected);
  });

  test('every line of a header of its own has to verify', async () => {
    const { stage } = await setup({ providers: { kc: provider({ sources: [custom] }) } });
    const lines = (...tokens: string[]) => stage.authenticate(request({ 'x-token': tokens }));
    expect(answer(await lines(good, second))).toBe('verified kc');
    expect(answer(await lines(good, 'x.y.z'))).toMatch(/^401/);
    expect(answer(await lines('x.y.z', good))).toMatch(/^401/);
  });

  test('one identity comes out, and both places are stripped', async () => {
    const { stage } = await setup();
    const asked = request({ authorization: `Bearer ${good}` }, { access_token: second });
    expect(stage.authenticate(asked)).toMatchObject({
      identity: { claims: { sub: 'me' }, headers: [{ value: 'me' }] },
      strip: [parameter, bearer],
    });
  });
});

describe('prepareStage: several providers', () => {
  const a = provider({ issuer: 'a' });
  const b = provider({ issuer: 'b' });
  const tokenA = signToken(key, claims({ iss: 'a' }));
  const tokenB = signToken(key, claims({ iss: 'b' }));
  const tokenC = signToken(key, claims({ iss: 'c' }));
  const expiredB = signToken(key, claims({ iss: 'b', exp: 1 }));

  test.each<[string, TokenRequest, string]>([
    ['the first', withBearer(tokenA), 'verified a'],
    ['the second', withBearer(tokenB), 'verified b'],
    ['nobody’s', withBearer(tokenC), '401 Jwt issuer is not configured'],
    ['a fault of the second', withBearer(expiredB), '401 Jwt is expired'],
    ['none', request(), '401 Jwt is missing'],
  ])('token of %s', async (_what, asked, expected) => {
    const { stage } = await setup({ providers: { a, b } });
    expect(answer(await stage.authenticate(asked))).toBe(expected);
  });

  test('the last fault that says something is told, the log gets all', async () => {
    const { stage } = await setup({
      providers: { a: provider({ issuer: 'b' }), b: a, c: provider({ sources: [custom] }) },
    });
    expect(await stage.authenticate(withBearer(expiredB))).toMatchObject({
      body: 'Jwt is expired',
      detail: 'a: Jwt is expired; b: Jwt issuer is not configured; c: Jwt is missing',
    });
  });

  test('issuer is told before missing', async () => {
    const providers = { a, b: provider({ sources: [custom] }) };
    expect(await ask(tokenC, { providers })).toBe('401 Jwt issuer is not configured');
  });

  test('the same issuer twice: either may succeed', async () => {
    const providers = { a: provider(), b: provider({ keySet: 'next' }) };
    const keySets = { set: await setOf('set', key), next: await setOf('next', other) };
    expect(await ask(signToken(other, claims()), { providers, keySets })).toBe('verified b');
  });

  test('a token that a failed provider verified is out of sight of the next', async () => {
    const { stage } = await setup({ providers: { a, b } });
    const asked = (query: string, header: string): TokenRequest =>
      request({ authorization: `Bearer ${header}` }, { access_token: query });
    expect(answer(await stage.authenticate(asked(tokenA, tokenB)))).toBe('verified b');
    expect(answer(await stage.authenticate(asked(tokenB, tokenA)))).toBe(
      '401 Jwt issuer is not configured',
    );
  });

  test('what another provider would take for a token is stripped as well', async () => {
    const providers = { a, b: provider({ issuer: 'b', sources: [custom] }) };
    const { stage } = await setup({ providers });
    const asked = request({ authorization: `Bearer ${tokenA}`, 'x-token': 'anything' });
    expect(await stage.authenticate(asked)).toMatchObject({
      kind: 'verified',
      strip: [bearer, custom],
    });
  });
});

describe('prepareStage: one text for everything', () => {
  const open = provider({ requireExp: true });
  test.each<[string, TokenRequest, string, boolean]>([
    ['missing', request(), 'jwt_missing', false],
    ['no form', withBearer('x'), 'jwt_malformed', true],
    ['another issuer', withBearer(signToken(key, claims({ iss: 'x' }))), 'jwt_issuer', true],
    ['another audience', withBearer(signToken(key, claims({ aud: 'x' }))), 'jwt_audience', true],
    ['no exp', withBearer(signToken(key, claims({ exp: undefined }))), 'jwt_lifetime', true],
    ['another key', withBearer(signToken(other, claims())), 'jwt_no_key', true],
  ])('%s', async (_what, asked, reason, invalidToken) => {
    const { stage } = await setup({ isGeneric: true, providers: { kc: open } });
    expect(await stage.authenticate(asked)).toMatchObject({
      kind: 'denied',
      status: 401,
      body: 'Jwt verification fails',
      reason,
      invalidToken,
    });
  });
});

describe('prepareStage: what is stripped', () => {
  const good = signToken(key, claims());

  test('nothing of a provider that keeps its token', async () => {
    const kept = provider({ keepToken: true });
    const { stage } = await setup({ providers: { a: kept } });
    expect(await stage.authenticate(withBearer(good))).toMatchObject({ strip: [] });
  });

  test('never a place that the verifying provider keeps, even if another does not', async () => {
    const { stage } = await setup({
      providers: {
        a: provider({ keepToken: true, sources: [bearer] }),
        b: provider({ issuer: 'b', sources: [bearer, custom] }),
      },
    });
    const asked = request({ authorization: `Bearer ${good}`, 'x-token': 'x' });
    expect(await stage.authenticate(asked)).toMatchObject({ strip: [custom] });
  });

  test('credentials of another scheme stay', async () => {
    const { stage } = await setup();
    const asked = request({ authorization: 'Basic eDp5' }, { access_token: good });
    expect(await stage.authenticate(asked)).toMatchObject({ strip: [parameter] });
  });
});

describe('prepareStage: lax policies', () => {
  const bad = signToken(key, claims({ exp: 1 }));

  test.each<[string, TokenRequest, string]>([
    ['no token', request(), 'anonymous'],
    ['Basic', request({ authorization: 'Basic eDp5' }), 'anonymous'],
    ['bearer in lower case', request({ authorization: `bearer ${bad}` }), 'anonymous'],
    ['a bad token', withBearer(bad), '401 Jwt is expired'],
    [
      'another issuer’s',
      withBearer(signToken(key, claims({ iss: 'x' }))),
      '401 Jwt issuer is not configured',
    ],
    [
      'another audience’s',
      withBearer(signToken(key, claims({ aud: 'x' }))),
      '403 Audiences in Jwt are not allowed',
    ],
    ['a good token', withBearer(signToken(key, claims())), 'verified kc'],
  ])('ALLOW_MISSING with %s', async (_what, asked, expected) => {
    const { stage } = await setup({ validation: 'ALLOW_MISSING' });
    expect(answer(await stage.authenticate(asked))).toBe(expected);
  });

  test('ALLOW_MISSING_OR_FAILED lets everything pass, without the bad token', async () => {
    const { stage } = await setup({ validation: 'ALLOW_MISSING_OR_FAILED' });
    expect(stage.authenticate(request())).toEqual({
      kind: 'anonymous',
      detail: 'kc: Jwt is missing',
      strip: [],
      taken: [],
      ambiguous: false,
    });
    expect(stage.authenticate(withBearer(bad))).toEqual({
      kind: 'anonymous',
      detail: 'kc: Jwt is expired',
      strip: [bearer],
      taken: [],
      ambiguous: false,
    });
    expect(stage.authenticate(withBearer(signToken(key, claims())))).toMatchObject({
      kind: 'verified',
    });
  });

  test('a bad token stays where the provider keeps tokens', async () => {
    const { stage } = await setup({
      validation: 'ALLOW_MISSING_OR_FAILED',
      providers: { a: provider({ keepToken: true }) },
    });
    expect(stage.authenticate(withBearer(bad))).toMatchObject({ kind: 'anonymous', strip: [] });
  });

  test('a stage without providers lets nobody in', async () => {
    const { stage } = await setup({ providers: {} });
    expect(answer(await stage.authenticate(withBearer(bad)))).toBe('401 Jwt is missing');
  });

  test('the log hears of a prefix in another case', async () => {
    const { stage } = await setup();
    const verdict = await stage.authenticate(request({ authorization: 'bearer x' }));
    expect(verdict.kind === 'denied' && verdict.detail).toBe(
      'kc: Jwt is missing (authorization has "Bearer ", but in another case or not at its start)',
    );
  });
});
