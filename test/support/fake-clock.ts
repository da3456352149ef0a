import type { Clock } from '../../src/base/clock.ts';

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Moves the time on, and runs what falls due on the way, in order. */
  readonly advance: (ms: number) => void;
}

export function createFakeClock(start = Date.parse('2030-01-01T00:00:00Z')): FakeClock {
  let elapsed = 0;
  let timers: { at: number; task: () => void }[] = [];
  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    after: (delayMs, task) => {
      const timer = { at: elapsed + delayMs, task };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    advance: (ms) => {
      const until = elapsed + ms;
      for (;;) {
        const [next] = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        timers = timers.filter((one) => one !== next);
        elapsed = Math.max(elapsed, next.at);
        next.task();
      }
      elapsed = until;
    },
  };
}
