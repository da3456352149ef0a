import { KubeApiError } from './kube-api-error.ts';

/** Tells when the API server answers again after requests came to nothing. */
export interface Recovery {
  /** Something has gone well. */
  readonly succeeded: () => void;
  readonly failed: (thrown: unknown) => void;
  /** Calls the listener at each recovery; the returned function ends that. */
  readonly onRecovered: (listener: () => void) => () => void;
}

/** Creates one that knows of no failure. */
export function createRecovery(): Recovery {
  const listeners = new Set<() => void>();
  let failing = false;
  return {
    succeeded: () => {
      if (!failing) return;
      failing = false;
      for (const listener of listeners) listener();
    },
    failed: (thrown) => {
      failing ||= isOutage(thrown);
    },
    onRecovered: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Nobody answered, or somebody in place of the server, or the server was not able to: not for what was asked, and not until a set time. */
export function isOutage(thrown: unknown): boolean {
  if (!(thrown instanceof KubeApiError)) return false;
  const { status, retryAfterMs } = thrown;
  return retryAfterMs === undefined && (status === 0 || status >= 500);
}
