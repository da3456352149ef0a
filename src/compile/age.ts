import type { Entry, Resource } from '../api/resource.ts';
import { lastGoodOf } from './context.ts';

/**
 * Compares entries: oldest first, then by namespace and name: who keeps a domain or a port that two want. Where the newest
 * version cannot be read, the last good one tells the age, so that nobody loses a place by a mistake.
 */
export function byAge(lastGood: ReadonlyMap<string, Resource>): (a: Entry, b: Entry) => number {
  const sortKey = (entry: Entry): readonly string[] => {
    const { resource, ref } = entry;
    const { creationTimestamp } = (resource ?? lastGoodOf(entry, lastGood))?.metadata ?? {};
    return [creationTimestamp ?? unknown, ref.namespace, ref.name];
  };
  return (a, b) => compareKeys(sortKey(a), sortKey(b));
}

/** After every time there is. */
const unknown = '~';

function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (const [index, text] of a.entries()) {
    const other = b[index] ?? '';
    if (text !== other) return text < other ? -1 : 1;
  }
  return 0;
}
