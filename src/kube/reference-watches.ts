import { refKey } from '../api/resource.ts';
import type { Clock } from '../base/clock.ts';
import type { WantedRef } from '../ir/outcome.ts';
import {
  createWatchedCollection,
  type CollectionParts,
  type WatchedCollection,
  type WatchTarget,
} from './watched-collection.ts';

/** Watches of the Secrets and Services that manifests name, and of pods of these, and of nothing else: rights can be as small as that. */
export interface ReferenceWatches {
  /**
   * Starts and stops watches to fit exactly. Undefined: of each it is known whether it is there; else a promise that resolves
   * once it is, 5 s after a watch was started at the latest.
   */
  readonly want: (refs: readonly WantedRef[]) => Promise<void> | undefined;
  readonly collections: () => readonly WatchedCollection[];
  /** Whether all that is wanted was known once, or has been waited for long enough; false before the first `want`. */
  readonly settled: () => boolean;
  readonly stop: () => Promise<void>;
}

interface Reference {
  readonly ref: WantedRef;
  readonly startedMs: number;
  readonly collections: readonly WatchedCollection[];
}

/** After that a compile goes on without; a watch that fails for longer must not hold up every change. */
const waitMs = 5_000;

/** For as long a new process leaves the requests to the former one; what one tenant names must not keep it from serving others. */
const settleMs = 30_000;

/** Creates it without watches. */
export function createReferenceWatches(parts: CollectionParts): ReferenceWatches {
  const references = new Map<string, Reference>();
  const isPending = ({ startedMs, collections }: Reference): boolean =>
    parts.clock.monotonic() - startedMs < waitMs && !collections.every((one) => one.answered());
  const waits = createWaits(parts.clock, () => [...references.values()].some(isPending));
  const collections = (): readonly WatchedCollection[] =>
    [...references.values()].flatMap((one) => one.collections);
  const settled = createSettled(parts.clock, collections);
  const answered = (): void => {
    settled.look();
    waits.look();
    parts.answered();
  };
  let stopped = false;
  return {
    want: (refs) => {
      if (stopped) return undefined;
      fit(references, refs, { ...parts, answered });
      settled.begin();
      return waits.wait();
    },
    collections,
    settled: settled.look,
    stop: async () => {
      stopped = true;
      waits.end();
      await Promise.all(collections().map((one) => one.stop()));
    },
  };
}

function createSettled(clock: Clock, collections: () => readonly WatchedCollection[]) {
  let sinceMs: number | undefined;
  let settled = false;
  const look = (): boolean => {
    if (settled || sinceMs === undefined) return settled;
    const isLate = clock.monotonic() - sinceMs >= settleMs;
    settled = isLate || collections().every((one) => one.answered());
    return settled;
  };
  const begin = (): void => {
    sinceMs ??= clock.monotonic();
    look();
  };
  return { begin, look };
}

interface Waits {
  /** Resolves when nothing is pending. */
  readonly wait: () => Promise<void> | undefined;
  /** Something may no longer be pending. */
  readonly look: () => void;
  /** Resolves all. */
  readonly end: () => void;
}

function createWaits(clock: Clock, isPending: () => boolean): Waits {
  const ends = new Set<() => void>();
  const end = (): void => {
    for (const resolve of ends) resolve();
    ends.clear();
  };
  const look = (): void => {
    if (!isPending()) end();
  };
  return {
    look,
    end,
    wait: () => {
      if (!isPending()) return undefined;
      return new Promise((resolve) => {
        const cancel = clock.after(waitMs, look);
        ends.add(() => {
          cancel();
          resolve();
        });
      });
    },
  };
}

function fit(
  references: Map<string, Reference>,
  refs: readonly WantedRef[],
  parts: CollectionParts,
): void {
  const wanted = new Map(refs.map((ref) => [refKey(ref), ref]));
  for (const [key, { collections }] of references) {
    if (wanted.has(key)) continue;
    references.delete(key);
    for (const one of collections) void one.drop();
  }
  for (const [key, ref] of wanted) {
    const known = references.get(key);
    if (known && known.ref.selector === ref.selector) continue;
    // What pods were selected before is known until the new watch says which are now.
    for (const one of known?.collections ?? []) void one.stop();
    const startedMs = parts.clock.monotonic();
    const collections = targetsOf(ref).map((target) => createWatchedCollection(target, parts));
    references.set(key, { ref, startedMs, collections });
  }
}

const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const subdomain = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

const labelValue = '[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const labelPair = `(?:[a-z0-9][-a-z0-9.]{0,252}/)?${labelValue}=(?:${labelValue})?`;
const labelPairs = new RegExp(`^${labelPair}(?:,${labelPair})*$`);

/** A name that no object can have is in no list; in a selector or a path it could mean something else. */
function targetsOf({ kind, namespace, name, selector }: WantedRef): readonly WatchTarget[] {
  if (!label.test(namespace)) return [];
  const byName = { namespace, name, query: { fieldSelector: `metadata.name=${name}` } };
  if (kind === 'Secret' && subdomain.test(name)) return [{ kind, ...byName }];
  if (!label.test(name)) return [];
  if (kind === 'Pod' && selector !== undefined && labelPairs.test(selector)) {
    return [{ kind, namespace, name, query: { labelSelector: selector } }];
  }
  if (kind !== 'Service') return [];
  const query = { labelSelector: `kubernetes.io/service-name=${name}` };
  return [
    { kind, ...byName },
    { kind: 'EndpointSlice', namespace, name, query },
  ];
}
