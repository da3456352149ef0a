import type { Clock } from './clock.ts';

/** Runs a task once after a burst of calls: when it has been quiet for `quietMs`, but at most `maxMs` after the first. */
export interface HoldOff {
  readonly trigger: () => void;
  readonly cancel: () => void;
}

/** Creates a hold-off for a task. */
export function createHoldOff(
  clock: Clock,
  limits: { readonly quietMs: number; readonly maxMs: number },
  task: () => void,
): HoldOff {
  let stop: (() => void) | undefined;
  let firstAt = 0;
  const cancel = (): void => {
    stop?.();
    stop = undefined;
  };
  const trigger = (): void => {
    const now = clock.monotonic();
    if (stop === undefined) firstAt = now;
    stop?.();
    const delayMs = Math.max(0, Math.min(limits.quietMs, firstAt + limits.maxMs - now));
    stop = clock.after(delayMs, () => {
      stop = undefined;
      task();
    });
  };
  return { trigger, cancel };
}
