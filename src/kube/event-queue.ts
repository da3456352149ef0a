import type { Clock } from '../base/clock.ts';
import { BoundedMap } from './bounded-map.ts';
import type { ResourceEvent } from './event-document.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

/** Events that wait for being sent, one after the other and not too many at a time. */
export interface EventQueue {
  readonly put: (event: ResourceEvent) => void;
  /** Sends nothing more; resolves when the one under way has ended. */
  readonly stop: () => Promise<void>;
}

export interface EventQueueOptions {
  /** Sends one; never rejects. Gives how long to pause afterwards. */
  readonly send: (event: ResourceEvent) => Promise<number | undefined>;
  /** One is given up without having been sent. */
  readonly dropped: () => void;
  readonly isLeader: () => boolean;
  /** Something more important is being written. */
  readonly isBusy: () => boolean;
  readonly clock: Clock;
}

/** Beyond it the story is told by the statuses alone. */
const maxWaiting = 250;

const overall = { burst: 50, perSecond: 50 };
/** A bulk change of one kind must not use up what the others need. */
const ofKind = { burst: 25, perSecond: 10 };

/** Of how many namespaces it is remembered when they had their turn. */
const maxNamespaces = 1_000;

/** How long to give way. */
const busyMs = 200;

interface State extends EventQueueOptions {
  readonly waiting: ResourceEvent[];
  readonly all: TokenBucket;
  readonly kinds: Map<string, TokenBucket>;
  /** By namespace: the number of the last event that was sent for it. */
  readonly turns: BoundedMap<string, number>;
  count: number;
  sending: Promise<void> | undefined;
  cancelTimer: (() => void) | undefined;
  stopped: boolean;
}

/** Creates an empty queue. */
export function createEventQueue(options: EventQueueOptions): EventQueue {
  const state: State = {
    ...options,
    waiting: [],
    all: createTokenBucket(overall, options.clock),
    kinds: new Map(),
    turns: new BoundedMap(maxNamespaces),
    count: 0,
    sending: undefined,
    cancelTimer: undefined,
    stopped: false,
  };
  return {
    put: (event) => {
      if (state.stopped) return;
      state.waiting.push(event);
      if (state.waiting.length > maxWaiting) dropOne(state);
      step(state);
    },
    stop: async () => {
      state.stopped = true;
      state.cancelTimer?.();
      await state.sending;
    },
  };
}

/** One of the namespace of which most wait; there, what has gone wrong is more worth telling than what goes well. */
function dropOne({ waiting, dropped }: State): void {
  const counts = new Map<string, number>();
  for (const { ref } of waiting) counts.set(ref.namespace, (counts.get(ref.namespace) ?? 0) + 1);
  const most = Math.max(...counts.values());
  const isOfMost = ({ ref }: ResourceEvent): boolean => counts.get(ref.namespace) === most;
  const normal = waiting.findIndex((one) => one.type === 'Normal' && isOfMost(one));
  waiting.splice(normal === -1 ? waiting.findLastIndex(isOfMost) : normal, 1);
  dropped();
}

/** Sends the next event, or sees to it that it will be sent. */
function step(state: State): void {
  if (state.stopped || state.sending !== undefined || state.cancelTimer !== undefined) return;
  if (!state.isLeader()) {
    // Whoever leads now tells its own.
    for (const _event of state.waiting.splice(0)) state.dropped();
  }
  const next = nextOf(state);
  if (next === undefined) return;
  const delayMs = Math.max(next.waitMs, state.isBusy() ? busyMs : 0);
  if (delayMs > 0) {
    sleep(state, delayMs);
    return;
  }
  state.waiting.splice(state.waiting.indexOf(next.event), 1);
  state.all.take();
  bucketOf(state, next.event).take();
  state.turns.set(next.event.ref.namespace, (state.count += 1));
  state.sending = sendOne(state, next.event);
}

async function sendOne(state: State, event: ResourceEvent): Promise<void> {
  const pauseMs = await state.send(event);
  state.sending = undefined;
  if (pauseMs === undefined) step(state);
  else sleep(state, pauseMs);
}

function sleep(state: State, delayMs: number): void {
  if (state.stopped) return;
  state.cancelTimer = state.clock.after(delayMs, () => {
    state.cancelTimer = undefined;
    step(state);
  });
}

/**
 * The event whose kind may send soonest, and how long that takes; of several the one whose namespace has waited longest, so that
 * what flaps in one does not keep the events of others.
 */
function nextOf(
  state: State,
): { readonly event: ResourceEvent; readonly waitMs: number } | undefined {
  const firsts = new Map<string, ResourceEvent>();
  for (const event of state.waiting) {
    const key = `${event.kind}/${event.ref.namespace}`;
    if (!firsts.has(key)) firsts.set(key, event);
  }
  const candidates = [...firsts.values()].map((event) => ({
    event,
    waitMs: Math.max(state.all.waitMs(), bucketOf(state, event).waitMs()),
    turn: state.turns.get(event.ref.namespace) ?? 0,
  }));
  return candidates.sort((a, b) => a.waitMs - b.waitMs || a.turn - b.turn)[0];
}

function bucketOf({ kinds, clock }: State, { kind }: ResourceEvent): TokenBucket {
  const bucket = kinds.get(kind) ?? createTokenBucket(ofKind, clock);
  kinds.set(kind, bucket);
  return bucket;
}
