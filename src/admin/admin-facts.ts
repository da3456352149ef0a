import type { MetricFamily } from '../base/metric-family.ts';
import type { AskedRequest } from '../ir/asked-request.ts';
import type { Explanation } from '../ir/explanation.ts';
import type { Outcome } from '../ir/outcome.ts';
import type { RoutingTable } from '../ir/table.ts';

/** Everything the admin listener can tell; each is asked for at the moment of a request. */
export interface AdminFacts {
  /** What is missing until requests can be served; empty: ready. */
  readonly missing: () => readonly string[];
  /** The table in force. */
  readonly table: () => RoutingTable | undefined;
  /** Milliseconds since the Unix epoch at which it came in force. */
  readonly publishedAtMs: () => number | undefined;
  readonly outcomes: () => readonly Outcome[];
  /** What is wrong with documents of which no resource came. */
  readonly sourceProblems: () => readonly SourceProblem[];
  readonly keySets: () => readonly KeySetReport[];
  readonly traffic: () => Traffic;
  /** Metrics of requests for models. */
  readonly models: readonly MetricFamily[];
  readonly verification: () => Verification;
  readonly capacity: () => Capacity;
  /** Why the table in force would answer a request as it does. */
  readonly explain: (asked: AskedRequest) => Promise<Explanation>;
  /** Ports that are open, by the name of the listener. */
  readonly listening: () => Readonly<Record<string, number>>;
  /** Only where the manifests come from a cluster. */
  readonly kube?: () => KubeFacts;
}

/** How it stands with the Kubernetes API; counters since the start. */
export interface KubeFacts {
  readonly requests: number;
  readonly connectionsOpened: number;
  readonly connections: number;
  readonly watches: readonly {
    readonly kind: string;
    readonly state: string;
    readonly failingMs: number;
  }[];
  readonly isLeader: boolean;
  readonly writes: readonly {
    readonly what: string;
    readonly count: number;
    readonly failures: number;
  }[];
  readonly statusQueue: number;
}

interface SourceProblem {
  /** `file:line`. */
  readonly origin: string;
  readonly severity: 'error' | 'warning';
  readonly reason: string;
  readonly path: string;
  readonly message: string;
}

/** A remote key set, named by its host alone. */
export interface KeySetReport {
  readonly id: string;
  readonly host: string;
  readonly state: string;
  readonly keys: number;
  readonly ageSeconds?: number;
  readonly lastError?: string;
}

/** Counters of the data plane at one moment. */
export interface Traffic {
  readonly inFlight: number;
  /** Labels: virtual host, verdict, reason, class of status. */
  readonly requests: readonly LabelledCount[];
  /** Labels: cluster, kind. */
  readonly upstreamFailures: readonly LabelledCount[];
  readonly durations: readonly DurationCounts[];
  /** Of Upstreams with health checks or outlier detection. Labels: cluster, state. */
  readonly endpoints: readonly LabelledCount[];
  /** Upper bounds of the buckets of `durations`. */
  readonly boundsMs: readonly number[];
}

/** What model accounts with a limit, and model servers that tell their queue, have to do. */
interface Capacity {
  readonly accounts: readonly {
    readonly name: string;
    readonly limit: number;
    readonly active: number;
    readonly waiting: number;
    /** By reason. */
    readonly refused: Readonly<Record<string, number>>;
  }[];
  readonly servers: readonly {
    readonly upstream: string;
    readonly endpoint: string;
    readonly running: number;
    readonly waiting: number;
  }[];
}

export interface LabelledCount {
  readonly labels: readonly string[];
  readonly value: number;
}

export interface DurationCounts {
  readonly virtualHost: string;
  /** One for each bound, and one for what is above; not cumulative. */
  readonly buckets: readonly number[];
  readonly sumMs: number;
  readonly count: number;
}

/** Counters of token verification since the start, and the size of its cache. */
interface Verification {
  readonly cacheEntries: number;
  readonly cacheBytes: number;
  readonly cacheHits: number;
  readonly cacheMisses: number;
  /** Claim headers left out because the claim has characters that no header can hold. */
  readonly droppedHeaders: number;
}
