/** The only source of time: tests pass a fake one. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Milliseconds that only ever grow; for durations. */
  readonly monotonic: () => number;
  /** Runs `task` once after `delayMs`; the returned function cancels it. A pending timer does not keep the process alive. */
  readonly after: (delayMs: number, task: () => void) => () => void;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, task) => {
    // A longer delay than a signed 32-bit number holds would fire at once.
    const timer = setTimeout(task, Math.min(delayMs, 2 ** 31 - 1));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
