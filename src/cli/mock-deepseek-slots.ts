/** Requests that are answered, and requests that wait for a slot. */
export interface MockSlots {
  readonly running: () => number;
  readonly waiting: () => number;
  /** Requests for a model that are answered or wait. */
  readonly of: (model: string) => number;
  /** Resolves when it is the request's turn; it ends with `gone`. */
  readonly enter: (model: string, gone: AbortSignal) => Promise<void>;
}

/** Gives slots in the order in which they were asked for; `limit` is asked each time, since it may change. */
export function createMockSlots(limit: () => number): MockSlots {
  const active = new Map<AbortSignal, string>();
  const queue = new Map<AbortSignal, { readonly model: string; readonly go: () => void }>();
  const admit = (): void => {
    for (const [gone, { model, go }] of queue) {
      if (active.size >= limit()) return;
      queue.delete(gone);
      active.set(gone, model);
      go();
    }
  };
  return {
    running: () => active.size,
    waiting: () => queue.size,
    of: (model) =>
      [...active.values()].filter((one) => one === model).length +
      [...queue.values()].filter((one) => one.model === model).length,
    enter: (model, gone) =>
      new Promise((resolve, reject) => {
        if (gone.aborted) return reject(gone.reason as Error);
        gone.addEventListener(
          'abort',
          () => {
            active.delete(gone);
            if (queue.delete(gone)) reject(gone.reason as Error);
            admit();
          },
          { once: true },
        );
        queue.set(gone, { model, go: resolve });
        admit();
      }),
  };
}
