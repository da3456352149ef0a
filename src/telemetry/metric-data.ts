import { ValueType, type Attributes, type HrTime } from '@opentelemetry/api';
import { millisToHrTime } from '@opentelemetry/core';
import {
  AggregationTemporality,
  DataPointType,
  type HistogramMetricData,
  type MetricData,
  type SumMetricData,
} from '@opentelemetry/sdk-metrics';
import type { CounterFamily, HistogramFamily, MetricFamily } from '../base/metric-family.ts';

/** The time that figures are of, in milliseconds since the epoch: they have been counted from its beginning on. */
export interface MetricTime {
  readonly startMs: number;
  readonly endMs: number;
}

interface Span {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
}

/** What has been counted so far, in the form that OpenTelemetry exports. */
export function metricData(
  families: readonly MetricFamily[],
  { startMs, endMs }: MetricTime,
): MetricData[] {
  const span = { startTime: millisToHrTime(startMs), endTime: millisToHrTime(endMs) };
  const all = families.map((family) =>
    family.kind === 'counter' ? sumOf(family, span) : histogramOf(family, span),
  );
  return all.filter(({ dataPoints }) => dataPoints.length > 0);
}

function sumOf(family: CounterFamily, span: Span): SumMetricData {
  return {
    ...descriptionOf(family),
    dataPointType: DataPointType.SUM,
    isMonotonic: true,
    dataPoints: family.series().map(({ labels, value }) => ({
      ...span,
      attributes: attributesOf(family.labelNames, labels),
      value,
    })),
  };
}

function histogramOf(family: HistogramFamily, span: Span): HistogramMetricData {
  return {
    ...descriptionOf(family),
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: family.series().map(({ labels, buckets, sum, count }) => ({
      ...span,
      attributes: attributesOf(family.labelNames, labels),
      value: { buckets: { boundaries: [...family.bounds], counts: [...buckets] }, sum, count },
    })),
  };
}

function descriptionOf({ name, help, unit }: MetricFamily) {
  return {
    descriptor: { name, description: help, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
}

/** Without those that have no value; ports are numbers by convention. */
function attributesOf(names: readonly string[], labels: readonly string[]): Attributes {
  const attributes: Attributes = {};
  for (const [index, name] of names.entries()) {
    const label = labels[index] ?? '';
    if (label !== '') attributes[name] = name === 'server.port' ? Number(label) : label;
  }
  return attributes;
}
