import { explainProblem, type Problem } from '../api/problem.ts';
import type { Kind } from '../api/kinds.ts';
import { refKey, type Entry, type ResourceSet } from '../api/resource.ts';
import type { ResourceRef } from '../ir/outcome.ts';
import { HeldEntries } from './held-entries.ts';
import { findEntry, withChanges, type SortedEntries } from './sorted-entries.ts';

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
  /** Whether a source may not read something; see `ResourceSet.withheld`. */
  readonly withhold: (ref: ResourceRef, isWithheld: boolean) => void;
  readonly snapshot: () => Snapshot;
  /** Called after every change. */
  readonly onChange: (listener: () => void) => void;
}

/** Creates an empty store. */
export function createStore(): Store {
  const held = new HeldEntries();
  const listeners: (() => void)[] = [];
  const changed = new Set<string>();
  let lists: Lists = new Map();
  let withheld: ReadonlySet<string> = new Set();
  let latest = snapshotOf(lists, held, withheld);
  const replace = (origin: string, ref: Entry['ref'], entry?: Entry): void => {
    const key = refKey(ref);
    held.replace(origin, key, entry);
    changed.add(key);
    tell();
  };
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  return {
    replaceOrigin: (origin, entries) => {
      for (const key of held.replaceOrigin(origin, entries)) changed.add(key);
      tell();
    },
    put: (origin, entry) => replace(origin, entry.ref, entry),
    delete: (origin, ref) => replace(origin, ref),
    withhold: (ref, isWithheld) => {
      const former = withheld;
      withheld = withMember(former, refKey(ref), isWithheld);
      if (withheld !== former) tell();
    },
    // Asked for much more often than it changes, and then little does among much.
    snapshot: () => {
      if (changed.size === 0 && withheld === latest.withheld) return latest;
      lists = listsAfter(lists, changed, held);
      latest = snapshotOf(lists, held, withheld);
      changed.clear();
      return latest;
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

/** The same set when that changes nothing. */
function withMember(set: ReadonlySet<string>, member: string, isIn: boolean): ReadonlySet<string> {
  if (set.has(member) === isIn) return set;
  const next = new Set(set);
  if (isIn) next.add(member);
  else next.delete(member);
  return next;
}

type Lists = ReadonlyMap<Kind, SortedEntries>;

/** Those of the kinds that have not changed stay the same. */
function listsAfter(former: Lists, changed: ReadonlySet<string>, held: HeldEntries): Lists {
  const changes = new Map<Kind, Map<string, Entry | undefined>>();
  for (const key of changed) {
    // A key begins with it.
    const kind = key.slice(0, key.indexOf('/')) as Kind;
    const ofKind = changes.get(kind) ?? new Map<string, Entry | undefined>();
    changes.set(kind, ofKind.set(key, held.first(key)));
  }
  const lists = new Map(former);
  for (const [kind, ofKind] of changes) {
    lists.set(kind, withChanges(lists.get(kind) ?? [], ofKind));
  }
  return lists;
}

function snapshotOf(lists: Lists, held: HeldEntries, withheld: ReadonlySet<string>): Snapshot {
  const duplicates = held.duplicates().flatMap(({ entry, first }) => {
    // One object that two watches see, such as a pod of two Services.
    const isOne = entry.origin === '' && first.origin === '' && entry.uid !== undefined;
    if (isOne && entry.uid === first.uid) return [];
    return [{ entry, problem: duplicateProblem(entry, first) }];
  });
  return {
    duplicates,
    withheld,
    list: <K extends Kind>(kind: K) => (lists.get(kind) ?? []) as readonly Entry<K>[],
    get: <K extends Kind>(kind: K, namespace: string, name: string) =>
      findEntry(lists.get(kind) ?? [], namespace, name) as Entry<K> | undefined,
  };
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
