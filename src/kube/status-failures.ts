import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { ResourceRef } from '../ir/outcome.ts';
import { KubeApiError } from './kube-api-error.ts';
import type { Retry } from './status-queue.ts';

/** What to do about writes of statuses that fail. */
export interface StatusFailures {
  /** Logs a failure where it is news, and says when to try again. */
  readonly retryAfter: (ref: ResourceRef, thrown: unknown) => Retry;
  /** A write of the kind has gone well. */
  readonly succeeded: (ref: ResourceRef) => void;
}

/** The server is away or has too much to do. */
const busy = { scope: 'all', firstMs: 500, maxMs: 30_000 } as const satisfies Retry;

/** A right lacks until somebody grants it, for all of the kind in that namespace. */
const forbidden = { scope: 'namespace', firstMs: 10_000, maxMs: 300_000 } as const satisfies Retry;

/** This status is refused, and will be until the object or the outcome is another one. */
const refused = { scope: 'resource', firstMs: 10_000, maxMs: 600_000 } as const satisfies Retry;

/**
 * What etcd says of an object of 1.5 MiB, which the API server passes on as a fault of its own. It is one of the object: whoever
 * makes one that leaves no room for a status must not have all others wait.
 */
const noRoom = /etcdserver: request is too large/;

/** Creates the policy; each sort of failure is logged once, until a write of the kind goes well. */
export function createStatusFailures(logger: Logger): StatusFailures {
  const logged = new Set<string>();
  return {
    retryAfter: (ref, thrown) => {
      const status = thrown instanceof KubeApiError ? thrown.status : undefined;
      const retry = retryOf(thrown);
      const key = retry.scope === 'resource' ? `${ref.kind} ${status}` : keyOf(retry.scope, ref);
      if (logged.has(key)) return retry;
      logged.add(key);
      const level = retry.scope === 'all' ? 'warn' : 'error';
      logger[level]({ ...ref, status, error: messageOf(thrown) }, 'status not written');
      return retry;
    },
    succeeded: (ref) => {
      // A status that is refused for itself stays so while others of its kind are taken.
      logged.delete(keyOf('all', ref));
      logged.delete(keyOf('namespace', ref));
    },
  };
}

/** Being busy is said once for a kind, a lacking right once for each namespace. */
function keyOf(scope: 'namespace' | 'all', { kind, namespace }: ResourceRef): string {
  return scope === 'all' ? `${kind} busy` : `${kind} in ${namespace}`;
}

function retryOf(thrown: unknown): Retry {
  if (!(thrown instanceof KubeApiError)) return refused;
  const { status, retryAfterMs, message } = thrown;
  if (status === 403) return forbidden;
  if (status === 500 && noRoom.test(message)) return refused;
  const isBusy =
    status < 400 || status === 401 || status === 408 || status === 429 || status >= 500;
  return isBusy ? { ...busy, atLeastMs: retryAfterMs } : refused;
}
