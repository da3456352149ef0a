import { isOwnKind } from '../api/manifest-kind.ts';
import type { Resource } from '../api/resource.ts';
import type { ObservedObjects } from './observed-objects.ts';

/** By `refKey`. */
export type Resources = ReadonlyMap<string, Resource>;

/** A change of this number would leave the objects of the higher ones behind: the controller has no right to delete any. */
export const shardCount = 32;

/**
 * What is to be kept after a compile: what was accepted, and what was kept of resources that still are the same objects. A
 * resource is out of both only when it is gone, never because this process has not seen its good version. Secrets, which are
 * accepted too, never get here.
 */
export function nextKept(
  kept: Resources,
  accepted: Resources,
  observed: ObservedObjects,
): Resources {
  const next = new Map<string, Resource>();
  for (const [key, resource] of accepted) {
    if (isOwnKind(resource.kind) && resource.metadata.uid !== undefined) next.set(key, resource);
  }
  for (const key of kept.keys()) {
    // By the key first: copies that are not needed are not validated.
    const resource = next.has(key) ? undefined : kept.get(key);
    if (resource && isSameObject(resource, observed)) next.set(key, resource);
  }
  return next;
}

/** Numbers of the shards in which two sets differ; by identity, since frozen resources that are the same are unchanged. */
export function changedShards(before: Resources, after: Resources): ReadonlySet<number> {
  const changed = new Set<number>();
  for (const [key, resource] of after) if (before.get(key) !== resource) changed.add(shardOf(key));
  for (const key of before.keys()) if (!after.has(key)) changed.add(shardOf(key));
  return changed;
}

/** The resources of one shard. */
export function resourcesOfShard(resources: Resources, shard: number): Resources {
  return new Map([...resources].filter(([key]) => shardOf(key) === shard));
}

/** The shard of a key. */
export function shardOf(key: string): number {
  // FNV-1a: this is asked for thousands of keys after each compile.
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % shardCount;
}

/** Name of the object of a shard. */
export function shardName(shard: number): string {
  return `seekgate-${String(shard).padStart(2, '0')}`;
}

/** The shard that an object of that name holds; undefined when it is not one of ours. */
export function shardOfName(name: string): number | undefined {
  const shard = Number(/^seekgate-(\d\d)$/.exec(name)?.[1] ?? Number.NaN);
  return shard < shardCount ? shard : undefined;
}

function isSameObject(resource: Resource, observed: ObservedObjects): boolean {
  const { kind, metadata } = resource;
  const { namespace, name, uid } = metadata;
  return observed.get({ kind, namespace, name })?.uid === uid;
}
