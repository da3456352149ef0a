import type { Entry } from '../api/resource.ts';

/** Oldest first, then by namespace and name: who keeps a domain or a port that two want. */
export function byAge(a: Entry, b: Entry): number {
  return compareText(sortKey(a), sortKey(b));
}

function sortKey({ resource, ref }: Entry): string {
  // A rejected newest version is no reason to lose one's place: then only the name counts, after those with a time.
  const created = resource?.metadata.creationTimestamp ?? '';
  return `${created} ${ref.namespace} ${ref.name}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
