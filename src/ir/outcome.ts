/** A resource, as everything that talks of one names it. */
export interface ResourceRef {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** A resource that a compile looked up: with a selector, the pods of the Service of that name, which have these labels. */
export interface WantedRef extends ResourceRef {
  /** As the API server takes it: `app=api,tier=back`. */
  readonly selector?: string;
}

/** Gloo's word for the state of a resource (`status.statuses.<ns>.state`). */
export type ResourceState = 'Pending' | 'Accepted' | 'Warning' | 'Rejected';

export type ConditionType = 'Accepted' | 'ResolvedRefs' | 'KeysReady' | 'Programmed';

/** A standard Kubernetes condition, without its times. */
export interface Condition {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  /** CamelCase, from the closed list in `api/problem.ts`. */
  readonly reason: string;
  readonly message: string;
}

/** What is to be said of one resource after a compile. */
export interface Outcome {
  readonly ref: ResourceRef;
  /** `metadata.uid` of the resource, so that one of the same name made later is told apart; absent in standalone mode. */
  readonly uid?: string;
  /** `metadata.generation` the outcome speaks of; absent in standalone mode. */
  readonly observedGeneration?: number;
  /** Where the resource came from: `file:line`, or empty. */
  readonly origin: string;
  readonly state: ResourceState;
  /** Gloo's text; empty when Accepted. */
  readonly reason: string;
  readonly conditions: readonly Condition[];
  readonly findings: readonly Finding[];
  /** Ids of remote key sets this resource needs: KeysReady is completed from their state. */
  readonly keySets: readonly string[];
  /** Whether an earlier version of the resource is what serves. */
  readonly servingLastGood: boolean;
}

/** A problem, as it is shown. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly reason: string;
  /** Path in the resource, e.g. `spec.virtualHost.routes[0].matchers[0].regex`. */
  readonly path: string;
  readonly message: string;
}
