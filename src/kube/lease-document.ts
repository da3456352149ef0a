import type { KubeObject } from './kube-object.ts';
import { membersOf, type Members } from './stored-status.ts';

/** What is read of a Lease. */
export interface LeaseState {
  /** Empty when nobody holds it. */
  readonly holder: string;
  readonly resourceVersion: string;
  readonly transitions: number;
  /** When the holder took it; the holder's own clock, only to be passed on. */
  readonly acquireTime: string | undefined;
}

/** Reads a Lease, whatever somebody has put into it. */
export function readLease({ metadata, spec }: KubeObject): LeaseState {
  const { holderIdentity, leaseTransitions, acquireTime } = membersOf(spec);
  return {
    holder: typeof holderIdentity === 'string' ? holderIdentity : '',
    resourceVersion: metadata.resourceVersion,
    transitions: typeof leaseTransitions === 'number' ? leaseTransitions : 0,
    acquireTime: typeof acquireTime === 'string' ? acquireTime : undefined,
  };
}

/** The `spec` by which `identity` holds the lease from now on, or holds it on. */
export function heldSpec(
  identity: string,
  former: LeaseState | undefined,
  { nowMs, durationSeconds }: { readonly nowMs: number; readonly durationSeconds: number },
): Members {
  const now = microTime(nowMs);
  const isRenewal = former?.holder === identity;
  const transitions = former === undefined ? 0 : former.transitions + (isRenewal ? 0 : 1);
  return {
    holderIdentity: identity,
    leaseDurationSeconds: durationSeconds,
    acquireTime: isRenewal ? (former.acquireTime ?? now) : now,
    renewTime: now,
    leaseTransitions: transitions,
  };
}

/** The `spec` by which nobody holds the lease: the next may take it at once. */
export function releasedSpec(nowMs: number): Members {
  return { holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(nowMs) };
}

/** Leases want microseconds, and take no other form. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace(/Z$/, '000Z');
}
