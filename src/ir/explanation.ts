import type { TraceStep } from '../base/trace.ts';
import type { Labels } from './balancer.ts';

/** Why a request is answered as it is, told by the code that serves. */
export interface Explanation {
  /** Empty: none takes such a request. */
  readonly listener: string;
  /** Empty: none was found. */
  readonly virtualHost: string;
  /** Empty: none was found. */
  readonly route: string;
  /** What became of its tokens. */
  readonly verdict: 'none' | 'verified' | 'anonymous' | 'denied';
  /** Of the identity that counts. */
  readonly provider: string;
  /** The policy that allows. */
  readonly policy: string;
  /** In the order in which it happened. */
  readonly steps: readonly TraceStep[];
  /** Where it may be sent, each as often as its weight says; empty: it does not come so far. */
  readonly clusters: readonly ExplainedCluster[];
  /** Of the gateway itself; absent: one of the clusters answers. */
  readonly answer?: ExplainedAnswer;
}

export interface ExplainedAnswer {
  readonly status: number;
  readonly body: string;
  /** Flat: name, value, name, value. */
  readonly headers: readonly string[];
  /** As in the access log; empty: it was not refused. */
  readonly reason: string;
  readonly detail: string;
}

/** A cluster that the request may be sent to. */
export interface ExplainedCluster {
  readonly cluster: string;
  readonly weight: number;
  /** Among several model servers: the first that is well is asked, 0 before 1. */
  readonly priority?: number;
  /** It failed lately: others are asked first. */
  readonly passedOver?: true;
  /** Of these labels only. */
  readonly subset?: Labels;
  /** `host:port`, of those that may be chosen now. */
  readonly endpoints: readonly string[];
  /** Why this one cannot be asked. */
  readonly refusal?: ExplainedAnswer;
}
