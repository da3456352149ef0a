import { describe, expect, it } from '@jest/globals';

import { isMilliseconds } from '../../../src/jwt/milliseconds.ts';

describe('isMilliseconds', () => {
  it.each([
    [1_646_635_611_301, true],
    [-1_646_635_611_301, true],
    [1_646_635_611, false],
    [32_503_680_000, false],
    [0, false],
  ])('of %d: %s', (value, expected) => {
    expect(isMilliseconds(value)).toBe(expected);
  });
});
