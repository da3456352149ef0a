import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Resource } from '../api/resource.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Outcome } from '../ir/outcome.ts';
import { createKeptVersions } from './kept-versions.ts';
import type { KubeClient } from './kube-client.ts';
import { createLeaderElection } from './leader-election.ts';
import type { ObservedObjects } from './observed-objects.ts';
import { createStatusWriter } from './status-writer.ts';

/** All that is written to a cluster: status, events, kept versions; of several controllers one does it. */
export interface ClusterWriter {
  /** Takes part in the election. */
  readonly start: () => void;
  /** What an earlier controller kept. */
  readonly restored: () => Promise<ReadonlyMap<string, Resource>>;
  /** Takes what a compile accepted. */
  readonly accepted: (resources: ReadonlyMap<string, Resource>) => void;
  /** Takes the outcomes that have changed. */
  readonly changed: (outcomes: readonly Outcome[]) => void;
  readonly stats: () => ClusterWriterStats;
  /** Writes what is to be written still, then gives the leadership back. */
  readonly stop: () => Promise<void>;
}

/** For metrics. */
interface ClusterWriterStats {
  readonly isLeader: boolean;
  /** Since the start. */
  readonly writes: readonly WriteCount[];
  /** Resources whose status has to be looked at. */
  readonly statusQueue: number;
}

/** Requests that changed something of one sort, and attempts that failed. */
interface WriteCount {
  readonly what: 'status' | 'event' | 'kept version';
  readonly count: number;
  readonly failures: number;
}

export interface ClusterWriterOptions {
  readonly client: KubeClient;
  readonly observed: ObservedObjects;
  /** Every complete outcome there is. */
  readonly outcomes: () => readonly Outcome[];
  /** The controller's own. */
  readonly namespace: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Puts the writers together; nothing is written before `start`. */
export function createClusterWriter(options: ClusterWriterOptions): ClusterWriter {
  const election = createLeaderElection({ ...options, identity: `${hostname()}_${randomUUID()}` });
  const shared = { ...options, isLeader: election.isLeader };
  const kept = createKeptVersions(shared);
  const status = createStatusWriter(shared);
  election.onChange((isLeader) => {
    if (!isLeader) return;
    status.leading();
    kept.leading();
  });
  return {
    start: () => {
      election.start();
      kept.prepare();
    },
    restored: kept.restore,
    accepted: kept.keep,
    changed: status.changed,
    stats: () => {
      const { written, failures, queued, inFlight, events } = status.stats();
      const copies = kept.stats();
      return {
        isLeader: election.isLeader(),
        writes: [
          { what: 'status', count: written, failures },
          { what: 'event', count: events.sent, failures: events.dropped },
          { what: 'kept version', count: copies.writes, failures: copies.failures },
        ],
        statusQueue: queued + inFlight,
      };
    },
    stop: async () => {
      await Promise.all([status.stop(), kept.stop()]);
      await election.stop();
    },
  };
}
