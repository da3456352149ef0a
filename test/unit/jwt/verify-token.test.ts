import { describe, expect, test } from '@jest/globals';

import { jwtFaults } from '../../../src/jwt/jwt-fault.ts';
import { parseToken, type ParsedToken } from '../../../src/jwt/parse-token.ts';
import {
  checkClaims,
  claimRules,
  namesUnknownKey,
  validUntilMs,
} from '../../../src/jwt/verify-token.ts';
import { provider } from '../../support/jwt-stage.ts';
import { encodePart } from '../../support/token-factory.ts';

function parsed(payload: object, header: object = {}): ParsedToken {
  const head = encodePart({ alg: 'ES256', ...header });
  const token = parseToken(`${head}.${encodePart(payload)}.AAAA`);
  if ('body' in token) throw new Error(token.body);
  return token;
}

const rules = claimRules(provider({ clockSkewSeconds: 10 }));
const good = { iss: 'https://issuer.test', aud: 'api' };

describe('checkClaims and validUntilMs', () => {
  test.each([0, 1, 999, 1000, 1001, 12_345])(
    'agree on the millisecond at which exp %d ends',
    (exp) => {
      const token = parsed({ ...good, exp });
      const end = validUntilMs(token, rules);
      expect(checkClaims(token, rules, end - 1)).toBeUndefined();
      expect(checkClaims(token, rules, end)).toBe(jwtFaults.expired);
    },
  );

  test('without exp there is no end', () => {
    expect(validUntilMs(parsed(good), rules)).toBe(Number.POSITIVE_INFINITY);
  });

  test('an unknown extension comes last', () => {
    const header = { crit: ['x'] };
    expect(checkClaims(parsed(good, header), rules, 0)).toBe(jwtFaults.verification);
    expect(checkClaims(parsed({ ...good, aud: 'x' }, header), rules, 0)).toBe(jwtFaults.audience);
  });
});

describe('how long a token may live', () => {
  const nowMs = 1_000_000_000_000;
  const seconds = nowMs / 1000;
  const check = (exp: number | undefined, parts: Parameters<typeof provider>[0]) =>
    checkClaims(
      parsed({ ...good, ...(exp === undefined ? {} : { exp }) }),
      claimRules(provider(parts)),
      nowMs,
    );
  const hour = { maxLifetimeSeconds: 3600 };

  test.each<[string, number | undefined, Parameters<typeof provider>[0], object | undefined]>([
    ['no exp', undefined, {}, undefined],
    ['no exp where one is asked for', undefined, { requireExp: true }, jwtFaults.noExpiry],
    ['no exp where a lifetime is', undefined, hour, jwtFaults.noExpiry],
    ['just as long as it may be', seconds + 3600, hour, undefined],
    ['a second more', seconds + 3601, hour, jwtFaults.lifetime],
    [
      'a second more, with much tolerance',
      seconds + 3601,
      { ...hour, clockSkewSeconds: 99 },
      jwtFaults.lifetime,
    ],
    ['exp where one is asked for, however late', seconds * 1000, { requireExp: true }, undefined],
    ['expired', seconds - 61, hour, jwtFaults.expired],
  ])('%s', (_what, exp, parts, expected) => {
    expect(check(exp, parts)).toBe(expected);
  });

  test('the audience is told first, the unknown extension after', () => {
    const rule = claimRules(provider({ requireExp: true }));
    expect(checkClaims(parsed({ ...good, aud: 'x' }), rule, nowMs)).toBe(jwtFaults.audience);
    expect(checkClaims(parsed(good, { crit: ['x'] }), rule, nowMs)).toBe(jwtFaults.noExpiry);
  });

  test('a later nbf that looks like milliseconds is told to the log, not to the client', () => {
    const fault = checkClaims(parsed({ ...good, nbf: nowMs }), rules, nowMs);
    expect(fault).toMatchObject({
      body: 'Jwt not yet valid',
      detail: expect.stringContaining('milliseconds'),
    });
  });
});

describe('namesUnknownKey', () => {
  const snapshot = (...kids: (string | undefined)[]) => ({
    generation: 1,
    keys: kids.map((kid) => ({ kid }) as never),
  });

  test.each([
    [{ kid: 'a' }, ['a', 'b'], false],
    [{ kid: 'c' }, ['a', 'b'], true],
    [{ kid: 'c' }, [undefined], true],
    [{}, ['a'], false],
    [{ kid: '' }, ['a'], false],
  ])('%j in a set with %j: %s', (header, kids, expected) => {
    expect(namesUnknownKey(parsed(good, header), snapshot(...kids))).toBe(expected);
  });
});
