import { refKey } from '../api/resource.ts';
import type { Clock } from '../base/clock.ts';
import type { Outcome } from '../ir/outcome.ts';

/** When to try again after a failure, and who else has to wait meanwhile. */
export interface Retry {
  /** `namespace`: the resources of the kind in that namespace; a right that lacks is lacking for all of them. */
  readonly scope: 'resource' | 'namespace' | 'all';
  /** After the first failure; doubled by each further one, up to `maxMs`. */
  readonly firstMs: number;
  readonly maxMs: number;
  /** What the server has asked for. */
  readonly atLeastMs?: number | undefined;
}

/** Outcomes that wait for being written: the latest one of each resource, a lane for each kind and namespace. */
export interface StatusQueue {
  /** Takes an outcome, in place of an earlier one of the resource. */
  readonly put: (outcome: Outcome) => void;
  readonly counts: () => { readonly queued: number; readonly inFlight: number };
  /** Begins nothing more; resolves when what is under way has ended. */
  readonly stop: () => Promise<void>;
}

export interface StatusQueueOptions {
  /** Writes the outcome that `latest` gives; never rejects. */
  readonly work: (latest: () => Outcome) => Promise<Retry | undefined>;
  /** How long the outcome may wait for a later one that says more. */
  readonly patienceMs: (outcome: Outcome) => number;
  /** How many of a kind may be under way. */
  readonly width: (kind: string) => number;
  readonly maxInFlight: number;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
}

interface Item {
  readonly lane: Lane;
  outcome: Outcome;
  /** Another outcome has come while one was being written. */
  isOutdated: boolean;
  failures: number;
  /** Set while it waits for a time to come. */
  cancel: (() => void) | undefined;
}

/** Failures in a row, and the time that nothing is begun because of them. */
interface Pause {
  failures: number;
  untilMs: number;
  /** Set during the pause. */
  cancel: (() => void) | undefined;
}

interface Lane extends Pause {
  readonly kind: string;
  readonly ready: Set<Item>;
}

interface State extends StatusQueueOptions {
  readonly items: Map<string, Item>;
  readonly lanes: Map<string, Lane>;
  /** Lanes in which something is ready, in the order in which they have their turn. */
  readonly waiting: Set<Lane>;
  readonly inFlightOf: Map<string, number>;
  readonly pause: Pause;
  inFlight: number;
  stopped: (() => void) | undefined;
}

/** Creates an empty queue. */
export function createStatusQueue(options: StatusQueueOptions): StatusQueue {
  const state: State = {
    ...options,
    items: new Map(),
    lanes: new Map(),
    waiting: new Set(),
    inFlightOf: new Map(),
    pause: { failures: 0, untilMs: 0, cancel: undefined },
    inFlight: 0,
    stopped: undefined,
  };
  return {
    put: (outcome) => {
      if (state.stopped === undefined) put(state, outcome);
    },
    counts: () => ({ queued: state.items.size - state.inFlight, inFlight: state.inFlight }),
    stop: () => stop(state),
  };
}

function stop(state: State): Promise<void> {
  for (const item of state.items.values()) item.cancel?.();
  for (const pause of [state.pause, ...state.lanes.values()]) pause.cancel?.();
  state.waiting.clear();
  return new Promise((resolve) => {
    state.stopped = resolve;
    if (state.inFlight === 0) resolve();
  });
}

function put(state: State, outcome: Outcome): void {
  const former = state.items.get(refKey(outcome.ref));
  const patienceMs = state.patienceMs(outcome);
  if (former === undefined) {
    const lane = laneOf(state, outcome.ref);
    const item = { lane, outcome, isOutdated: false, failures: 0, cancel: undefined };
    state.items.set(refKey(outcome.ref), item);
    wait(state, item, patienceMs);
    return;
  }
  former.outcome = outcome;
  if (former.cancel === undefined) {
    // It is in its lane, or under way.
    former.isOutdated = true;
  } else if (patienceMs === 0) {
    former.cancel();
    wait(state, former, 0);
  }
}

function wait(state: State, item: Item, delayMs: number): void {
  const proceed = (): void => {
    item.cancel = undefined;
    makeReady(state, item);
    pump(state);
  };
  if (delayMs === 0) proceed();
  else item.cancel = state.clock.after(delayMs, proceed);
}

function makeReady(state: State, item: Item): void {
  item.lane.ready.add(item);
  state.waiting.add(item.lane);
}

function laneOf(state: State, { kind, namespace }: Outcome['ref']): Lane {
  const key = `${kind}/${namespace}`;
  const former = state.lanes.get(key);
  if (former !== undefined) return former;
  const lane = { kind, ready: new Set<Item>(), failures: 0, untilMs: 0, cancel: undefined };
  state.lanes.set(key, lane);
  return lane;
}

/** Begins as much as may be under way. */
function pump(state: State): void {
  for (const lane of state.waiting) {
    if (!isFree(state, lane)) continue;
    for (const item of lane.ready) {
      if (!isFree(state, lane)) break;
      lane.ready.delete(item);
      begin(state, item);
    }
    if (lane.ready.size === 0) state.waiting.delete(lane);
  }
}

function isFree(state: State, lane: Lane): boolean {
  if (state.pause.cancel !== undefined || lane.cancel !== undefined) return false;
  // After a failure one write alone finds out whether it goes again.
  if (state.inFlight >= (state.pause.failures > 0 ? 1 : state.maxInFlight)) return false;
  const width = lane.failures > 0 ? 1 : state.width(lane.kind);
  return (state.inFlightOf.get(lane.kind) ?? 0) < width;
}

function begin(state: State, item: Item): void {
  count(state, item.lane, 1);
  const latest = (): Outcome => {
    item.isOutdated = false;
    return item.outcome;
  };
  void workOn(state, item, latest);
}

async function workOn(state: State, item: Item, latest: () => Outcome): Promise<void> {
  const retry = await state.work(latest);
  count(state, item.lane, -1);
  if (state.stopped === undefined) {
    finish(state, item, retry);
    pump(state);
  } else if (state.inFlight === 0) {
    state.stopped();
  }
}

function count(state: State, { kind }: Lane, by: number): void {
  state.inFlight += by;
  state.inFlightOf.set(kind, (state.inFlightOf.get(kind) ?? 0) + by);
}

function finish(state: State, item: Item, retry: Retry | undefined): void {
  const { lane } = item;
  if (retry?.scope === 'all') {
    pause(state, state.pause, retry);
    // Others have their turn first: it may be that only this one cannot be written.
    state.waiting.delete(lane);
    makeReady(state, item);
    return;
  }
  state.pause.failures = 0;
  if (retry?.scope === 'namespace') {
    pause(state, lane, retry);
    makeReady(state, item);
    return;
  }
  lane.failures = 0;
  if (item.isOutdated) {
    makeReady(state, item);
  } else if (retry === undefined) {
    state.items.delete(refKey(item.outcome.ref));
  } else {
    item.failures += 1;
    wait(state, item, delayOf(retry, item.failures, state.random));
  }
}

/** What was under way when the first failure came tells nothing new. */
function pause(state: State, pause: Pause, retry: Retry): void {
  if (pause.cancel === undefined) pause.failures += 1;
  const delayMs = delayOf(retry, pause.failures, state.random);
  const untilMs = state.clock.monotonic() + delayMs;
  if (pause.cancel !== undefined && untilMs <= pause.untilMs) return;
  pause.untilMs = untilMs;
  pause.cancel?.();
  pause.cancel = state.clock.after(delayMs, () => {
    pause.cancel = undefined;
    pump(state);
  });
}

/** Between half and the whole of the time, so that two controllers do not keep step. */
function delayOf(
  { firstMs, maxMs, atLeastMs }: Retry,
  failures: number,
  random: () => number,
): number {
  const fullMs = Math.min(maxMs, firstMs * 2 ** (failures - 1));
  return Math.max(fullMs * (0.5 + random() / 2), atLeastMs ?? 0);
}
