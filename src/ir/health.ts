/** How an endpoint is asked whether it is well (Gloo `healthChecks`); all durations in milliseconds. */
export interface HealthCheck {
  readonly probe: HttpProbe | TcpProbe;
  readonly timeoutMs: number;
  readonly intervals: HealthIntervals;
  /** Failures in a row after which an endpoint counts as unhealthy. */
  readonly unhealthyThreshold: number;
  /** Successes in a row after which it counts as healthy again; the first check ever needs one only. */
  readonly healthyThreshold: number;
  /** One connection for all checks (default), or a new one for each. */
  readonly reuseConnection: boolean;
}

/** Times between two checks. */
export interface HealthIntervals {
  readonly usualMs: number;
  /** Of a cluster that no request went to yet (Envoy's default: 60 s). */
  readonly noTrafficMs: number;
  readonly unhealthyMs: number;
  /** Before the first check after it became unhealthy. */
  readonly unhealthyEdgeMs: number;
  /** Before the first check after it became healthy. */
  readonly healthyEdgeMs: number;
  /** Up to so much later, by chance: the first check. */
  readonly initialJitterMs: number;
  /** The same for all others. */
  readonly jitterMs: number;
}

/** A request that has to be answered with one of these statuses. */
export interface HttpProbe {
  readonly kind: 'http';
  readonly path: string;
  /** Value of `Host`. */
  readonly host: string;
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Half-open ranges of statuses. */
  readonly expected: readonly (readonly [start: number, end: number])[];
}

/** A connection that can be opened, and what is said on it; bytes in hexadecimal digits. */
export interface TcpProbe {
  readonly kind: 'tcp';
  readonly send?: string;
  /** Each has to come, in this order, with anything in between. */
  readonly receive: readonly string[];
}

/** When an endpoint is left out because of how it answers (Gloo `outlierDetection`). */
export interface OutlierDetection {
  readonly intervalMs: number;
  readonly baseEjectionMs: number;
  /** Of the endpoints of the cluster, at most so many percent are left out. */
  readonly maxEjectionPercent: number;
  readonly consecutive5xx: Consecutive;
  readonly consecutiveGatewayFailure: Consecutive;
  readonly successRate: SuccessRate;
}

/** So many in a row, and in how many percent of the cases that counts. */
interface Consecutive {
  readonly count: number;
  readonly enforcing: number;
}

/** Endpoints whose share of good answers is far below that of the others. */
interface SuccessRate {
  readonly enforcing: number;
  readonly minimumHosts: number;
  /** Requests within an interval, for an endpoint to be looked at. */
  readonly requestVolume: number;
  /** Thousandths of a standard deviation below the mean. */
  readonly stdevFactor: number;
}
