import { refKey, type Entry } from '../api/resource.ts';
import { compare } from './held-entries.ts';

/** Entries of one kind in the order of namespace and name; a list of these never changes. */
export type SortedEntries = readonly Entry[];

/** The list after some of its refs have changed; by the key of the ref, undefined is gone. */
export function withChanges(
  entries: SortedEntries,
  changes: ReadonlyMap<string, Entry | undefined>,
): SortedEntries {
  const kept = entries.filter(({ ref }) => !changes.has(refKey(ref)));
  const added = [...changes.values()].flatMap((entry) => entry ?? []);
  // Two runs that are nearly in order: the sort takes one pass over them.
  return [...kept, ...added.sort(byName)].sort(byName);
}

/** The entry of a namespace and name. */
export function findEntry(
  entries: SortedEntries,
  namespace: string,
  name: string,
): Entry | undefined {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (!entry) return undefined;
    const order = compare(entry.ref.namespace, namespace) || compare(entry.ref.name, name);
    if (order === 0) return entry;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

function byName({ ref: a }: Entry, { ref: b }: Entry): number {
  return compare(a.namespace, b.namespace) || compare(a.name, b.name);
}
