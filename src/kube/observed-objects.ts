import type { ResourceRef } from '../ir/outcome.ts';
import type { KubeObject } from './kube-object.ts';

/** What the API server holds of an object beside what is compiled: what a status is written against. */
export interface ObservedObject {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number | undefined;
  /** `status` as it is stored, whoever wrote it; unchecked. */
  readonly status: unknown;
}

/** The objects as they were last seen: by the watch, or in the answer to a write of ours. */
export interface ObservedObjects {
  readonly get: (ref: ResourceRef) => ObservedObject | undefined;
  /** Takes an object that came another way than by the watch; an older one than is known is passed over. */
  readonly saw: (ref: ResourceRef, object: KubeObject) => void;
}
