import { describe, expect, it } from '@jest/globals';

import { distanceText, utcText } from '../../../src/cli/token-time.ts';

describe('token time', () => {
  it.each([
    [0, 'now'],
    [45, 'in 45 s'],
    [-300, '5 min ago'],
    [10_800, 'in 3 h'],
    [12_000, 'in 3 h 20 min'],
    [-86_400, '1 d ago'],
    [-90_061, '1 d 1 h ago'],
    [86_460, 'in 1 d'],
    [2 * 31_556_952 + 90_000, 'in 2 y 1 d'],
  ])('tells a distance of %d s as %s', (seconds, words) => {
    expect(distanceText(1_700_000_000 + seconds, 1_700_000_000)).toBe(words);
  });

  it('tells dates in UTC, and only the year of far ones', () => {
    expect(utcText(1_646_635_611)).toBe('2022-03-07 06:46:51 UTC');
    expect(utcText(1_646_635_611_301)).toBe('year 54149');
    expect(utcText(1e20)).toBe('no date at all');
  });
});
