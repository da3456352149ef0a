import type { Clock } from '../base/clock.ts';
import type { QueueDepth } from '../llm/queue-depth.ts';
import type { Watch, WatchParts } from './endpoint-health.ts';
import type { EndpointQueue } from './endpoint-queue.ts';
import type { QueueProbe } from './queue-probe.ts';

const leastMs = 1000;
/** All endpoints of a cluster together are read this often: each has some hundred kilobytes. */
const apartMs = 25;
/** A reading counts for so many intervals. */
const freshIntervals = 3;
/** Where nobody asks for it, or where it was not to be had several times. */
const seldomMs = 15_000;
const mostFailures = 3;
const timeoutMs = 1000;
/** So long after the last one who asked, somebody may still ask again. */
const wantedMs = 60_000;

/** Whose queue is read. */
export interface WatchedQueue {
  readonly queue: EndpointQueue;
  /** Requests of this process under way there. */
  readonly active: () => number;
  readonly probe: QueueProbe;
  /** Endpoints that are read as this one is. */
  readonly peers: number;
}

/** Reads the queue of a model server again and again until it is stopped: often while requests are sent by it, else seldom. */
export function startQueueWatch(watched: WatchedQueue, { clock, random }: WatchParts): Watch {
  const { queue, active, probe, peers } = watched;
  const usualMs = Math.max(leastMs, apartMs * peers);
  const stopped = new AbortController();
  let cancel = (): void => {};
  let isIdle = false;
  let failures = 0;
  const schedule = (ms: number): void => {
    if (!stopped.signal.aborted) cancel = clock.after(ms, () => void run());
  };
  const run = async (): Promise<void> => {
    isIdle = false;
    // Those that the server had when it was asked: what is sent meanwhile comes on top.
    const before = active();
    const depth = await askInTime(probe, clock, stopped.signal);
    if (stopped.signal.aborted) return;
    if (depth !== undefined) queue.record(depth, before, usualMs * freshIntervals);
    failures = depth === undefined ? failures + 1 : 0;
    isIdle = depth !== undefined && !queue.isWanted(wantedMs);
    const isSeldom = isIdle || failures >= mostFailures;
    schedule(isSeldom ? Math.max(seldomMs, usualMs) : usualMs);
  };
  const wake = (): void => {
    if (!isIdle) return;
    isIdle = false;
    cancel();
    void run();
  };
  queue.wake = wake;
  schedule(random() * usualMs);
  return {
    stop: () => {
      stopped.abort();
      cancel();
      // That of the next version of the cluster may be there already.
      if (queue.wake === wake) queue.wake = undefined;
      probe.close();
    },
  };
}

async function askInTime(
  probe: QueueProbe,
  clock: Clock,
  stopped: AbortSignal,
): Promise<QueueDepth | undefined> {
  const late = new AbortController();
  const cancelTimeout = clock.after(timeoutMs, () => late.abort());
  const depth = await probe.ask(AbortSignal.any([late.signal, stopped]));
  cancelTimeout();
  return depth;
}
