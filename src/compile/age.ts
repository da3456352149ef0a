import type { Kind } from '../api/kinds.ts';
import type { Entry, Resource } from '../api/resource.ts';
import { lastGoodOf } from './last-good.ts';

/**
 * Entries from the oldest to the youngest, then by namespace and name: who keeps a domain or a port that two want. Where the
 * newest version cannot be read, the last good one tells the age, so that nobody loses a place by a mistake.
 */
export function oldestFirst<K extends Kind>(
  entries: readonly Entry<K>[],
  lastGood: ReadonlyMap<string, Resource>,
): readonly Entry<K>[] {
  const aged = entries.map((entry) => ({ entry, time: timeOf(entry as Entry, lastGood) }));
  aged.sort(
    (a, b) =>
      compare(a.time, b.time) ||
      compare(a.entry.ref.namespace, b.entry.ref.namespace) ||
      compare(a.entry.ref.name, b.entry.ref.name),
  );
  return aged.map(({ entry }) => entry);
}

/** After every time there is. */
const unknown = '~';

function timeOf(entry: Entry, lastGood: ReadonlyMap<string, Resource>): string {
  const { metadata } = entry.resource ?? lastGoodOf(entry, lastGood) ?? {};
  return metadata?.creationTimestamp ?? unknown;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
