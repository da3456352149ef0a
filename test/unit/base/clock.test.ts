import { describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../../src/base/clock.ts';

describe('systemClock', () => {
  it('tells the time, and a time that only grows', () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000);
    const before = systemClock.monotonic();
    expect(systemClock.monotonic()).toBeGreaterThanOrEqual(before);
  });

  it('runs a task once, unless it is called off', () => {
    jest.useFakeTimers();
    const done: string[] = [];
    systemClock.after(10, () => done.push('run'));
    const cancel = systemClock.after(10, () => done.push('cancelled'));
    cancel();
    jest.advanceTimersByTime(9);
    expect(done).toEqual([]);
    jest.advanceTimersByTime(1000);
    expect(done).toEqual(['run']);
    jest.useRealTimers();
  });

  it('does not run a far-off task at once', () => {
    jest.useFakeTimers();
    const done: string[] = [];
    const cancel = systemClock.after(1e12, () => done.push('run'));
    jest.advanceTimersByTime(1_000_000);
    expect(done).toEqual([]);
    cancel();
    jest.useRealTimers();
  });
});
