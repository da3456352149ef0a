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
