import { refKey } from '../api/resource.ts';
import type { ResourceRef } from '../ir/outcome.ts';
import type { KubeObject } from './kube-object.ts';
import type { ObservedObject, ObservedObjects } from './observed-objects.ts';

/** Observed objects, as the watches tell them. */
export interface ObservedRegistry extends ObservedObjects {
  /** Takes what a watch brought, unless an answer to a write has brought a newer one. */
  readonly watched: (ref: ResourceRef, object: KubeObject) => void;
  readonly gone: (ref: ResourceRef) => void;
}

/** Creates a registry that knows no object. */
export function createObservedRegistry(): ObservedRegistry {
  const objects = new Map<string, ObservedObject>();
  const take = (key: string, object: KubeObject): void => {
    const { uid, resourceVersion, generation } = object.metadata;
    objects.set(key, { uid, resourceVersion, generation, status: object['status'] });
  };
  return {
    get: (ref) => objects.get(refKey(ref)),
    saw: (ref, object) => {
      const key = refKey(ref);
      const known = objects.get(key);
      // The answer may come after the watch has told that the object is gone, or made anew.
      if (known?.uid === object.metadata.uid && isNewer(object, known)) take(key, object);
    },
    watched: (ref, object) => {
      const key = refKey(ref);
      const known = objects.get(key);
      if (known?.uid !== object.metadata.uid || isNewer(object, known)) take(key, object);
    },
    gone: (ref) => void objects.delete(refKey(ref)),
  };
}

/** Versions are numbers that grow, or else the later to come counts. */
function isNewer({ metadata }: KubeObject, known: ObservedObject): boolean {
  const [now, then] = [metadata.resourceVersion, known.resourceVersion];
  if (!/^\d+$/.test(now) || !/^\d+$/.test(then)) return true;
  return BigInt(now) >= BigInt(then);
}
