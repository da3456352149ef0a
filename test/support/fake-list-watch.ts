import type { KubeObject } from '../../src/kube/kube-object.ts';
import type { ListWatch, ListWatchOptions, ListWatchState } from '../../src/kube/list-watch.ts';

/** A watch that tells what a test has it tell. */
interface FakeWatch {
  /** Path and selectors, as one text. */
  readonly target: string;
  readonly stopped: () => boolean;
  readonly lists: (...objects: readonly KubeObject[]) => void;
  /** A page of a list that is not the last one. */
  readonly pages: (...objects: readonly KubeObject[]) => void;
  readonly changes: (object: KubeObject) => void;
  readonly deletes: (object: KubeObject) => void;
  readonly turns: (state: ListWatchState, error?: string) => void;
}

/** In place of `createListWatch`. */
export interface FakeListWatch {
  readonly create: (options: ListWatchOptions) => ListWatch;
  /** The targets that are watched now, in order. */
  readonly targets: () => readonly string[];
  /** The newest watch whose target ends in a text. */
  readonly watch: (end: string) => FakeWatch;
  readonly all: () => readonly FakeWatch[];
}

export function createFakeListWatch(): FakeListWatch {
  const watches: FakeWatch[] = [];
  const running = () => watches.filter((watch) => !watch.stopped());
  return {
    create: (options) => {
      const { watch, listWatch } = createFakeWatch(options);
      watches.push(watch);
      return listWatch;
    },
    targets: () =>
      running()
        .map(({ target }) => target)
        .sort(),
    watch: (end) => {
      const found = watches.findLast(({ target }) => target.endsWith(end));
      if (!found) throw new Error(`no watch ends in ${end}`);
      return found;
    },
    all: running,
  };
}

function createFakeWatch({ path, query = {}, handlers }: ListWatchOptions): {
  readonly watch: FakeWatch;
  readonly listWatch: ListWatch;
} {
  let state: ListWatchState = 'starting';
  let lastError: string | undefined;
  let stopped = false;
  const turns = (next: ListWatchState, error?: string): void => {
    lastError = error;
    if (next === state) return;
    state = next;
    handlers.stateChanged?.(next);
  };
  const selectors = Object.values(query).map((text) => `?${text}`);
  return {
    watch: {
      target: `${path}${selectors.join('')}`,
      stopped: () => stopped,
      pages: (...objects) => handlers.arriving?.(objects),
      lists: (...objects) => {
        handlers.replaced(objects);
        turns('synced');
      },
      changes: handlers.changed,
      deletes: handlers.deleted,
      turns,
    },
    listWatch: {
      state: () => state,
      lastError: () => lastError,
      counts: () => ({ lists: 0, watches: 0 }),
      stop: async () => {
        stopped = true;
      },
    },
  };
}
