import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { createHoldOff } from '../base/hold-off.ts';
import type { Logger } from '../base/log.ts';
import { changedShards, nextKept, shardCount, type Resources } from './kept-set.ts';
import { createKeptStore, type KeptStore } from './kept-store.ts';
import { KubeApiError } from './kube-api-error.ts';
import type { KubeClient } from './kube-client.ts';
import type { ObservedObjects } from './observed-objects.ts';

/** The last accepted version of each resource, kept in the cluster for the next controller. */
export interface KeptVersions {
  /** Begins to read what `restore` will give, so that it need not be waited for. */
  readonly prepare: () => void;
  /** What an earlier controller kept, by `refKey`; after 5 s without it an empty map. To be asked once, before the first compile. */
  readonly restore: () => Promise<Resources>;
  /** Takes what a compile accepted; what has changed is written a moment later, by the leader. */
  readonly keep: (accepted: Resources) => void;
  /** This process has just become the leader: another may have written until now. */
  readonly leading: () => void;
  readonly stats: () => KeptVersionsStats;
  /** Writes what is left, for 2 s at most; before the lease is given back. */
  readonly stop: () => Promise<void>;
}

interface KeptVersionsStats {
  /** Requests that changed an object, since the start. */
  readonly writes: number;
  /** Attempts that failed, since the start. */
  readonly failures: number;
  /** Whether a look at the objects, or a write, is under way. */
  readonly busy: boolean;
  /** Resources that are, or are about to be, kept. */
  readonly resources: number;
  /** Why the last attempt failed; undefined when it did not. */
  readonly lastError: string | undefined;
}

export interface KeptVersionsOptions {
  readonly client: KubeClient;
  /** Tells which resources still are the objects that they were. */
  readonly observed: ObservedObjects;
  readonly isLeader: () => boolean;
  /** The controller's own. */
  readonly namespace: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** While thousands are applied nearly every object changes all the time: they are not written again and again. */
const holdOffLimits = { quietMs: 1_000, maxMs: 10_000 };
const restoreWithinMs = 5_000;
const restorePauseMs = 1_000;
const stopWithinMs = 2_000;
const firstRetryMs = 2_000;
const lastRetryMs = 60_000;

interface State {
  readonly options: KeptVersionsOptions;
  readonly store: KeptStore;
  /** Gives undefined when it came to nothing. */
  prepared: Promise<Resources | undefined> | undefined;
  /** Undefined until something was restored or accepted. */
  kept: Resources | undefined;
  /** Whether a compile has told what is accepted: before that nothing is written. */
  compiled: boolean;
  dirty: Set<number>;
  writes: number;
  busy: boolean;
  /** Since the start. */
  failed: number;
  /** In a row. */
  failures: number;
  lastError: string | undefined;
}

/** Creates the keeper; nothing is asked for before `restore`. */
export function createKeptVersions(options: KeptVersionsOptions): KeptVersions {
  const state = initialState(options);
  const { flush, wake, stop } = createFlushing(state);
  return {
    prepare: () => void (state.prepared = state.store.readAll().catch(() => undefined)),
    restore: () => restore(state),
    keep: (accepted) => {
      const kept = state.kept ?? new Map();
      state.kept = nextKept(kept, accepted, options.observed);
      // What was restored is compared as a whole, by its hash.
      const changed = state.compiled ? changedShards(kept, state.kept) : allShards();
      state.compiled = true;
      for (const shard of changed) state.dirty.add(shard);
      if (state.dirty.size > 0) wake();
    },
    leading: () => {
      state.store.forget();
      state.dirty = allShards();
      wake();
    },
    stats: () => {
      const { writes, failed: failures, busy, lastError } = state;
      return { writes, failures, busy, lastError, resources: state.kept?.size ?? 0 };
    },
    stop: async () => {
      stop();
      await within(options.clock, stopWithinMs, flush).catch(() => undefined);
    },
  };
}

function initialState(options: KeptVersionsOptions): State {
  return {
    options,
    store: createKeptStore(options),
    prepared: undefined,
    kept: undefined,
    compiled: false,
    dirty: allShards(),
    writes: 0,
    busy: false,
    failed: 0,
    failures: 0,
    lastError: undefined,
  };
}

/** When to write: a moment after changes, and after a failure later and later. One at a time. */
function createFlushing(state: State) {
  const { clock } = state.options;
  let running: Promise<void> = Promise.resolve();
  let cancelRetry: (() => void) | undefined;
  let stopped = false;
  const round = async (signal?: AbortSignal): Promise<void> => {
    const retryMs = await flushOnce(state, signal);
    cancelRetry?.();
    cancelRetry = undefined;
    if (retryMs === undefined || stopped) return;
    holdOff.cancel();
    cancelRetry = clock.after(retryMs, flushSoon);
  };
  const flush = (signal?: AbortSignal): Promise<void> => {
    running = running.then(() => round(signal));
    return running;
  };
  const flushSoon = (): void => void flush();
  const holdOff = createHoldOff(clock, holdOffLimits, flushSoon);
  const wake = (): void => {
    // After a failure the retry comes first: changes must not make it come sooner.
    if (!stopped && cancelRetry === undefined && state.options.isLeader()) holdOff.trigger();
  };
  const stop = (): void => {
    stopped = true;
    holdOff.cancel();
    cancelRetry?.();
  };
  return { flush, wake, stop };
}

/** Writes what has changed; gives after how long to try again when that failed. Never throws. */
async function flushOnce(state: State, signal?: AbortSignal): Promise<number | undefined> {
  const { isLeader, logger } = state.options;
  if (!state.compiled || state.dirty.size === 0 || !isLeader()) return undefined;
  state.busy = true;
  try {
    if (!state.store.known()) found(state, await state.store.readAll(signal));
    for (const shard of state.dirty) {
      // Writing down thousands of resources takes a while, in which requests are to be served.
      await nextTurn();
      if (!isLeader()) return undefined;
      await writeOne(state, shard, signal);
    }
    if (state.failures > 0) logger.info('accepted versions are kept again');
    state.failures = 0;
    state.lastError = undefined;
    return undefined;
  } catch (thrown) {
    return failed(state, thrown);
  } finally {
    state.busy = false;
  }
}

async function writeOne(state: State, shard: number, signal?: AbortSignal): Promise<void> {
  state.dirty.delete(shard);
  try {
    const wrote = await state.store.write(shard, {
      wanted: () => state.kept ?? new Map(),
      found: (resources) => found(state, resources),
      ...(signal && { signal }),
    });
    if (wrote) state.writes += 1;
  } catch (thrown) {
    state.dirty.add(shard);
    throw thrown;
  }
}

/** Copies that another controller wrote: those of resources that this one has no good version of are not to be lost. */
function found(state: State, resources: Resources): void {
  const before = state.kept ?? new Map();
  state.kept = nextKept(resources, before, state.options.observed);
  for (const shard of changedShards(before, state.kept)) state.dirty.add(shard);
}

function failed(state: State, thrown: unknown): number {
  const { logger } = state.options;
  const { status = 0, retryAfterMs = 0 } = thrown instanceof KubeApiError ? thrown : {};
  const error = messageOf(thrown);
  // The next attempt begins with a look at what is there.
  state.store.forget();
  state.lastError = error;
  state.failed += 1;
  state.failures += 1;
  if (state.failures === 1) logger.warn({ status, error }, 'accepted versions cannot be kept');
  if (status === 404 || status === 403) return lastRetryMs;
  const delayMs = firstRetryMs * 2 ** Math.min(state.failures - 1, 10);
  return Math.min(lastRetryMs, Math.max(delayMs, retryAfterMs));
}

async function restore(state: State): Promise<Resources> {
  const { clock, logger } = state.options;
  const { prepared } = state;
  // Whoever takes them lets them go after the first compile.
  state.prepared = undefined;
  const read = async (signal: AbortSignal): Promise<Resources> =>
    (await prepared) ?? readPatiently(state, signal);
  try {
    const kept = await within(clock, restoreWithinMs, read);
    logger.info({ resources: kept.size }, 'kept versions restored');
    state.kept = kept;
    return kept;
  } catch (thrown) {
    logger.warn({ error: messageOf(thrown) }, 'kept versions not restored');
    return new Map();
  }
}

/** A refusal is final; whatever else went wrong may be over in a moment. */
async function readPatiently(state: State, signal: AbortSignal): Promise<Resources> {
  for (;;) {
    try {
      return await state.store.readAll(signal);
    } catch (thrown) {
      const { status = 0 } = thrown instanceof KubeApiError ? thrown : {};
      if (signal.aborted || status === 404 || status === 403) throw thrown;
    }
    await new Promise<void>((resolve) => void state.options.clock.after(restorePauseMs, resolve));
  }
}

/** Runs a task that is told to end, and is not waited for, after a time. */
async function within<T>(
  clock: Clock,
  limitMs: number,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const late = Promise.withResolvers<never>();
  const cancel = clock.after(limitMs, () => {
    controller.abort();
    late.reject(new KubeApiError(0, `no answer within ${limitMs / 1000} s`));
  });
  try {
    return await Promise.race([task(controller.signal), late.promise]);
  } finally {
    cancel();
  }
}

function allShards(): Set<number> {
  return new Set(Array.from({ length: shardCount }, (_, shard) => shard));
}
