import { describe, expect, test } from '@jest/globals';

import { finding, isFinding, remark } from '../../../src/jwt/key-finding.ts';

describe('findings about keys', () => {
  test('an error and a warning, with the key they are about', () => {
    expect(finding('text', 'keys[1]: ')).toEqual({
      severity: 'error',
      reason: 'InvalidKey',
      message: 'keys[1]: text',
    });
    expect(remark('text')).toEqual({
      severity: 'warning',
      reason: 'InvalidKey',
      message: 'text',
    });
  });

  test('are told from keys', () => {
    expect(isFinding(finding('text'))).toBe(true);
    expect(isFinding({ key: { kty: 'RSA', algorithms: [], jwk: {} } })).toBe(false);
  });
});
