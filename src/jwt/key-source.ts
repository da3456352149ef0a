import type { KeySnapshot } from './key-snapshot.ts';

/** Where a provider gets its keys from; it stays the same object while its keys change. */
export interface KeySource {
  /** The keys to verify with now; undefined: none is known. */
  readonly current: () => KeySnapshot | undefined;
  /** Ends when the first attempt to get keys is over; undefined when it is, or when there is none. */
  readonly arriving: () => Promise<void> | undefined;
  /**
   * Asks for newer keys, since a token names one that is not there. Ends when they were asked for; undefined when it is too
   * soon to ask again.
   */
  readonly refetch: () => Promise<void> | undefined;
}

/** The state of a key set from the network, as conditions, metrics and dumps show it. */
export interface KeySetState {
  /** Not tried yet · up to date · served on although fetching fails · no usable keys. */
  readonly state: 'pending' | 'ready' | 'stale' | 'failed';
  readonly keys: number;
  /** Since when these are the keys: a fetch that brings the same ones changes nothing. */
  readonly loadedAtMs?: number;
  /** Of the last fetch that worked. */
  readonly fetchedAtMs?: number;
  readonly ageSeconds?: number;
  /** Of the last attempt, when it failed. Never has anything of a response body in it. */
  readonly lastError?: string;
}
