import { Histogram } from './histogram.ts';
import { LabelTree } from './label-tree.ts';

/** One request that has ended, as the counters see it: no value in it comes from the client. */
interface EndedRequest {
  /** Name of the virtual host, or empty when none matched. */
  readonly virtualHost: string;
  readonly verdict: string;
  readonly reason: string;
  /** 0: the client left before an answer. */
  readonly status: number;
  readonly durationMs: number;
}

/** What the data plane tells whoever counts; every call is on the hot path and must be cheap. */
export interface DataPlaneMetrics {
  readonly requestStarted: () => void;
  readonly requestEnded: (ended: EndedRequest) => void;
  /** `kind` is one of a closed list such as `connect`, `reset`, `timeout`, `overflow`. */
  readonly upstreamFailed: (cluster: string, kind: string) => void;
}

/** A count under its labels. */
interface Count {
  readonly labels: readonly string[];
  readonly value: number;
}

/** A histogram of durations under the name of a virtual host. */
interface DurationHistogram {
  readonly virtualHost: string;
  /** Counts per bound of {@link durationBoundsMs}, and one more for what is above. */
  readonly buckets: readonly number[];
  readonly sumMs: number;
  readonly count: number;
}

/** Plain data of all counters at one moment. */
export interface MetricsSnapshot {
  readonly inFlight: number;
  /** Labels: virtual host, verdict, reason, status class such as `2xx`. */
  readonly requests: readonly Count[];
  /** Labels: cluster, kind. */
  readonly upstreamFailures: readonly Count[];
  readonly durations: readonly DurationHistogram[];
}

/** Upper bounds of the buckets; the long ones are for streamed answers of a model. */
export const durationBoundsMs: readonly number[] = [
  1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000,
];

/** Counters in plain maps, read by {@link MetricsSnapshot}; labels come from the table only, so their number is bounded. */
export function createMetrics(): DataPlaneMetrics & { readonly snapshot: () => MetricsSnapshot } {
  let inFlight = 0;
  const requests = counters();
  const failures = counters();
  const durations = new LabelTree(() => new Histogram(durationBoundsMs));
  return {
    requestStarted: () => {
      inFlight += 1;
    },
    requestEnded: (ended) => {
      inFlight -= 1;
      const { virtualHost, verdict, reason } = ended;
      requests.at(virtualHost).at(verdict).at(reason).at(statusClass(ended.status)).value.count +=
        1;
      durations.at(virtualHost).value.observe(ended.durationMs);
    },
    upstreamFailed: (cluster, kind) => {
      failures.at(cluster).at(kind).value.count += 1;
    },
    snapshot: () => ({
      inFlight,
      requests: countsOf(requests),
      upstreamFailures: countsOf(failures),
      durations: durations.entries().map(([[virtualHost = ''], { buckets, sum, count }]) => ({
        virtualHost,
        buckets: [...buckets],
        sumMs: sum,
        count,
      })),
    }),
  };
}

interface Counter {
  count: number;
}

function counters(): LabelTree<Counter> {
  return new LabelTree(() => ({ count: 0 }));
}

function countsOf(tree: LabelTree<Counter>): Count[] {
  return tree.entries().map(([labels, { count: value }]) => ({ labels, value }));
}

const statusClasses = ['none', '1xx', '2xx', '3xx', '4xx', '5xx'];

function statusClass(status: number): string {
  return statusClasses[Math.floor(status / 100)] ?? 'none';
}
