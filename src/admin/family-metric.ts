import type { Metric } from 'prom-client';
import type { HistogramFamily, MetricFamily } from '../base/metric-family.ts';

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** A metric that is counted elsewhere, under the name that OpenTelemetry's rules make for Prometheus. */
export function familyMetric(family: MetricFamily): Metric {
  const { help, kind: type } = family;
  const name = prometheusName(family);
  const metric = {
    name,
    get: async () => ({ name, help, type, aggregator: 'sum', values: samples(name, family) }),
  };
  // A registry asks a metric for no more than its name and `get`.
  return metric as unknown as Metric;
}

const unitNames: ReadonlyMap<string, string> = new Map([
  ['s', 'seconds'],
  ['USD', 'usd'],
]);

function prometheusName({ name, unit, kind }: MetricFamily): string {
  const suffix = unitNames.get(unit);
  const parts = [name, ...(suffix === undefined ? [] : [suffix])];
  if (kind === 'counter') parts.push('total');
  return prometheusText(parts.join('_'));
}

function prometheusText(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_]/g, '_');
}

function samples(name: string, family: MetricFamily): readonly Sample[] {
  const labelNames = family.labelNames.map(prometheusText);
  if (family.kind === 'histogram') return histogramSamples(name, family, labelNames);
  return family.series().map(({ labels, value }) => ({
    metricName: name,
    labels: labelled(labelNames, labels),
    value,
  }));
}

/** Prometheus wants each bucket to hold all below it too. */
function histogramSamples(
  name: string,
  { series, bounds }: HistogramFamily,
  labelNames: readonly string[],
): readonly Sample[] {
  return series().flatMap(({ labels: values, buckets, sum, count }) => {
    const labels = labelled(labelNames, values);
    let below = 0;
    const cumulative = bounds.map((le, index) => {
      below += buckets[index] ?? 0;
      return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: below };
    });
    return [
      ...cumulative,
      { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  });
}

/** Without those that have no value, which means the same. */
function labelled(
  names: readonly string[],
  values: readonly string[],
): Readonly<Record<string, string>> {
  const all = names.map((name, index) => [name, values[index] ?? ''] as const);
  return Object.fromEntries(all.filter(([, value]) => value !== ''));
}
