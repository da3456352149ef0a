import { describe, expect, it } from '@jest/globals';
import type { AdminFacts, KubeFacts } from '../../../src/admin/admin-facts.ts';
import { createMetricsPage } from '../../../src/admin/metrics-page.ts';
import type { Outcome } from '../../../src/ir/outcome.ts';
import { adminFacts } from '../../support/admin-facts.ts';

async function linesOf(different: Partial<AdminFacts>): Promise<readonly string[]> {
  const text = await createMetricsPage(adminFacts(different), '1.2.3').text();
  return text.split('\n').filter((line) => line.startsWith('seekgate_'));
}

const outcome = (kind: string, state: Outcome['state']): Outcome => ({
  ref: { kind, namespace: 'default', name: 'x' },
  origin: '',
  state,
  reason: '',
  conditions: [],
  findings: [],
  keySets: [],
  servingLastGood: false,
});

describe('metrics page', () => {
  it('has those of the process, with the delay of the event loop', async () => {
    const page = createMetricsPage(adminFacts(), '1.2.3');
    const text = await page.text();
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(text).toMatch(/^process_resident_memory_bytes /m);
    expect(text).toMatch(/^seekgate_build_info\{version="1.2.3"\} 1$/m);
    expect(page.contentType).toMatch(/^text\/plain; version=0\.0\.4/);
  });

  it('counts traffic', async () => {
    const traffic = () => ({
      inFlight: 3,
      requests: [
        { labels: ['default.x', 'denied', 'jwt_missing', '4xx'], value: 2 },
        { labels: ['default.x', 'forwarded', '', '2xx'], value: 5 },
      ],
      upstreamFailures: [{ labels: ['a_default', 'connect'], value: 1 }],
      durations: [{ virtualHost: 'default.x', buckets: [4, 2, 1], sumMs: 1500, count: 7 }],
      endpoints: [{ labels: ['a_default', 'ejected'], value: 2 }],
      boundsMs: [10, 100],
    });
    expect(await linesOf({ traffic })).toEqual(
      expect.arrayContaining([
        'seekgate_requests_total{virtual_host="default.x",verdict="denied",reason="jwt_missing",status_class="4xx"} 2',
        'seekgate_requests_total{virtual_host="default.x",verdict="forwarded",reason="",status_class="2xx"} 5',
        'seekgate_upstream_failures_total{upstream="a_default",kind="connect"} 1',
        'seekgate_upstream_endpoints{upstream="a_default",state="ejected"} 2',
        'seekgate_requests_in_flight 3',
        'seekgate_request_duration_seconds_bucket{virtual_host="default.x",le="0.01"} 4',
        'seekgate_request_duration_seconds_bucket{virtual_host="default.x",le="0.1"} 6',
        'seekgate_request_duration_seconds_bucket{virtual_host="default.x",le="+Inf"} 7',
        'seekgate_request_duration_seconds_sum{virtual_host="default.x"} 1.5',
        'seekgate_request_duration_seconds_count{virtual_host="default.x"} 7',
      ]),
    );
  });

  it('has metrics of a cluster only where there is one', async () => {
    const kube = (): KubeFacts => ({
      requests: 12,
      connectionsOpened: 2,
      connections: 1,
      watches: [],
      isLeader: false,
      writes: [],
      statusQueue: 0,
    });
    expect(await linesOf({ kube })).toContain('seekgate_kube_requests_total 12');
    expect((await linesOf({})).filter((line) => line.includes('_kube_'))).toEqual([]);
  });

  it('gives counts as they are at each reading, not added up', async () => {
    let value = 1;
    const page = createMetricsPage(
      adminFacts({
        traffic: () => ({
          ...adminFacts().traffic(),
          requests: [{ labels: ['a', 'b', 'c', 'd'], value }],
        }),
      }),
      '1',
    );
    await page.text();
    value = 4;
    expect(await page.text()).toMatch(/^seekgate_requests_total\{.*\} 4$/m);
  });

  it('tells of the configuration', async () => {
    const lines = await linesOf({
      missing: () => ['no table'],
      table: () => ({
        version: 'v1',
        listeners: [],
        virtualHosts: {},
        clusters: {},
        keySets: {},
      }),
      publishedAtMs: () => 1_893_456_000_000,
      outcomes: () => [
        outcome('VirtualService', 'Accepted'),
        outcome('VirtualService', 'Accepted'),
        outcome('Upstream', 'Rejected'),
      ],
      sourceProblems: () => [
        { origin: 'a:1', severity: 'error', reason: 'Malformed', path: '', message: '' },
      ],
    });
    expect(lines).toEqual(
      expect.arrayContaining([
        'seekgate_ready 0',
        'seekgate_config_info{version="v1"} 1',
        'seekgate_config_published_timestamp_seconds 1893456000',
        'seekgate_resources{kind="VirtualService",state="Accepted"} 2',
        'seekgate_resources{kind="Upstream",state="Rejected"} 1',
        'seekgate_source_problems{severity="error"} 1',
      ]),
    );
  });

  it('counts verification', async () => {
    const lines = await linesOf({
      verification: () => ({
        cacheEntries: 1,
        cacheBytes: 2,
        cacheHits: 3,
        cacheMisses: 4,
        droppedHeaders: 5,
      }),
    });
    expect(lines.filter((line) => line.startsWith('seekgate_jwt'))).toEqual([
      'seekgate_jwt_cache_entries 1',
      'seekgate_jwt_cache_bytes 2',
      'seekgate_jwt_cache_hits_total 3',
      'seekgate_jwt_cache_misses_total 4',
      'seekgate_jwt_dropped_headers_total 5',
    ]);
  });

  it('tells of key sets by host alone', async () => {
    const lines = await linesOf({
      keySets: () => [
        { id: 'a', host: 'keys.example', state: 'ready', keys: 2, ageSeconds: 10 },
        { id: 'b', host: 'keys.example', state: 'stale', keys: 1, ageSeconds: 90, lastError: 'x' },
        { id: 'c', host: 'other.example', state: 'pending', keys: 0 },
      ],
    });
    expect(lines.filter((line) => line.startsWith('seekgate_jwks'))).toEqual([
      'seekgate_jwks_keys{host="keys.example"} 3',
      'seekgate_jwks_keys{host="other.example"} 0',
      'seekgate_jwks_age_seconds{host="keys.example"} 90',
      'seekgate_jwks_failing{host="keys.example"} 1',
      'seekgate_jwks_failing{host="other.example"} 0',
    ]);
  });
});
