import { kinds, type OwnKind } from '../api/kinds.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { ConfigSource } from '../sources/config-source.ts';
import type { Store } from '../store/store.ts';
import type { KubeClient } from './kube-client.ts';
import type { ListWatch, ListWatchOptions, ListWatchState } from './list-watch.ts';
import type { ObservedObjects } from './observed-objects.ts';
import { createObservedRegistry } from './observed-registry.ts';
import { createReferenceWatches, type ReferenceWatches } from './reference-watches.ts';
import { watchProblems } from './watch-problems.ts';
import { createWatchedCollection, type WatchedCollection } from './watched-collection.ts';

/** What a cluster holds of our kinds, and of its own what these name; kept in the store. */
export interface KubeSource extends ConfigSource {
  /** Watches exactly these Secrets and Services; the promise resolves when it is known of each whether it is there. */
  readonly want: ReferenceWatches['want'];
  readonly observed: ObservedObjects;
  readonly watches: () => readonly WatchFacts[];
}

/** One watch, for metrics. */
interface WatchFacts {
  readonly kind: string;
  readonly state: ListWatchState;
  /** For how long the API server could not be asked. */
  readonly failingMs: number;
}

export interface KubeSourceOptions {
  readonly client: KubeClient;
  readonly store: Store;
  /** Undefined: all. */
  readonly watchNamespaces: readonly string[] | undefined;
  /** The controller's own, whose Gateways and Settings count. */
  readonly namespace: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** `createListWatch`. */
  readonly listWatch: (options: ListWatchOptions) => ListWatch;
}

/** They say what holds for everybody: a tenant's would change it for others. */
const ownNamespaceKinds: ReadonlySet<OwnKind> = new Set(['Gateway', 'Settings']);

/** Creates a source; nothing is asked before `start`, which resolves when every kind has been answered. */
export function createKubeSource(options: KubeSourceOptions): KubeSource {
  const observed = createObservedRegistry();
  const started = Promise.withResolvers<void>();
  const parts = { ...options, observed, answered: () => {} };
  const references = createReferenceWatches(parts);
  let own: readonly WatchedCollection[] = [];
  const synced = (): boolean => own.length > 0 && own.every((one) => one.answered());
  const answered = (): void => {
    if (synced()) started.resolve();
  };
  const all = (): readonly WatchedCollection[] => [...own, ...references.collections()];
  return {
    start: () => {
      own = ownTargets(options).map((target) =>
        createWatchedCollection(target, { ...parts, answered }),
      );
      answered();
      return started.promise;
    },
    synced,
    missing: () => (synced() ? unsettled(references) : unlisted(own)),
    problems: () => watchProblems(all()),
    want: references.want,
    observed,
    watches: () =>
      all().map((one) => {
        return { kind: one.target.kind, state: one.state(), failingMs: one.failingMs() };
      }),
    stop: async () => {
      started.resolve();
      await Promise.all([...own.map((one) => one.stop()), references.stop()]);
    },
  };
}

function ownTargets({ watchNamespaces, namespace }: KubeSourceOptions) {
  const watched = watchNamespaces === undefined ? [undefined] : [...new Set(watchNamespaces)];
  return kinds.flatMap(({ kind }) => {
    const namespaces = ownNamespaceKinds.has(kind) ? [namespace] : watched;
    return namespaces.map((one) => ({ kind, namespace: one }));
  });
}

function unlisted(own: readonly WatchedCollection[]): readonly string[] {
  const waiting = own.filter((one) => !one.answered());
  const names = [...new Set(waiting.map(({ target }) => target.kind))].join(', ');
  const error = waiting.map((one) => one.lastError()).find((one) => one !== undefined);
  return [`not listed yet: ${names}${error === undefined ? '' : ` (${error})`}`];
}

function unsettled(references: ReferenceWatches): readonly string[] {
  return references.settled() ? [] : ['Secrets and Services are being looked up'];
}
