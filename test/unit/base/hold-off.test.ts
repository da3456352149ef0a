import { describe, expect, it } from '@jest/globals';
import { createHoldOff } from '../../../src/base/hold-off.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

function setUp() {
  const clock = createFakeClock();
  const runs: number[] = [];
  const holdOff = createHoldOff(clock, { quietMs: 50, maxMs: 500 }, () =>
    runs.push(clock.monotonic()),
  );
  return { clock, runs, holdOff };
}

describe('hold-off', () => {
  it('runs once, after the quiet time', () => {
    const { clock, runs, holdOff } = setUp();
    holdOff.trigger();
    clock.advance(49);
    expect(runs).toEqual([]);
    clock.advance(1000);
    expect(runs).toEqual([50]);
  });

  it('starts the quiet time anew with every call', () => {
    const { clock, runs, holdOff } = setUp();
    for (let i = 0; i < 5; i++) {
      holdOff.trigger();
      clock.advance(40);
    }
    clock.advance(1000);
    expect(runs).toEqual([210]);
  });

  it('does not wait longer than the most, however busy it is', () => {
    const { clock, runs, holdOff } = setUp();
    for (let i = 0; i < 30; i++) {
      holdOff.trigger();
      clock.advance(40);
    }
    expect(runs).toEqual([500, 1020]);
  });

  it('does nothing once cancelled', () => {
    const { clock, runs, holdOff } = setUp();
    holdOff.trigger();
    holdOff.cancel();
    clock.advance(1000);
    expect(runs).toEqual([]);
  });
});
