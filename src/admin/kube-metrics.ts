import type { Metric } from 'prom-client';
import type { KubeFacts } from './admin-facts.ts';
import { counter, gauge, tally } from './metric.ts';

/** Metrics of a controller: how it stands with the Kubernetes API, and what it writes there. */
export function kubeMetrics(facts: () => KubeFacts): readonly Metric[] {
  return [...clientMetrics(facts), ...watchMetrics(facts), ...writeMetrics(facts)];
}

function clientMetrics(facts: () => KubeFacts): readonly Metric[] {
  return [
    count('kube_requests_total', 'Requests to the Kubernetes API.', () => facts().requests),
    count(
      'kube_connections_opened_total',
      'Connections to the Kubernetes API since the start.',
      () => facts().connectionsOpened,
    ),
    gauge('kube_connections', 'Connections to the Kubernetes API that are open.', [], (set) =>
      set([], facts().connections),
    ),
  ];
}

function watchMetrics(facts: () => KubeFacts): readonly Metric[] {
  return [
    gauge(
      'kube_watch_state',
      'Watches by kind and state: starting, synced, absent (no such kind), forbidden, failing.',
      ['kind', 'state'],
      (set) => {
        const labels = facts().watches.map(({ kind, state }) => [kind, state]);
        for (const [key, value] of tally(labels)) set(key.split('/'), value);
      },
    ),
    gauge(
      'kube_sync_age_seconds',
      'For how long what is served may be older than what the cluster holds; 0 while every watch follows.',
      [],
      (set) => {
        const ages = facts().watches.map(({ failingMs }) => failingMs);
        set([], Math.max(0, ...ages) / 1000);
      },
    ),
  ];
}

function writeMetrics(facts: () => KubeFacts): readonly Metric[] {
  return [
    gauge('kube_is_leader', '1 in the one controller that writes.', [], (set) =>
      set([], facts().isLeader ? 1 : 0),
    ),
    counter(
      'kube_writes_total',
      'Requests that changed something in the cluster, by what: status, event, kept version.',
      ['what'],
      () => facts().writes.map(({ what, count: value }) => ({ labels: [what], value })),
    ),
    counter('kube_write_failures_total', 'Such requests that failed.', ['what'], () =>
      facts().writes.map(({ what, failures: value }) => ({ labels: [what], value })),
    ),
    gauge('kube_status_queue', 'Resources whose status has to be looked at.', [], (set) =>
      set([], facts().statusQueue),
    ),
  ];
}

function count(name: string, help: string, value: () => number): Metric {
  return counter(name, help, [], () => [{ labels: [], value: value() }]);
}
