import { describe, expect, test } from '@jest/globals';
import type { Denial } from '../../../src/dataplane/denial.ts';
import { TokenTimers } from '../../../src/dataplane/token-timers.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

function timing(limits?: { firstTokenMs?: number; progressMs?: number }) {
  const clock = createFakeClock();
  const faults: string[] = [];
  const timers = new TokenTimers(clock, limits);
  timers.start(({ detail }: Denial) => faults.push(detail));
  return { clock, faults, timers };
}

describe('TokenTimers', () => {
  test('ten minutes to the first token, five to the next, where nothing is said', () => {
    const { clock, faults, timers } = timing();
    clock.advance(599_999);
    timers.progress();
    clock.advance(299_999);
    timers.progress();
    clock.advance(299_999);
    expect(faults).toEqual([]);
    clock.advance(1);
    expect(faults).toEqual(['no progress']);
  });

  test('no token at all', () => {
    const { clock, faults } = timing({ firstTokenMs: 1000 });
    clock.advance(999);
    expect(faults).toEqual([]);
    clock.advance(1);
    expect(faults).toEqual(['no token']);
  });

  test('none of the two', () => {
    const { clock, faults, timers } = timing({ firstTokenMs: 0, progressMs: 0 });
    clock.advance(1e9);
    timers.progress();
    clock.advance(1e9);
    expect(faults).toEqual([]);
  });

  test('nothing is waited for any more', () => {
    const { clock, faults, timers } = timing({ firstTokenMs: 10, progressMs: 10 });
    timers.progress();
    timers.stop();
    timers.progress();
    clock.advance(1000);
    expect(faults).toEqual([]);
  });

  test('each try has its own time', () => {
    const { clock, faults, timers } = timing({ firstTokenMs: 10, progressMs: 10 });
    clock.advance(9);
    timers.start(() => faults.push('second'));
    clock.advance(9);
    expect(faults).toEqual([]);
    clock.advance(1);
    expect(faults).toEqual(['second']);
  });

  test('a client that takes nothing stops the time', () => {
    const { clock, faults, timers } = timing({ progressMs: 10 });
    let isPaused = true;
    timers.isPaused = () => isPaused;
    timers.progress();
    clock.advance(100);
    expect(faults).toEqual([]);
    isPaused = false;
    clock.advance(20);
    expect(faults).toEqual(['no progress']);
  });
});
