import { explainProblem, type Problem } from '../api/problem.ts';
import type { Kind } from '../api/kinds.ts';
import { refKey, type Entry, type ResourceSet } from '../api/resource.ts';

/** One moment of the store: what is compiled, and what is not because its name is taken. */
export interface Snapshot extends ResourceSet {
  /** One for every entry whose ref an earlier origin already holds. */
  readonly duplicates: readonly Duplicate[];
}

/** An entry that is not used. */
interface Duplicate {
  readonly entry: Entry;
  readonly problem: Problem;
}

/**
 * Everything the sources know, by origin: a file, or a watch. Two origins may hold the same ref: the first in the order of
 * origins counts, whatever came first in time, so that a restart changes nothing.
 */
export interface Store {
  /** Takes the entries for all that an origin holds, in the order given. */
  readonly replaceOrigin: (origin: string, entries: readonly Entry[]) => void;
  /** Adds or replaces one entry of an origin. */
  readonly put: (origin: string, entry: Entry) => void;
  readonly delete: (origin: string, ref: Entry['ref']) => void;
  readonly snapshot: () => Snapshot;
  /** Called after every change. */
  readonly onChange: (listener: () => void) => void;
}

/** Creates an empty store. */
export function createStore(): Store {
  const origins = new Map<string, readonly Entry[]>();
  const listeners: (() => void)[] = [];
  // Asked for much more often than it changes.
  let latest: Snapshot | undefined;
  const set = (origin: string, entries: readonly Entry[]): void => {
    if (entries.length === 0) origins.delete(origin);
    else origins.set(origin, entries);
    latest = undefined;
    for (const listener of listeners) listener();
  };
  const without = (origin: string, ref: Entry['ref']): readonly Entry[] => {
    const key = refKey(ref);
    return (origins.get(origin) ?? []).filter((entry) => refKey(entry.ref) !== key);
  };
  return {
    replaceOrigin: set,
    put: (origin, entry) => set(origin, [...without(origin, entry.ref), entry]),
    delete: (origin, ref) => set(origin, without(origin, ref)),
    snapshot: () => (latest ??= snapshotOf(origins)),
    onChange: (listener) => void listeners.push(listener),
  };
}

function snapshotOf(origins: ReadonlyMap<string, readonly Entry[]>): Snapshot {
  const byRef = new Map<string, Entry>();
  const duplicates: Duplicate[] = [];
  for (const origin of [...origins.keys()].sort()) {
    for (const entry of origins.get(origin) ?? []) {
      const key = refKey(entry.ref);
      const first = byRef.get(key);
      if (first) duplicates.push({ entry, problem: duplicateProblem(entry, first) });
      else byRef.set(key, entry);
    }
  }
  const lists = listsOf(byRef.values());
  return {
    duplicates,
    list: <K extends Kind>(kind: K) => (lists.get(kind) ?? []) as readonly Entry<K>[],
    get: <K extends Kind>(kind: K, namespace: string, name: string) =>
      byRef.get(refKey({ kind, namespace, name })) as Entry<K> | undefined,
  };
}

function listsOf(entries: Iterable<Entry>): ReadonlyMap<string, readonly Entry[]> {
  const lists = new Map<string, Entry[]>();
  for (const entry of entries) {
    const list = lists.get(entry.ref.kind);
    if (list) list.push(entry);
    else lists.set(entry.ref.kind, [entry]);
  }
  for (const list of lists.values()) list.sort(byName);
  return lists;
}

function byName({ ref: a }: Entry, { ref: b }: Entry): number {
  return compare(a.namespace, b.namespace) || compare(a.name, b.name);
}

/** By code unit: the order must not depend on the locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function duplicateProblem(entry: Entry, first: Entry): Problem {
  const { kind, namespace, name } = entry.ref;
  return {
    ref: entry.ref,
    severity: 'error',
    reason: 'DuplicateResource',
    path: 'metadata.name',
    message: `${kind} ${namespace}/${name} is defined twice: ${explainProblem(
      `${first.origin} and ${entry.origin}`,
      `one; ${first.origin} is used`,
    )}`,
  };
}
