import type { OwnKind } from '../api/kinds.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Outcome } from '../ir/outcome.ts';
import {
  createEventRecorder,
  type EventRecorder,
  type EventRecorderStats,
} from './event-recorder.ts';
import type { KubeClient } from './kube-client.ts';
import type { ObservedObjects } from './observed-objects.ts';
import { ownKind } from './own-kind.ts';
import { createServedSubresources } from './served-subresources.ts';
import { createStatusFailures, type StatusFailures } from './status-failures.ts';
import { createStatusQueue, type Retry } from './status-queue.ts';
import { createStatusShapes, type StatusShapes } from './status-shapes.ts';
import { writeStatus, type WritePorts, type WriteResult } from './status-write.ts';

/** Tells in the cluster what has come of each resource, by status and events: one write per change, by the leader only. */
export interface StatusWriter {
  /** These outcomes have changed; without leadership nothing is done about it. */
  readonly changed: (outcomes: readonly Outcome[]) => void;
  /** This process has just become the leader: looks at every resource. */
  readonly leading: () => void;
  readonly stats: () => StatusWriterStats;
  /** Begins no further write; resolves when those under way have ended. */
  readonly stop: () => Promise<void>;
}

/** For metrics: counts since the start, and what waits now. */
interface StatusWriterStats {
  readonly written: number;
  /** Looked at and found to say the outcome already. */
  readonly unchanged: number;
  /** Tries that another writer came before. */
  readonly conflicts: number;
  readonly failures: number;
  readonly queued: number;
  readonly inFlight: number;
  readonly events: EventRecorderStats;
}

export interface StatusWriterOptions {
  readonly client: KubeClient;
  readonly observed: ObservedObjects;
  /** Every complete outcome there is. */
  readonly outcomes: () => readonly Outcome[];
  readonly isLeader: () => boolean;
  /** The controller's own. */
  readonly namespace: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** From 0 to below 1, for jitter; a parameter for tests. */
  readonly random?: () => number;
}

/** More does not help: the API server writes one after the other. */
const maxInFlight = 12;

/** Keys of an issuer mostly come within this time, and then one write says it all. */
const keysPatienceMs = 1000;

/** How soon a status is set right that somebody has removed or changed without changing the resource. */
const rescanMs = 300_000;

/** Everybody changes the object all the time. */
const contended: Retry = { scope: 'resource', firstMs: 2_000, maxMs: 60_000 };

/** Creates a writer that has written nothing yet. */
export function createStatusWriter(options: StatusWriterOptions): StatusWriter {
  const { client, clock, namespace, isLeader, random = Math.random } = options;
  const counts = { written: 0, unchanged: 0, conflicts: 0, failures: 0 };
  const shapes = createStatusShapes(createServedSubresources(client), namespace);
  const conflicted = (): void => void (counts.conflicts += 1);
  const ports: WritePorts = { ...options, shapes, conflicted };
  const failures = createStatusFailures(options.logger);
  const isBusy = (): boolean => queue.counts().inFlight > maxInFlight / 2;
  const events = createEventRecorder({ ...options, isBusy });
  const queue = createStatusQueue({
    work: (latest) => work(latest, { ports, failures, counts, events }),
    patienceMs,
    // The answer to the first write shows what the CRD keeps; the others of the kind may need none then.
    width: (kind) => widthOf(ownKind(kind), shapes),
    maxInFlight,
    clock,
    random,
  });
  const put = (outcomes: readonly Outcome[]): void => {
    if (isLeader()) for (const outcome of outcomes) queue.put(outcome);
  };
  let cancelRescan = (): void => undefined;
  const rescan = (): void => {
    cancelRescan();
    shapes.renew();
    put(options.outcomes());
    cancelRescan = clock.after(rescanMs, rescan);
  };
  return {
    changed: put,
    leading: rescan,
    stats: () => ({ ...counts, ...queue.counts(), events: { ...events.stats() } }),
    stop: async () => {
      cancelRescan();
      await queue.stop();
      await events.stop();
    },
  };
}

function widthOf(kind: OwnKind | undefined, shapes: StatusShapes): number {
  return kind !== undefined && shapes.isKnown(kind) ? maxInFlight : 1;
}

interface WorkContext {
  readonly ports: WritePorts;
  readonly failures: StatusFailures;
  readonly counts: { written: number; unchanged: number; failures: number };
  readonly events: Pick<EventRecorder, 'told'>;
}

async function work(
  latest: () => Outcome,
  { ports, failures, counts, events }: WorkContext,
): Promise<Retry | undefined> {
  const { ref } = latest();
  let result: WriteResult;
  try {
    result = await writeStatus(latest, ports);
  } catch (thrown) {
    counts.failures += 1;
    return failures.retryAfter(ref, thrown);
  }
  const { verdict, outcome, before } = result;
  if (verdict === 'contended') return contended;
  if (verdict === 'written') {
    counts.written += 1;
    failures.succeeded(ref);
  }
  if (verdict === 'same') counts.unchanged += 1;
  if (before !== undefined && (verdict === 'written' || verdict === 'same')) {
    events.told(outcome, before);
  }
  return undefined;
}

function patienceMs({ conditions }: Outcome): number {
  const isFetching = conditions.some(
    ({ type, status }) => type === 'KeysReady' && status === 'Unknown',
  );
  return isFetching ? keysPatienceMs : 0;
}
