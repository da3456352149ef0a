import { describe, expect, it } from '@jest/globals';
import { createBackOff } from '../../../src/kube/back-off.ts';

describe('createBackOff', () => {
  it.each([
    ['least', 0, [800, 1600, 3200, 6400, 12_800, 24_000, 24_000]],
    ['most', 0.999_999, [1200, 2400, 4800, 9600, 19_200, 30_000, 30_000]],
  ])('grows to half a minute, with the %s jitter', (_, random, expected) => {
    const backOff = createBackOff(() => random);
    expect(expected.map(() => Math.round(backOff.next()))).toEqual(expected);
    expect(backOff.count()).toBe(expected.length);
  });

  it('stays there, and begins anew after a reset', () => {
    const backOff = createBackOff(() => 0);
    for (let time = 0; time < 2000; time += 1) backOff.next();
    expect(backOff.next()).toBe(24_000);
    backOff.reset();
    expect(backOff.count()).toBe(0);
    expect(backOff.next()).toBe(800);
  });
});
