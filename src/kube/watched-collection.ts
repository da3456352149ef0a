import { coreKinds, type Kind } from '../api/kinds.ts';
import type { Entry } from '../api/resource.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Store } from '../store/store.ts';
import { collectionPath } from './api-path.ts';
import type { KubeClient } from './kube-client.ts';
import { metadataClient } from './metadata-client.ts';
import type { KubeObject } from './kube-object.ts';
import type { ListWatch, ListWatchOptions, ListWatchState } from './list-watch.ts';
import type { ObservedRegistry } from './observed-registry.ts';
import { watchedKey, watchedObject, watchedRef, type WatchedObject } from './watched-object.ts';

/** What is watched: a kind in a namespace or in all, or one object of it. */
export interface WatchTarget {
  readonly kind: Kind;
  /** Undefined: all. */
  readonly namespace: string | undefined;
  /** Only what belongs to this name. */
  readonly name?: string;
  /** The selector that says so to the API server. */
  readonly query?: Readonly<Record<string, string>>;
}

/** What every collection is built with. */
export interface CollectionParts {
  readonly client: KubeClient;
  readonly store: Store;
  readonly observed: ObservedRegistry;
  readonly clock: Clock;
  readonly logger: Logger;
  /** `createListWatch`. */
  readonly listWatch: (options: ListWatchOptions) => ListWatch;
  /** Something was answered for the first time. */
  readonly answered: () => void;
}

/** The objects of one watch, kept in the store under an origin of their own. */
export interface WatchedCollection {
  readonly target: WatchTarget;
  /** Whether it is known what there is: objects, or that there are none to be had. Never false again. */
  readonly answered: () => boolean;
  readonly state: () => ListWatchState;
  readonly lastError: () => string | undefined;
  /** For how long the API server could not be asked; 0 when it can be. */
  readonly failingMs: () => number;
  /** Ends the watch; what it brought stays in the store. */
  readonly stop: () => Promise<void>;
  /** Ends the watch and takes out of the store what it brought, at once. */
  readonly drop: () => Promise<void>;
}

/**
 * A 404 may be a passing fault of what stands before the API server: resources that are known are served for a while still. When
 * a CRD is removed, its objects are told to be gone one by one.
 */
const absentGraceMs = 60_000;

const coreKindNames: ReadonlySet<string> = new Set(coreKinds.map(({ kind }) => kind));

/** Starts to watch. */
export function createWatchedCollection(
  target: WatchTarget,
  parts: CollectionParts,
): WatchedCollection {
  const objects = new CollectionObjects(target, parts);
  const progress = createProgress(parts, () => objects.replaced([]));
  const watch = parts.listWatch({
    client: target.kind === 'Pod' ? metadataClient(parts.client) : parts.client,
    path: collectionPath(target.kind, target.namespace),
    ...(target.query === undefined ? {} : { query: target.query }),
    handlers: handlersOf(objects, progress, (state) => withhold(target, state, parts)),
    clock: parts.clock,
    logger: parts.logger,
  });
  const stop = (): Promise<void> => {
    objects.stop();
    progress.stop();
    return watch.stop();
  };
  return {
    target,
    state: watch.state,
    lastError: watch.lastError,
    answered: progress.answered,
    failingMs: progress.failingMs,
    stop,
    drop: () => {
      objects.replaced([]);
      withhold(target, 'synced', parts);
      return stop();
    },
  };
}

/** Whoever misses what one target names has to hear that there is no right to it; not being reachable changes nothing of that. */
function withhold(
  { kind, namespace = '', name }: WatchTarget,
  state: ListWatchState,
  { store }: CollectionParts,
): void {
  if (name === undefined || state === 'starting' || state === 'failing') return;
  store.withhold({ kind, namespace, name }, state === 'forbidden');
}

function handlersOf(
  objects: CollectionObjects,
  progress: Progress,
  turned: (state: ListWatchState) => void,
): ListWatchOptions['handlers'] {
  return {
    arriving: (list) => objects.arriving(list),
    replaced: (list) => {
      objects.replaced(list);
      progress.answer();
    },
    changed: (object) => objects.changed(object),
    deleted: (object) => objects.deleted(object),
    stateChanged: (state) => {
      // First, since the compile that waits for an answer begins with it.
      turned(state);
      progress.stateChanged(state);
    },
  };
}

interface Progress {
  readonly answer: () => void;
  readonly answered: () => boolean;
  readonly stateChanged: (state: ListWatchState) => void;
  readonly failingMs: () => number;
  readonly stop: () => void;
}

function createProgress({ clock, answered: tell }: CollectionParts, forget: () => void): Progress {
  let answered = false;
  let failingSince: number | undefined;
  let cancelForget = (): void => {};
  const answer = (): void => {
    cancelForget();
    if (answered) return;
    answered = true;
    tell();
  };
  return {
    answer,
    answered: () => answered,
    stateChanged: (state) => {
      failingSince = state === 'failing' ? (failingSince ?? clock.monotonic()) : undefined;
      // Whatever it has come to, the 404 is no longer the last that was heard.
      cancelForget();
      if (state !== 'absent' && state !== 'forbidden') return;
      answer();
      if (state === 'absent') cancelForget = clock.after(absentGraceMs, forget);
    },
    failingMs: () => (failingSince === undefined ? 0 : clock.monotonic() - failingSince),
    stop: () => cancelForget(),
  };
}

/** What is known of each object; the store hears only of what changes for a compile. */
class CollectionObjects {
  readonly #target: WatchTarget;
  readonly #parts: CollectionParts;
  readonly #origin: string;
  #known = new Map<string, WatchedObject>();
  /** Read already, of a list that is not there as a whole. */
  #arrived = new Map<string, WatchedObject>();
  #stopped = false;

  constructor(target: WatchTarget, parts: CollectionParts) {
    const { kind, namespace = '*', name = '*' } = target;
    this.#target = target;
    this.#parts = parts;
    this.#origin = `kube ${kind} ${namespace} ${name}`;
  }

  arriving(list: readonly KubeObject[]): void {
    if (this.#stopped) return;
    const { kind } = this.#target;
    for (const object of list) {
      const key = watchedKey(kind, object);
      this.#arrived.set(key, watchedObject(kind, object, this.#known.get(key)));
    }
  }

  replaced(list: readonly KubeObject[]): void {
    if (this.#stopped) return;
    const { kind } = this.#target;
    const now = new Map<string, WatchedObject>();
    for (const object of list) {
      const read = this.#read(object);
      if (read) now.set(watchedKey(kind, object), read);
    }
    const former = this.#known;
    this.#known = now;
    this.#arrived.clear();
    for (const [key, { entry }] of former) if (entry && !now.has(key)) this.#gone(entry.ref);
    const isSame = ([key, { fingerprint }]: [string, WatchedObject]): boolean =>
      former.get(key)?.fingerprint === fingerprint;
    if (now.size === former.size && [...now].every(isSame)) return;
    const entries = [...now.values()].flatMap(({ entry }) => entry ?? []);
    this.#parts.store.replaceOrigin(this.#origin, entries);
  }

  changed(object: KubeObject): void {
    if (this.#stopped) return;
    const key = watchedKey(this.#target.kind, object);
    const former = this.#known.get(key);
    const read = this.#read(object);
    if (!read) return;
    this.#known.set(key, read);
    if (read.fingerprint === former?.fingerprint || !read.entry) return;
    this.#parts.store.put(this.#origin, read.entry);
  }

  deleted(object: KubeObject): void {
    const key = watchedKey(this.#target.kind, object);
    const former = this.#known.get(key);
    if (this.#stopped || !former) return;
    this.#known.delete(key);
    if (!former.entry) return;
    this.#gone(former.entry.ref);
    this.#parts.store.delete(this.#origin, former.entry.ref);
  }

  stop(): void {
    this.#stopped = true;
  }

  /** An object that cannot be read is left out, or as it was; the others go on. */
  #read(object: KubeObject): WatchedObject | undefined {
    const { kind } = this.#target;
    const key = watchedKey(kind, object);
    const former = this.#known.get(key);
    try {
      const read = watchedObject(kind, object, this.#arrived.get(key) ?? former);
      if (!coreKindNames.has(kind)) {
        this.#parts.observed.watched(watchedRef(kind, object.metadata), object);
      }
      return read;
    } catch (thrown) {
      this.#parts.logger.error({ kind, error: messageOf(thrown) }, 'object not read');
      return former;
    }
  }

  #gone(ref: Entry['ref']): void {
    this.#parts.observed.gone(ref);
  }
}
