import type { Metric } from 'prom-client';
import type { DurationCounts, Traffic } from './admin-facts.ts';

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** A histogram whose buckets are counted elsewhere: prom-client's own can only be fed one observation at a time. */
export function durationMetric(name: string, traffic: () => Traffic): Metric {
  const metric = {
    name,
    get: async () => {
      const { durations, boundsMs } = traffic();
      const values = durations.flatMap((counts) => samples(name, counts, boundsMs));
      return {
        name,
        help: 'From the arrival of a request to its end.',
        type: 'histogram',
        aggregator: 'sum',
        values,
      };
    },
  };
  // A registry asks a metric for no more than its name and `get`.
  return metric as unknown as Metric;
}

/** Prometheus wants each bucket to hold all below it too. */
function samples(
  name: string,
  { virtualHost, buckets, sumMs, count }: DurationCounts,
  boundsMs: readonly number[],
): readonly Sample[] {
  const labels = { virtual_host: virtualHost };
  let below = 0;
  const cumulative = boundsMs.map((boundMs, index) => {
    below += buckets[index] ?? 0;
    return {
      metricName: `${name}_bucket`,
      labels: { ...labels, le: boundMs / 1000 },
      value: below,
    };
  });
  return [
    ...cumulative,
    { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
    { metricName: `${name}_sum`, labels, value: sumMs / 1000 },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
