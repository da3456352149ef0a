import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { kubeMetrics } from '../../../src/admin/kube-metrics.ts';

describe('metrics of a cluster', () => {
  it('tell of requests, watches, leadership and writes', async () => {
    const kube = () => ({
      requests: 12,
      connectionsOpened: 2,
      connections: 1,
      watches: [
        { kind: 'Secret', state: 'synced', failingMs: 0 },
        { kind: 'Secret', state: 'synced', failingMs: 0 },
        { kind: 'Secret', state: 'forbidden', failingMs: 0 },
        { kind: 'Upstream', state: 'failing', failingMs: 2500 },
      ],
      isLeader: true,
      writes: [
        { what: 'status', count: 3, failures: 1 },
        { what: 'kept version', count: 2, failures: 4 },
      ],
      statusQueue: 4,
    });
    const registry = new Registry();
    for (const metric of kubeMetrics(kube)) registry.registerMetric(metric);
    const lines = (await registry.metrics()).split('\n');
    expect(lines.filter((line) => line.startsWith('seekgate_'))).toEqual([
      'seekgate_kube_requests_total 12',
      'seekgate_kube_connections_opened_total 2',
      'seekgate_kube_connections 1',
      'seekgate_kube_watch_state{kind="Secret",state="synced"} 2',
      'seekgate_kube_watch_state{kind="Secret",state="forbidden"} 1',
      'seekgate_kube_watch_state{kind="Upstream",state="failing"} 1',
      'seekgate_kube_sync_age_seconds 2.5',
      'seekgate_kube_is_leader 1',
      'seekgate_kube_writes_total{what="status"} 3',
      'seekgate_kube_writes_total{what="kept version"} 2',
      'seekgate_kube_write_failures_total{what="status"} 1',
      'seekgate_kube_write_failures_total{what="kept version"} 4',
      'seekgate_kube_status_queue 4',
    ]);
  });
});
