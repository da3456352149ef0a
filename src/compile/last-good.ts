import { refKey, type Entry, type Resource } from '../api/resource.ts';

/** The last good version; one of a resource that was deleted and made anew under the same name does not count. */
export function lastGoodOf(
  entry: Entry,
  lastGood: ReadonlyMap<string, Resource>,
): Resource | undefined {
  const last = lastGood.get(refKey(entry.ref));
  const uid = entry.uid ?? entry.resource?.metadata.uid;
  return last?.metadata.uid === uid ? last : undefined;
}
