import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import { messageOf } from '../base/errors.ts';
import { createBackOff, type BackOff } from './back-off.ts';
import { KubeApiError } from './kube-api-error.ts';
import type { KubeClient } from './kube-client.ts';
import type { KubeObject } from './kube-object.ts';
import { listAll } from './list-all.ts';
import { NoConnectionError } from './no-connection-error.ts';
import { isOutage } from './recovery.ts';
import { watchFrom } from './watch-from.ts';

/** What a list/watch has come to; `absent` is a 404 of the list (no such CRD), `forbidden` a 403. */
export type ListWatchState = 'starting' | 'synced' | 'absent' | 'forbidden' | 'failing';

/** What is told of the objects; whatever a handler throws is logged and changes nothing for the watch. */
interface ListWatchHandlers {
  /** Part of a list that is still being read, and may come to nothing: only for what takes time and changes nothing. */
  readonly arriving?: (objects: readonly KubeObject[]) => void;
  /** The whole list, after the first list and after each relist: what is not in it is gone. */
  readonly replaced: (objects: readonly KubeObject[]) => void;
  /** Added or modified. */
  readonly changed: (object: KubeObject) => void;
  readonly deleted: (object: KubeObject) => void;
  /** The state has changed. */
  readonly stateChanged?: (state: ListWatchState) => void;
}

export interface ListWatchOptions {
  readonly client: KubeClient;
  /** Of a collection, e.g. `/api/v1/namespaces/team-a/secrets`. */
  readonly path: string;
  /** `fieldSelector`, `labelSelector`. */
  readonly query?: Readonly<Record<string, string>>;
  readonly handlers: ListWatchHandlers;
  readonly clock: Clock;
  readonly logger: Logger;
  /** From 0 to below 1, for jitter; a parameter for tests. */
  readonly random?: () => number;
}

/** One collection of objects, listed once and watched from then on, until it is stopped. */
export interface ListWatch {
  readonly state: () => ListWatchState;
  /** Why the last attempt failed; undefined when it did not. */
  readonly lastError: () => string | undefined;
  /** Requests since the start: lists (pages counted one by one) and watches. */
  readonly counts: () => { readonly lists: number; readonly watches: number };
  readonly stop: () => Promise<void>;
}

/** A watch that has lived this long, or told something, was a good one: what fails after it fails for the first time. */
const goodAfterMs = 1_000;
/** A list that is too old after less is no news. */
const staleAfterMs = 10_000;
/** At least, between two watches that the server ends. */
const pauseMs = 1_000;
/** Watches that are refused or come no further, one after the other, until the list is read anew: the version may be no good. */
const refusalsUntilList = 3;
/** And up to twice that, between attempts to get a connection. */
const unconnectedMs = 1_000;
/** Within it, all that wait for the server ask when one of them has had an answer; not again for that reason before the next. */
const wokenWithinMs = 500;
const wokenAgainMs = 2_000;
/** A server that asks for more is asked again all the same. */
const maxRetryAfterMs = 120_000;

/** Starts to list and watch; everything that goes wrong is tried again until `stop`. */
export function createListWatch(options: ListWatchOptions): ListWatch {
  const run = new Run(options);
  const running = run.run();
  return {
    state: () => run.state,
    lastError: () => run.lastError,
    counts: () => ({ lists: run.lists, watches: run.watches }),
    stop: async () => {
      run.stopping.abort();
      await running;
    },
  };
}

class Run {
  state: ListWatchState = 'starting';
  lastError: string | undefined;
  lists = 0;
  watches = 0;
  readonly stopping = new AbortController();
  readonly #options: ListWatchOptions;
  readonly #random: () => number;
  readonly #backOff: BackOff;
  /** The version to watch from; undefined when the list has to be read. */
  #version: string | undefined;
  #refusals = 0;
  /** Then a list alone does not make it good again. */
  #watchFails = false;
  #listedAt = Number.NEGATIVE_INFINITY;
  #wokenAt = Number.NEGATIVE_INFINITY;
  /** Whether the last attempt failed by nobody answering. */
  #isOutage = false;

  constructor(options: ListWatchOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#backOff = createBackOff(this.#random);
  }

  async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const delayMs = await this.#step();
      if (delayMs > 0) await this.#pause(delayMs);
    }
  }

  /** A list or a watch; gives how long to wait before the next. */
  async #step(): Promise<number> {
    const { clock } = this.#options;
    const wasOutage = this.#isOutage;
    this.#isOutage = false;
    const startedAt = clock.monotonic();
    const version = this.#version;
    try {
      await (version === undefined ? this.#list() : this.#watch(version));
      // What the server ends is taken up again at once; a server that ends everything at once is not asked without pause.
      return version === undefined ? 0 : Math.max(0, startedAt + pauseMs - clock.monotonic());
    } catch (thrown) {
      if (this.stopping.signal.aborted) return 0;
      this.#isOutage = isOutage(thrown);
      // A server that has just been started refuses everything for a moment.
      if (wasOutage && !this.#isOutage) this.#backOff.reset();
      return version === undefined ? this.#listFailed(thrown) : this.#watchFailed(thrown);
    }
  }

  async #list(): Promise<void> {
    const { client, clock, path, query = {}, handlers } = this.#options;
    const { signal } = this.stopping;
    this.#listedAt = clock.monotonic();
    const asks = (): void => void (this.lists += 1);
    const arriving = (objects: readonly KubeObject[]): void =>
      this.#tell(() => handlers.arriving?.(objects));
    const listed = await listAll({ client, path, query, signal, asks, arriving });
    if (signal.aborted) return;
    this.#tell(() => handlers.replaced(listed.objects));
    this.#version = listed.resourceVersion;
    this.#refusals = 0;
    if (!this.#watchFails) this.#works();
  }

  async #watch(resourceVersion: string): Promise<void> {
    const { client, clock, path, query = {}, handlers } = this.#options;
    this.watches += 1;
    let openedAt: number | undefined;
    const opened = (): void => {
      if (openedAt !== undefined) return;
      openedAt = clock.monotonic();
      this.#watchFails = false;
      this.#works();
    };
    try {
      await watchFrom({
        client,
        clock,
        path,
        query,
        resourceVersion,
        opened,
        signal: this.stopping.signal,
        random: this.#random,
        changed: (object) => this.#tell(() => handlers.changed(object)),
        deleted: (object) => this.#tell(() => handlers.deleted(object)),
        seen: (version) => {
          this.#version = version;
        },
      });
    } catch (thrown) {
      // Opened and yet no further: what comes next in it may be what cannot be read, and would be so at every try.
      const isStuck = openedAt !== undefined && this.#version === resourceVersion;
      if (isStuck && statusOf(thrown) === 0) this.#refusals += 1;
      throw thrown;
    } finally {
      const livedMs = openedAt === undefined ? 0 : clock.monotonic() - openedAt;
      const toldMore = this.#version !== resourceVersion;
      if (livedMs >= goodAfterMs || toldMore) this.#backOff.reset();
      if (livedMs >= staleAfterMs || toldMore) this.#refusals = 0;
    }
  }

  #listFailed(thrown: unknown): number {
    this.#fails(stateOf(thrown), thrown);
    return this.#delayAfter(thrown);
  }

  #watchFailed(thrown: unknown): number {
    const status = statusOf(thrown);
    if (status === 410) return this.#listAnew(thrown);
    if (status > 0) this.#refusals += 1;
    // A right to list without one to watch, or a kind that was taken away: the list, read again and again, tells.
    const refused = status === 403 || status === 404;
    if (refused || this.#refusals >= refusalsUntilList) this.#version = undefined;
    const delayMs = this.#delayAfter(thrown);
    if (status > 0 || isUnconnected(thrown) || this.#backOff.count() > 1) {
      this.#watchFails = true;
      this.#fails(stateOf(thrown), thrown);
      return delayMs;
    }
    // Connections are cut every now and then; only when the next attempt fails too, something is wrong.
    const { logger, path } = this.#options;
    logger.debug({ path, error: messageOf(thrown) }, 'kubernetes watch broken');
    return delayMs;
  }

  /** The server no longer knows the version: no failure, unless it is said of a list that was read just now. */
  #listAnew(thrown: unknown): number {
    const { clock, logger, path } = this.#options;
    logger.info({ path }, 'kubernetes list read anew');
    this.#version = undefined;
    return clock.monotonic() - this.#listedAt < staleAfterMs ? this.#delayAfter(thrown) : 0;
  }

  #delayAfter(thrown: unknown): number {
    // Without a connection nobody is asked too much: it is looked for as soon as it may be there again.
    if (isUnconnected(thrown)) return unconnectedMs * (1 + this.#random());
    const asked = thrown instanceof KubeApiError ? (thrown.retryAfterMs ?? 0) : 0;
    const jittered = Math.min(asked, maxRetryAfterMs) * (1 + this.#random() / 10);
    return Math.max(this.#backOff.next(), jittered);
  }

  #works(): void {
    this.lastError = undefined;
    this.#turn('synced');
  }

  #fails(state: ListWatchState, thrown: unknown): void {
    this.lastError = messageOf(thrown);
    this.#turn(state);
  }

  #turn(state: ListWatchState): void {
    if (state === this.state) return;
    const { handlers, logger, path } = this.#options;
    const { lastError: error } = this;
    if (error !== undefined) logger.warn({ path, state, error }, 'kubernetes collection not seen');
    else if (this.state === 'starting') logger.debug({ path }, 'kubernetes collection seen');
    else logger.info({ path }, 'kubernetes collection seen again');
    this.state = state;
    this.#tell(() => handlers.stateChanged?.(state));
  }

  #tell(handler: () => void): void {
    try {
      handler();
    } catch (thrown) {
      const { logger, path } = this.#options;
      logger.error({ path, error: messageOf(thrown) }, 'kubernetes change not handled');
    }
  }

  #pause(delayMs: number): Promise<void> {
    const { clock, client } = this.#options;
    const { signal } = this.stopping;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        for (const stop of stops) stop();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const wake = (): void => {
        if (!this.#mayWake()) return;
        this.#backOff.reset();
        stops.push(clock.after(this.#random() * wokenWithinMs, end));
      };
      const stops = [clock.after(delayMs, end), client.onRecovered(wake)];
      signal.addEventListener('abort', end);
    });
  }

  #mayWake(): boolean {
    const now = this.#options.clock.monotonic();
    if (!this.#isOutage || now - this.#wokenAt < wokenAgainMs) return false;
    this.#wokenAt = now;
    return true;
  }
}

function statusOf(thrown: unknown): number {
  return thrown instanceof KubeApiError ? thrown.status : 0;
}

function isUnconnected(thrown: unknown): boolean {
  return thrown instanceof KubeApiError && thrown.cause instanceof NoConnectionError;
}

function stateOf(thrown: unknown): ListWatchState {
  const status = statusOf(thrown);
  if (status === 404) return 'absent';
  return status === 403 ? 'forbidden' : 'failing';
}
