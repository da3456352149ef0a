import { describe, expect, test } from '@jest/globals';

import { createStalls } from '../../../src/dataplane/stalls.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

function watched(limitMs: number) {
  let progress = 0;
  let stalledTimes = 0;
  return {
    limitMs,
    progress: () => progress,
    stalled: () => void (stalledTimes += 1),
    move: () => void (progress += 1),
    times: () => stalledTimes,
  };
}

describe('createStalls', () => {
  test('tells once what has not moved for its limit', () => {
    const clock = createFakeClock();
    const stalls = createStalls(clock);
    const one = watched(3000);
    stalls.watch(one);
    clock.advance(2999);
    expect(one.times()).toBe(0);
    clock.advance(10_000);
    expect(one.times()).toBe(1);
  });

  test('leaves alone what moves, and what is watched no more', () => {
    const clock = createFakeClock();
    const stalls = createStalls(clock);
    const moving = watched(3000);
    const gone = watched(3000);
    stalls.watch(moving);
    stalls.watch(gone);
    stalls.unwatch(gone);
    for (let second = 0; second < 20; second += 1) {
      moving.move();
      clock.advance(1000);
    }
    expect([moving.times(), gone.times()]).toEqual([0, 0]);
    clock.advance(5000);
    expect(moving.times()).toBe(1);
  });

  test('closing ends all', () => {
    const clock = createFakeClock();
    const stalls = createStalls(clock);
    const one = watched(1000);
    stalls.watch(one);
    stalls.close();
    clock.advance(10_000);
    expect(one.times()).toBe(0);
  });
});
