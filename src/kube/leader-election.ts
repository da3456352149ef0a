import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { KubeApiError } from './kube-api-error.ts';
import type { KubeClient } from './kube-client.ts';
import type { KubeObject } from './kube-object.ts';
import { heldSpec, readLease, releasedSpec, type LeaseState } from './lease-document.ts';

/** Which of several controllers writes to the cluster: the one that holds the Lease. All of them serve. */
export interface LeaderElection {
  readonly start: () => void;
  /** Whether this process may write now. */
  readonly isLeader: () => boolean;
  /** Calls the listener at each change; the returned function ends that. */
  readonly onChange: (listener: (isLeader: boolean) => void) => () => void;
  /** Stops leading, and gives the lease back so that another need not wait for its end. */
  readonly stop: () => Promise<void>;
}

export interface LeaderElectionOptions {
  readonly client: Pick<KubeClient, 'request'>;
  /** The controller's own, where the Lease is. */
  readonly namespace: string;
  /** Name of this process; no other may have the same. */
  readonly identity: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** From 0 to below 1, for jitter; a parameter for tests. */
  readonly random?: () => number;
}

const leaseName = 'seekgate';
const durationSeconds = 15;

/** How long a lease that is not renewed is respected; counted from when its last renewal was seen here. */
const leaseMs = durationSeconds * 1000;

/** How long after its last renewal a leader may write: well before another one may take over. */
const deadlineMs = 10_000;

const renewMs = 3_000;

/** Lease and this are the longest time without a leader after one was killed. */
const retryMs = 1_500;

/** How soon a leader looks again after somebody else has changed its Lease. */
const contendedMs = 200;

/** An answer that comes later than the deadline is of no use. */
const timeoutMs = 4_000;

interface State extends LeaderElectionOptions {
  readonly listeners: Set<(isLeader: boolean) => void>;
  readonly random: () => number;
  /** The Lease as it was last seen; undefined when it is to be read anew. */
  lease: LeaseState | undefined;
  /** The last version seen, and when it was seen first. */
  seen: { readonly resourceVersion: string; readonly atMs: number } | undefined;
  /** When the renewal that counts was sent; undefined when not leading. */
  renewedMs: number | undefined;
  failures: number;
  running: Promise<void>;
  cancelTimers: () => void;
  cancelDeadline: () => void;
  stopped: boolean;
}

/** Creates an election in which this process does not take part before it is started. */
export function createLeaderElection(options: LeaderElectionOptions): LeaderElection {
  const state: State = {
    random: Math.random,
    ...options,
    listeners: new Set(),
    lease: undefined,
    seen: undefined,
    renewedMs: undefined,
    failures: 0,
    running: Promise.resolve(),
    cancelTimers: () => undefined,
    cancelDeadline: () => undefined,
    stopped: false,
  };
  return {
    start: () => begin(state),
    isLeader: () => isLeader(state),
    onChange: (listener) => {
      state.listeners.add(listener);
      return () => void state.listeners.delete(listener);
    },
    stop: () => stop(state),
  };
}

/** Looks at the clock itself: the timer may be late when the process was held up. */
function isLeader({ renewedMs, clock }: State): boolean {
  return renewedMs !== undefined && clock.monotonic() - renewedMs < deadlineMs;
}

function begin(state: State): void {
  if (state.stopped) return;
  state.running = round(state);
}

/** One look at the Lease and, where it may be had, one write. */
async function round(state: State): Promise<void> {
  let waitMs: number;
  try {
    waitMs = await holdOrWatch(state);
    if (state.failures > 0) state.logger.info('lease reached again');
    state.failures = 0;
  } catch (thrown) {
    waitMs = failed(state, thrown);
  }
  if (!state.stopped) state.cancelTimers = state.clock.after(waitMs, () => begin(state));
}

/** Gives how long to wait for the next round. */
async function holdOrWatch(state: State): Promise<number> {
  const lease = state.lease ?? (await read(state));
  if (state.stopped) return 0;
  const restMs = lease === undefined ? 0 : respectedFor(state, lease);
  if (restMs > 0) {
    // Somebody else's, so it has to be looked at anew.
    state.lease = undefined;
    stepDown(state);
    return Math.min(restMs, retryMs);
  }
  const sentMs = state.clock.monotonic();
  try {
    state.lease = await take(state, lease);
  } catch (thrown) {
    state.lease = undefined;
    // Another was faster; or a renewal of ours of which no answer came, and then it is ours still.
    if (!(thrown instanceof KubeApiError) || thrown.status !== 409) throw thrown;
    return jittered(state, state.renewedMs === undefined ? retryMs : contendedMs);
  }
  lead(state, sentMs);
  return renewMs;
}

/** How long the Lease has to be respected; 0 when it may be taken. */
function respectedFor(state: State, { holder, resourceVersion }: LeaseState): number {
  if (holder === '' || holder === state.identity) return 0;
  const nowMs = state.clock.monotonic();
  // Its times are those of another clock; what counts is how long nothing has changed here.
  if (state.seen?.resourceVersion !== resourceVersion)
    state.seen = { resourceVersion, atMs: nowMs };
  return Math.max(0, state.seen.atMs + leaseMs - nowMs);
}

async function read({ client, namespace }: State): Promise<LeaseState | undefined> {
  const path = `${collectionOf(namespace)}/${leaseName}`;
  try {
    return readLease(await client.request<KubeObject>({ method: 'GET', path, timeoutMs }));
  } catch (thrown) {
    if (thrown instanceof KubeApiError && thrown.status === 404) return undefined;
    throw thrown;
  }
}

/** Takes or renews the Lease; of several who try the API server lets one. */
async function take(state: State, lease: LeaseState | undefined): Promise<LeaseState> {
  const { client, namespace, identity, clock } = state;
  const path = collectionOf(namespace);
  const spec = heldSpec(identity, lease, { nowMs: clock.now(), durationSeconds });
  if (lease === undefined) {
    const metadata = { name: leaseName, namespace };
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
    return readLease(await client.request<KubeObject>({ method: 'POST', path, body, timeoutMs }));
  }
  return patch(state, lease, spec);
}

async function patch(
  { client, namespace }: State,
  { resourceVersion }: LeaseState,
  spec: Readonly<Record<string, unknown>>,
): Promise<LeaseState> {
  const answer = await client.request<KubeObject>({
    method: 'PATCH',
    path: `${collectionOf(namespace)}/${leaseName}`,
    contentType: 'application/merge-patch+json',
    body: { metadata: { resourceVersion }, spec },
    timeoutMs,
  });
  return readLease(answer);
}

function collectionOf(namespace: string): string {
  return `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
}

function lead(state: State, sentMs: number): void {
  const { clock, logger, identity } = state;
  if (state.stopped) return;
  const wasLeader = state.renewedMs !== undefined;
  state.renewedMs = sentMs;
  state.cancelDeadline();
  const restMs = Math.max(0, sentMs + deadlineMs - clock.monotonic());
  state.cancelDeadline = clock.after(restMs, () => stepDown(state));
  if (wasLeader) return;
  logger.info({ identity }, 'leading');
  tell(state, true);
}

function stepDown(state: State): void {
  state.cancelDeadline();
  if (state.renewedMs === undefined) return;
  state.renewedMs = undefined;
  state.logger[state.stopped ? 'info' : 'warn']({ identity: state.identity }, 'not leading');
  tell(state, false);
}

function tell({ listeners, logger }: State, leads: boolean): void {
  for (const listener of listeners) {
    try {
      listener(leads);
    } catch (thrown) {
      logger.error({ err: thrown }, 'listener of the election failed');
    }
  }
}

/** A leader tries again soon, as its deadline is near; the others need not. */
function failed(state: State, thrown: unknown): number {
  state.lease = undefined;
  state.failures += 1;
  if (state.failures === 1) {
    state.logger.warn({ error: messageOf(thrown) }, 'lease not reached');
  }
  const retryAfterMs = thrown instanceof KubeApiError ? (thrown.retryAfterMs ?? 0) : 0;
  // Without an answer there is no server to be spared, and the first answer to this has everything else ask again, too.
  const isSilent = thrown instanceof KubeApiError && thrown.status === 0;
  const failures = isSilent ? 1 : state.failures;
  const slowMs = Math.min(retryMs * 2 ** (failures - 1), deadlineMs);
  const waitMs = state.renewedMs === undefined ? slowMs : retryMs;
  return jittered(state, Math.max(waitMs, Math.min(retryAfterMs, deadlineMs)));
}

function jittered({ random }: State, ms: number): number {
  return ms * (0.75 + random() / 4);
}

async function stop(state: State): Promise<void> {
  if (state.stopped) return;
  state.stopped = true;
  state.cancelTimers();
  const wasLeader = state.renewedMs !== undefined;
  stepDown(state);
  await state.running;
  const { clock, logger, identity } = state;
  try {
    // Of the last renewal there may have been no answer.
    const lease = state.lease ?? (wasLeader ? await read(state) : undefined);
    if (lease?.holder === identity) await patch(state, lease, releasedSpec(clock.now()));
  } catch (thrown) {
    logger.info({ error: messageOf(thrown) }, 'lease not released');
  }
}
