import type { LocatedProblem } from '../api/problem.ts';

/** Where manifests come from: it fills a store, and keeps it filled. */
export interface ConfigSource {
  /** Resolves when everything was delivered once; throws when what it was told to read cannot be there. */
  readonly start: () => Promise<void>;
  /** Whether everything was delivered once: never false again. */
  readonly synced: () => boolean;
  /** What is missing until then. */
  readonly missing: () => readonly string[];
  /** What is wrong with what it reads, where no entry of the store tells it. */
  readonly problems: () => readonly LocatedProblem[];
  readonly stop: () => Promise<void>;
}
