import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Outcome } from '../ir/outcome.ts';
import { BoundedMap } from './bounded-map.ts';
import { eventDocument, eventKey, type ResourceEvent } from './event-document.ts';
import { createEventQueue } from './event-queue.ts';
import { KubeApiError } from './kube-api-error.ts';
import type { KubeClient } from './kube-client.ts';
import type { KubeObject } from './kube-object.ts';
import type { ObservedObject } from './observed-objects.ts';
import { ownKind } from './own-kind.ts';
import { apiTime } from './status-document.ts';
import { statusTransitions } from './status-transitions.ts';
import { readStoredStatus, type StoredCondition, type StoredStatus } from './stored-status.ts';

/** Tells transitions of resources as Kubernetes events: as far as it goes, and never in the way of a status. */
export interface EventRecorder {
  /** An outcome stands in the status of an object that said something else, or the same, before. */
  readonly told: (outcome: Outcome, before: ObservedObject) => void;
  readonly stats: () => EventRecorderStats;
  /** Sends nothing more; resolves when the request under way has ended. */
  readonly stop: () => Promise<void>;
}

/** For metrics: counts since the start. */
export interface EventRecorderStats {
  readonly sent: number;
  readonly dropped: number;
}

export interface EventRecorderOptions {
  readonly client: Pick<KubeClient, 'request'>;
  readonly isLeader: () => boolean;
  /** The controller's own. */
  readonly namespace: string;
  /** Something more important is being written. */
  readonly isBusy: () => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Resources whose last outcome is remembered, for CRDs that keep no conditions. */
const maxRemembered = 5_000;

/** Events of which the same again only raises the count. */
const maxRecent = 1_000;

interface RecentEvent {
  readonly path: string;
  count: number;
}

/** Creates a recorder that knows of nothing yet. */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { namespace, logger } = options;
  const remembered = new BoundedMap<string, StoredStatus>(maxRemembered);
  const recent = new BoundedMap<string, RecentEvent>(maxRecent);
  const counts = { sent: 0, dropped: 0 };
  const queue = createEventQueue({
    ...options,
    dropped: () => void (counts.dropped += 1),
    send: async (event) => {
      try {
        await send(event, recent, options);
        counts.sent += 1;
        return undefined;
      } catch (thrown) {
        counts.dropped += 1;
        logger.debug({ ...event.ref, error: messageOf(thrown) }, 'event not sent');
        return pauseAfter(thrown);
      }
    },
  });
  return {
    told: (outcome, before) => {
      const kind = ownKind(outcome.ref.kind);
      if (kind === undefined) return;
      const { uid, resourceVersion, status } = before;
      const former = formerOf(readStoredStatus(status, namespace), remembered.get(uid), outcome);
      const { ref } = outcome;
      remembered.set(uid, { ...former, state: outcome.state, conditions: conditionsOf(outcome) });
      for (const transition of statusTransitions(former, outcome)) {
        queue.put({ ...transition, kind, ref, uid, resourceVersion });
      }
    },
    stats: () => counts,
    stop: queue.stop,
  };
}

/**
 * What was told of the resource before: what is stored, else what is remembered. Where the CRD keeps only one of the two
 * forms and the process is new, nothing is known of the other, and nothing is made of it.
 */
function formerOf(
  stored: StoredStatus,
  remembered: StoredStatus | undefined,
  outcome: Outcome,
): StoredStatus {
  const isNew = stored.state === undefined && stored.conditions.size === 0;
  const unknown = isNew
    ? { state: undefined, conditions: stored.conditions }
    : { state: outcome.state, conditions: conditionsOf(outcome) };
  return {
    ...stored,
    state: stored.state ?? (remembered ?? unknown).state,
    conditions: stored.conditions.size > 0 ? stored.conditions : (remembered ?? unknown).conditions,
  };
}

function conditionsOf({ conditions }: Outcome): ReadonlyMap<string, StoredCondition> {
  return new Map(conditions.map(({ type, status, reason }) => [type, { status, reason }]));
}

async function send(
  event: ResourceEvent,
  recent: BoundedMap<string, RecentEvent>,
  { client, clock }: EventRecorderOptions,
): Promise<void> {
  const key = eventKey(event);
  const known = recent.get(key);
  if (known !== undefined && (await countUp(known, client, clock))) {
    recent.set(key, known);
    return;
  }
  recent.delete(key);
  const path = `/api/v1/namespaces/${encodeURIComponent(event.ref.namespace)}/events`;
  const body = eventDocument(event, clock.now());
  const made = await client.request<KubeObject>({ method: 'POST', path, body });
  recent.set(key, { path: `${path}/${encodeURIComponent(made.metadata.name)}`, count: 1 });
}

/** Raises the count of an event; false when the API server has dropped it: events live for an hour. */
async function countUp(
  known: RecentEvent,
  client: Pick<KubeClient, 'request'>,
  clock: Clock,
): Promise<boolean> {
  const body = { count: known.count + 1, lastTimestamp: apiTime(clock.now()) };
  const contentType = 'application/merge-patch+json';
  try {
    await client.request({ method: 'PATCH', path: known.path, contentType, body });
    known.count += 1;
    return true;
  } catch (thrown) {
    if (thrown instanceof KubeApiError && thrown.status === 404) return false;
    throw thrown;
  }
}

const pauseMs = 5_000;

/** How long to send nothing after a failure: a refusal of one event says nothing of the next. */
function pauseAfter(thrown: unknown): number | undefined {
  if (!(thrown instanceof KubeApiError)) return undefined;
  const { status, retryAfterMs } = thrown;
  const isRefusal = status >= 400 && status < 500 && ![401, 403, 429].includes(status);
  return isRefusal ? undefined : Math.max(pauseMs, retryAfterMs ?? 0);
}
