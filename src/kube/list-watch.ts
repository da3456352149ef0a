import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { KubeClient } from './kube-client.ts';
import type { KubeObject } from './kube-object.ts';

/** What a list/watch has come to; `absent` is a 404 of the list (no such CRD), `forbidden` a 403. */
export type ListWatchState = 'starting' | 'synced' | 'absent' | 'forbidden' | 'failing';

/** What is told of the objects; whatever a handler throws is logged and changes nothing for the watch. */
export interface ListWatchHandlers {
  /** The whole list, after the first list and after each relist: what is not in it is gone. */
  readonly replaced: (objects: readonly KubeObject[]) => void;
  /** Added or modified. */
  readonly changed: (object: KubeObject) => void;
  readonly deleted: (object: KubeObject) => void;
  /** The state has changed. */
  readonly stateChanged?: (state: ListWatchState) => void;
}

export interface ListWatchOptions {
  readonly client: KubeClient;
  /** Of a collection, e.g. `/api/v1/namespaces/team-a/secrets`. */
  readonly path: string;
  /** `fieldSelector`, `labelSelector`. */
  readonly query?: Readonly<Record<string, string>>;
  readonly handlers: ListWatchHandlers;
  readonly clock: Clock;
  readonly logger: Logger;
  /** From 0 to below 1, for jitter; a parameter for tests. */
  readonly random?: () => number;
}

/** One collection of objects, listed once and watched from then on, until it is stopped. */
export interface ListWatch {
  readonly state: () => ListWatchState;
  /** Why the last attempt failed; undefined when it did not. */
  readonly lastError: () => string | undefined;
  /** Requests since the start: lists (pages counted one by one) and watches. */
  readonly counts: () => { readonly lists: number; readonly watches: number };
  readonly stop: () => Promise<void>;
}
