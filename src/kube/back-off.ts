const firstMs = 800;
const maxMs = 30_000;

/** Delays that grow from about 1 s to 30 s, until a success. */
export interface BackOff {
  readonly next: () => number;
  readonly reset: () => void;
  /** Delays given since the last reset. */
  readonly count: () => number;
}

/** Creates a back-off; with its jitter, many that began to fail together do not try again together. */
export function createBackOff(random: () => number): BackOff {
  let count = 0;
  return {
    next: () => {
      const baseMs = firstMs * 2 ** Math.min(count, 10);
      count += 1;
      return Math.min(baseMs * (1 + random() / 2), maxMs * (0.8 + random() / 5));
    },
    reset: () => {
      count = 0;
    },
    count: () => count,
  };
}
