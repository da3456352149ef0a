import type { Clock } from '../base/clock.ts';

/** What ends a call: its time, its caller, or its end. */
export interface CallLimit {
  readonly signal: AbortSignal;
  /** The time was kept; it counts no more. */
  readonly met: () => void;
  /** The call is over. */
  readonly end: () => void;
}

/** Starts the time of a call. */
export function createCallLimit(
  clock: Clock,
  caller: { readonly signal?: AbortSignal },
  withinMs: number,
): CallLimit {
  const controller = new AbortController();
  const met = clock.after(withinMs, () =>
    controller.abort(new Error(`no answer within ${withinMs / 1000} s`)),
  );
  const abort = (): void => controller.abort(new Error('given up by the caller'));
  if (caller.signal?.aborted) abort();
  caller.signal?.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    met,
    end: () => {
      met();
      caller.signal?.removeEventListener('abort', abort);
      controller.abort(new Error('the call is over'));
    },
  };
}
