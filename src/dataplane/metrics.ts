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

interface Durations {
  readonly buckets: number[];
  sumMs: number;
  count: number;
}

/** Counters in plain maps, read by {@link MetricsSnapshot}; labels come from the table only, so their number is bounded. */
export function createMetrics(): DataPlaneMetrics & { readonly snapshot: () => MetricsSnapshot } {
  let inFlight = 0;
  const requests = new CounterTree();
  const failures = new CounterTree();
  const durations = new Map<string, Durations>();
  return {
    requestStarted: () => {
      inFlight += 1;
    },
    requestEnded: (ended) => {
      inFlight -= 1;
      const { virtualHost, verdict, reason } = ended;
      requests.at(virtualHost).at(verdict).at(reason).at(statusClass(ended.status)).count += 1;
      observe(durations, virtualHost, ended.durationMs);
    },
    upstreamFailed: (cluster, kind) => {
      failures.at(cluster).at(kind).count += 1;
    },
    snapshot: () => ({
      inFlight,
      requests: requests.counts(),
      upstreamFailures: failures.counts(),
      durations: [...durations].map(([virtualHost, { buckets, sumMs, count }]) => ({
        virtualHost,
        buckets: [...buckets],
        sumMs,
        count,
      })),
    }),
  };
}

/** A counter under several labels, one level per label: counting makes no new text. */
class CounterTree {
  count = 0;
  readonly #children = new Map<string, CounterTree>();

  at(label: string): CounterTree {
    let child = this.#children.get(label);
    if (child === undefined) {
      child = new CounterTree();
      this.#children.set(label, child);
    }
    return child;
  }

  counts(labels: readonly string[] = []): Count[] {
    const own = this.count > 0 ? [{ labels, value: this.count }] : [];
    const below = [...this.#children].map(([label, child]) => child.counts([...labels, label]));
    return [...own, ...below.flat()];
  }
}

const statusClasses = ['none', '1xx', '2xx', '3xx', '4xx', '5xx'];

function statusClass(status: number): string {
  return statusClasses[Math.floor(status / 100)] ?? 'none';
}

function observe(durations: Map<string, Durations>, virtualHost: string, ms: number): void {
  let entry = durations.get(virtualHost);
  if (entry === undefined) {
    entry = { buckets: durationBoundsMs.map(() => 0).concat(0), sumMs: 0, count: 0 };
    durations.set(virtualHost, entry);
  }
  let index = 0;
  while (index < durationBoundsMs.length && ms > (durationBoundsMs[index] ?? Infinity)) index += 1;
  entry.buckets[index] = (entry.buckets[index] ?? 0) + 1;
  entry.sumMs += ms;
  entry.count += 1;
}
