import { describe, expect, it } from '@jest/globals';
import { durationMs } from '../../../src/base/duration.ts';

describe('durationMs', () => {
  it.each([
    ['15s', 15_000],
    ['0.5s', 500],
    ['1m30s', 90_000],
    ['250ms', 250],
    ['2h', 7_200_000],
    ['0s', 0],
    ['0', 0],
  ])('reads %s', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each(['', '15', 's', '-1s', '1 s', '1d', '1s 2'])('refuses %j', (text) => {
    expect(durationMs(text)).toBeUndefined();
  });
});
