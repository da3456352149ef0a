import { describe, expect, it } from '@jest/globals';

import { jwtFaults, notInteger, notPositive, notString } from '../../../src/jwt/jwt-fault.ts';
import { failedStatus } from '../../../src/jwt/status-code.ts';

describe('failedStatus', () => {
  // Read off the dynamic metadata of an Envoy 1.40 that was sent such tokens.
  it.each([
    [jwtFaults.notYetValid, 2],
    [jwtFaults.expired, 3],
    [jwtFaults.form, 4],
    [jwtFaults.headerBase64, 5],
    [jwtFaults.kidType, 9],
    [notString('sub'), 13],
    [notInteger('exp'), 18],
    [notPositive('exp'), 19],
    [jwtFaults.issuer, 24],
    [jwtFaults.audience, 25],
    [jwtFaults.noValidKey, 31],
    [jwtFaults.noKey, 32],
    [jwtFaults.keysUnavailable, 40],
  ])('%s', (fault, code) => {
    expect(failedStatus(fault)).toEqual({ code, message: fault.body });
  });

  it('has a code of its own for every text', () => {
    const known = Object.values(jwtFaults).filter((fault) => fault !== jwtFaults.missing);
    const codes = known.map((fault) => failedStatus(fault)?.code);
    expect(new Set(codes).size).toBe(new Set(known.map(({ body }) => body)).size);
  });

  it('tells nothing of a missing token, and of an unknown fault that it does not verify', () => {
    expect(failedStatus(jwtFaults.missing)).toBeUndefined();
    const other = { status: 401, body: 'Jwt is odd', reason: 'jwt_payload' } as const;
    expect(failedStatus(other)).toEqual({ code: 26, message: 'Jwt is odd' });
  });
});
