import { describe, expect, test } from '@jest/globals';

import { bareAudience, isAudienceAllowed } from '../../../src/jwt/audience.ts';

describe('bareAudience', () => {
  test.each([
    ['api', 'api'],
    ['http://api', 'api'],
    ['https://api/', 'api'],
    ['api//', 'api/'],
    ['HTTP://api', 'HTTP://api'],
    ['http://https://api', 'https://api'],
    ['/', ''],
    ['', ''],
  ])('%j is %j', (audience, bare) => {
    expect(bareAudience(audience)).toBe(bare);
  });
});

describe('isAudienceAllowed', () => {
  test.each<[readonly string[], readonly string[], boolean]>([
    [[], [], true],
    [['x'], [], true],
    [[], ['api'], false],
    [['x', 'https://api/'], ['api'], true],
    [['API'], ['api'], false],
    [['api2'], ['api'], false],
    [[], [''], false],
    [['/'], [''], true],
  ])('%j against %j is %s', (found, allowed, expected) => {
    expect(isAudienceAllowed(found, new Set(allowed))).toBe(expected);
  });
});
