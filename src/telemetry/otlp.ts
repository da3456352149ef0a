import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  type Resource,
} from '@opentelemetry/resources';
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { MetricFamily } from '../base/metric-family.ts';
import type { OtlpSettings, TraceSampling } from '../config/otlp-settings.ts';
import type { Tracing } from '../dataplane/tracing.ts';
import { metricData } from './metric-data.ts';
import { createRequestTracing } from './request-tracing.ts';
import { tellFailures } from './told-export.ts';

export interface OtlpOptions {
  readonly otlp: OtlpSettings;
  /** Of the program. */
  readonly version: string;
  readonly families: readonly MetricFamily[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a process sends by OTLP. */
export interface Otlp {
  /** Undefined: traces are not sent. */
  readonly tracing: Tracing | undefined;
  /** Sends what is left, within a moment. */
  readonly stop: () => Promise<void>;
}

const scope = 'seekgate';
/** A stop does not wait longer for a collector that does not answer. */
const stopWithinMs = 3_000;
/** Of failures one line in this time is enough. */
const quietMs = 60_000;

/** Sends metrics and traces in the background: what a collector does not take in time is dropped, no request waits for it. */
export function createOtlp(options: OtlpOptions): Otlp {
  const { otlp, version, clock } = options;
  const parts: Parts = {
    ...options,
    resource: resourceOf(version),
    failed: failureLog(options),
  };
  const traces = otlp.traces === undefined ? undefined : tracesTo(otlp.traces, parts);
  const metrics = otlp.metrics === undefined ? undefined : metricsTo(otlp.metrics, parts);
  return {
    tracing: traces && createRequestTracing(traces.getTracer(scope, version)),
    stop: async () => {
      const ended = Promise.allSettled([traces?.shutdown(), metrics?.shutdown()]);
      const late = new Promise<void>((resolve) => void clock.after(stopWithinMs, resolve));
      await Promise.race([ended, late]);
    },
  };
}

interface Parts extends OtlpOptions {
  readonly resource: Resource;
  readonly failed: (error: string) => void;
}

function tracesTo(url: string, { otlp, resource, failed }: Parts): TracerProvider {
  const exporter = new OTLPTraceExporter({ url });
  tellFailures(exporter, failed);
  const spanProcessors = [new BatchSpanProcessor({ exporter })];
  return new TracerProvider({ resource, sampler: samplerOf(otlp.sampling), spanProcessors });
}

function metricsTo(url: string, { otlp, families, clock, resource, failed }: Parts): MeterProvider {
  const exporter = new OTLPMetricExporter({ url });
  tellFailures(exporter, failed);
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: otlp.metricIntervalMs,
    metricProducers: [producerOf(families, clock)],
  });
  return new MeterProvider({ resource, readers: [reader] });
}

function resourceOf(version: string): Resource {
  const own = resourceFromAttributes({ 'service.name': 'seekgate', 'service.version': version });
  return defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }));
}

function samplerOf({ byParent, ratio }: TraceSampling): Sampler {
  const root = new TraceIdRatioBasedSampler(ratio);
  return byParent ? new ParentBasedSampler({ root }) : root;
}

function producerOf(families: readonly MetricFamily[], clock: Clock): MetricProducer {
  const startMs = clock.now();
  return {
    collect: async () => {
      const metrics = metricData(families, { startMs, endMs: clock.now() });
      const scopeMetrics = [{ scope: { name: scope }, metrics }];
      return { resourceMetrics: { resource: defaultResource(), scopeMetrics }, errors: [] };
    },
  };
}

function failureLog({ clock, logger }: OtlpOptions): (error: string) => void {
  let quietUntil = -Infinity;
  return (error) => {
    const now = clock.monotonic();
    if (now < quietUntil) return;
    quietUntil = now + quietMs;
    logger.warn({ error }, 'telemetry not sent');
  };
}
