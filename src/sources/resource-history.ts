import { refKey, type Entry } from '../api/resource.ts';
import type { ManifestDocument } from './manifest-file.ts';

/** Stands in for what an API server remembers of a resource: when it came, and how often its content changed. */
export interface ResourceHistory {
  /** The entry with its `creationTimestamp` and `generation`. */
  readonly stamp: (document: ManifestDocument, now: number) => Entry;
  /** Forgets the resources that are not among these: one that comes back is new. */
  readonly retain: (keys: ReadonlySet<string>) => void;
}

interface Past {
  readonly creationTimestamp: string;
  contentHash: string;
  generation: number;
}

/** Creates a history in which every resource is new. */
export function createResourceHistory(): ResourceHistory {
  const pasts = new Map<string, Past>();
  const pastOf = (key: string, hash: string, now: number): Past => {
    const known = pasts.get(key);
    if (known === undefined) {
      const creationTimestamp = new Date(now).toISOString();
      const fresh = { creationTimestamp, contentHash: hash, generation: 1 };
      pasts.set(key, fresh);
      return fresh;
    }
    if (known.contentHash !== hash) {
      known.contentHash = hash;
      known.generation += 1;
    }
    return known;
  };
  return {
    stamp: ({ entry, contentHash }, now) => {
      const { creationTimestamp, generation } = pastOf(refKey(entry.ref), contentHash, now);
      const { resource } = entry;
      if (resource === undefined) return { ...entry, generation };
      const metadata = { ...resource.metadata, creationTimestamp, generation };
      return { ...entry, generation, resource: { ...resource, metadata } };
    },
    retain: (keys) => {
      for (const key of pasts.keys()) if (!keys.has(key)) pasts.delete(key);
    },
  };
}
