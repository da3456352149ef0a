/** A metric as OpenTelemetry names it, and its series at the moment they are asked for; who reads it makes its own form of it. */
export type MetricFamily = CounterFamily | HistogramFamily;

interface Family {
  /** With dots. */
  readonly name: string;
  /** As UCUM writes it: `s`, `{token}`. */
  readonly unit: string;
  readonly help: string;
  /** Of the values in `labels` of each series, in their order. An empty value: it has none. */
  readonly labelNames: readonly string[];
}

/** A sum that only grows. */
export interface CounterFamily extends Family {
  readonly kind: 'counter';
  readonly series: () => readonly CounterSeries[];
}

/** How often values were how large. */
export interface HistogramFamily extends Family {
  readonly kind: 'histogram';
  readonly bounds: readonly number[];
  readonly series: () => readonly HistogramSeries[];
}

export interface CounterSeries {
  readonly labels: readonly string[];
  readonly value: number;
}

export interface HistogramSeries {
  readonly labels: readonly string[];
  /** One for each bound, and one for what is above; not cumulative. */
  readonly buckets: readonly number[];
  readonly sum: number;
  readonly count: number;
}
