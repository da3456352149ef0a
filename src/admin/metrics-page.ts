import { collectDefaultMetrics, Registry, type Metric } from 'prom-client';
import type { AdminFacts, KeySetReport } from './admin-facts.ts';
import { capacityMetrics } from './capacity-metrics.ts';
import { durationMetric } from './duration-metric.ts';
import { familyMetric } from './family-metric.ts';
import { kubeMetrics } from './kube-metrics.ts';
import { counter, gauge, tally } from './metric.ts';

/** What Prometheus reads: metrics of the process, of the traffic, of the configuration and of the key sets. */
export interface MetricsPage {
  readonly contentType: string;
  readonly text: () => Promise<string>;
}

/** Creates the page; all values are asked for when it is read. */
export function createMetricsPage(facts: AdminFacts, version: string): MetricsPage {
  const registry = new Registry();
  // With the delay of the event loop among them.
  collectDefaultMetrics({ register: registry });
  const build = gauge('build_info', 'The program, as a label.', ['version'], (set) =>
    set([version], 1),
  );
  const groups = [
    trafficMetrics,
    modelMetrics,
    configMetrics,
    keyMetrics,
    verificationMetrics,
    capacityMetrics,
  ];
  const { kube } = facts;
  const ours = [
    build,
    ...groups.flatMap((metricsOf) => metricsOf(facts)),
    ...(kube === undefined ? [] : kubeMetrics(kube)),
  ];
  for (const metric of ours) registry.registerMetric(metric);
  return { contentType: registry.contentType, text: () => registry.metrics() };
}

function trafficMetrics({ traffic }: AdminFacts): readonly Metric[] {
  return [
    counter(
      'requests_total',
      'Requests that have ended.',
      ['virtual_host', 'verdict', 'reason', 'status_class'],
      () => traffic().requests,
    ),
    counter(
      'upstream_failures_total',
      'Attempts at an upstream that failed.',
      ['upstream', 'kind'],
      () => traffic().upstreamFailures,
    ),
    gauge(
      'upstream_endpoints',
      'Endpoints of Upstreams that are watched: healthy, unhealthy, ejected or unchecked.',
      ['upstream', 'state'],
      (set) => {
        for (const { labels, value } of traffic().endpoints) set(labels, value);
      },
    ),
    gauge('requests_in_flight', 'Requests that have not ended.', [], (set) =>
      set([], traffic().inFlight),
    ),
    durationMetric('seekgate_request_duration_seconds', traffic),
  ];
}

function modelMetrics({ models }: AdminFacts): readonly Metric[] {
  return models.map((family) => familyMetric(family));
}

function configMetrics(facts: AdminFacts): readonly Metric[] {
  return [
    gauge('ready', '1 when requests can be served.', [], (set) =>
      set([], facts.missing().length === 0 ? 1 : 0),
    ),
    gauge('config_info', 'The table in force, as a label.', ['version'], (set) => {
      const table = facts.table();
      if (table) set([table.version], 1);
    }),
    gauge(
      'config_published_timestamp_seconds',
      'When the table in force was published.',
      [],
      (set) => {
        const at = facts.publishedAtMs();
        if (at !== undefined) set([], at / 1000);
      },
    ),
    gauge('resources', 'Resources by kind and state.', ['kind', 'state'], (set) => {
      const labels = facts.outcomes().map(({ ref, state }) => [ref.kind, state]);
      for (const [key, count] of tally(labels)) set(key.split('/'), count);
    }),
    gauge('source_problems', 'Documents that are not used, by severity.', ['severity'], (set) => {
      const labels = facts.sourceProblems().map(({ severity }) => [severity]);
      for (const [key, count] of tally(labels)) set([key], count);
    }),
  ];
}

function keyMetrics({ keySets }: AdminFacts): readonly Metric[] {
  const perHost = (
    name: string,
    help: string,
    value: (reports: readonly KeySetReport[]) => number | undefined,
  ): Metric =>
    gauge(name, help, ['host'], (set) => {
      for (const [host, reports] of Map.groupBy(keySets(), (report) => report.host)) {
        const found = value(reports);
        if (found !== undefined) set([host], found);
      }
    });
  return [
    perHost('jwks_keys', 'Usable keys of the key sets of a host.', (reports) =>
      reports.reduce((sum, { keys }) => sum + keys, 0),
    ),
    perHost('jwks_age_seconds', 'Age of the oldest key set of a host.', (reports) => {
      const ages = reports.flatMap(({ ageSeconds }) => ageSeconds ?? []);
      return ages.length > 0 ? Math.max(...ages) : undefined;
    }),
    perHost('jwks_failing', 'Key sets of a host whose last fetch failed.', (reports) =>
      reports.reduce((sum, { lastError }) => sum + (lastError === undefined ? 0 : 1), 0),
    ),
  ];
}

function verificationMetrics({ verification }: AdminFacts): readonly Metric[] {
  return [
    gauge('jwt_cache_entries', 'Verified tokens that are remembered.', [], (set) =>
      set([], verification().cacheEntries),
    ),
    gauge('jwt_cache_bytes', 'Memory taken by remembered tokens, about.', [], (set) =>
      set([], verification().cacheBytes),
    ),
    counter('jwt_cache_hits_total', 'Tokens whose signature was verified before.', [], () => [
      { labels: [], value: verification().cacheHits },
    ]),
    counter('jwt_cache_misses_total', 'Tokens that were not remembered.', [], () => [
      { labels: [], value: verification().cacheMisses },
    ]),
    counter(
      'jwt_dropped_headers_total',
      'Claim headers left out for characters that no header can hold.',
      [],
      () => [{ labels: [], value: verification().droppedHeaders }],
    ),
  ];
}
