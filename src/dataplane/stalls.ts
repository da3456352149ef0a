import type { Clock } from '../base/clock.ts';

/** Something that has to move on from time to time. */
export interface Watched {
  /** A number that changes whenever it moves. */
  readonly progress: () => number;
  readonly limitMs: number;
  /** It has not moved for too long; it is not watched any more. */
  readonly stalled: () => void;
}

/** Watches slow bodies and slow readers with one timer for all of them, in place of one timer per piece of data. */
export interface Stalls {
  readonly watch: (watched: Watched) => void;
  readonly unwatch: (watched: Watched) => void;
  readonly close: () => void;
}

interface Seen {
  progress: number;
  sinceMs: number;
}

/** Looks once in `intervalMs` (1 s); nothing runs while nothing is watched. */
export function createStalls(clock: Clock, intervalMs = 1000): Stalls {
  const seen = new Map<Watched, Seen>();
  let cancel: (() => void) | undefined;
  const sweep = (): void => {
    cancel = undefined;
    const now = clock.monotonic();
    for (const [watched, entry] of seen) {
      const progress = watched.progress();
      if (progress !== entry.progress) {
        entry.progress = progress;
        entry.sinceMs = now;
      } else if (now - entry.sinceMs >= watched.limitMs) {
        seen.delete(watched);
        watched.stalled();
      }
    }
    arm();
  };
  const arm = (): void => {
    if (cancel === undefined && seen.size > 0) cancel = clock.after(intervalMs, sweep);
  };
  return {
    watch: (watched) => {
      seen.set(watched, { progress: watched.progress(), sinceMs: clock.monotonic() });
      arm();
    },
    unwatch: (watched) => {
      seen.delete(watched);
    },
    close: () => {
      seen.clear();
      cancel?.();
      cancel = undefined;
    },
  };
}
