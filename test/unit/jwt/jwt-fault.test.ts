import { describe, expect, test } from '@jest/globals';

import {
  jwtFaults,
  notInteger,
  notPositive,
  notString,
  type JwtFault,
} from '../../../src/jwt/jwt-fault.ts';

const all = [...Object.values(jwtFaults), notInteger('exp'), notPositive('exp'), notString('iss')];

describe('jwtFaults', () => {
  test('only a wrong audience is a 403', () => {
    expect(all.filter(({ status }) => status !== 401)).toEqual([jwtFaults.audience]);
  });

  test('no two say the same to the log, and each has a reason fit for a metric label', () => {
    expect(new Set(all.map((fault: JwtFault) => fault.detail ?? fault.body)).size).toBe(all.length);
    for (const { reason } of all) expect(reason).toMatch(/^jwt_[a-z_]+$/);
  });

  test('claims are named in their texts', () => {
    expect(notString('iss').body).toBe('Jwt payload [iss] field is not a string');
    expect(notInteger('exp').body).toBe('Jwt payload [exp] field is not an integer');
    expect(notPositive('nbf').body).toBe(
      'Jwt payload [nbf] field is not a positive 64 bit integer',
    );
  });
});
