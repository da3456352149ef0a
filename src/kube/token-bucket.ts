import type { Clock } from '../base/clock.ts';

/** Permits that grow back with time. */
export interface TokenBucket {
  /** Milliseconds until there is a permit; 0 when there is one. */
  readonly waitMs: () => number;
  /** Takes a permit, whether there is one or not. */
  readonly take: () => void;
}

/** Creates a full bucket of `burst` permits, into which `perSecond` come back. */
export function createTokenBucket(
  { burst, perSecond }: { readonly burst: number; readonly perSecond: number },
  clock: Clock,
): TokenBucket {
  let permits = burst;
  let filledMs = clock.monotonic();
  const fill = (): void => {
    const nowMs = clock.monotonic();
    permits = Math.min(burst, permits + ((nowMs - filledMs) / 1000) * perSecond);
    filledMs = nowMs;
  };
  return {
    waitMs: () => {
      fill();
      return permits >= 1 ? 0 : Math.ceil(((1 - permits) / perSecond) * 1000);
    },
    take: () => {
      fill();
      permits -= 1;
    },
  };
}
