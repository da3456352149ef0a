import { systemClock, type Clock } from '../../src/base/clock.ts';

/** The machine's clock, which knows how many of its timers are pending. */
export interface CountingClock extends Clock {
  readonly pending: () => number;
}

export function createCountingClock(): CountingClock {
  const pending = new Set<object>();
  return {
    ...systemClock,
    pending: () => pending.size,
    after: (delayMs, task) => {
      const timer = {};
      pending.add(timer);
      const cancel = systemClock.after(delayMs, () => {
        pending.delete(timer);
        task();
      });
      return () => {
        pending.delete(timer);
        cancel();
      };
    },
  };
}
