import { describe, expect, it } from '@jest/globals';

import type { Cluster } from '../../../src/ir/cluster.ts';
import { clusterPolicies } from '../../../src/xds/cluster-policies.ts';
import { cluster } from '../../support/envoy-table.ts';

const policies = (more: Partial<Cluster>) => clusterPolicies({ ...cluster, ...more });
const plain = { circuit_breakers: { thresholds: [{ max_connections: 10 }] } };

describe('clusterPolicies', () => {
  it.each([
    [{}, {}],
    [
      { maxPendingRequests: 0, maxRequests: 2, maxRetries: 1 },
      {
        circuit_breakers: {
          thresholds: [
            { max_connections: 10, max_pending_requests: 0, max_requests: 2, max_retries: 1 },
          ],
        },
      },
    ],
    [
      { balancer: { kind: 'leastRequest', choiceCount: 3 } },
      { lb_policy: 'LEAST_REQUEST', least_request_lb_config: { choice_count: 3 } },
    ],
    [{ balancer: { kind: 'random' } }, { lb_policy: 'RANDOM' }],
    [{ balancer: { kind: 'maglev' } }, { lb_policy: 'MAGLEV' }],
    [
      { balancer: { kind: 'ringHash', minimumSize: 1, maximumSize: 2 } },
      {
        lb_policy: 'RING_HASH',
        ring_hash_lb_config: { minimum_ring_size: 1, maximum_ring_size: 2 },
      },
    ],
    [{ panicThreshold: 0 }, { common_lb_config: { healthy_panic_threshold: { value: 0 } } }],
    [
      {
        subsets: {
          selectors: [{ keys: ['a'], single: true }],
          fallback: 'default',
          defaultLabels: { a: '1' },
        },
      },
      {
        lb_subset_config: {
          fallback_policy: 'DEFAULT_SUBSET',
          default_subset: { a: '1' },
          subset_selectors: [{ keys: ['a'], single_host_per_subset: true }],
        },
      },
    ],
    [
      { connections: { keepAlive: { timeMs: 2000, probes: 3 } } },
      {
        upstream_connection_options: { tcp_keepalive: { keepalive_time: 2, keepalive_probes: 3 } },
      },
    ],
    [
      { connections: { maxRequests: 5, idleTimeoutMs: 1500 } },
      {
        typed_extension_protocol_options: {
          'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
            '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
            common_http_protocol_options: { max_requests_per_connection: 5, idle_timeout: '1.5s' },
            explicit_http_config: { http_protocol_options: {} },
          },
        },
      },
    ],
  ] as const)('%j', (more, expected) => {
    expect(policies(more as Partial<Cluster>)).toEqual({ ...plain, ...expected });
  });

  it('health checks and outlier detection', () => {
    const intervals = {
      usualMs: 1000,
      noTrafficMs: 2000,
      unhealthyMs: 3000,
      unhealthyEdgeMs: 4000,
      healthyEdgeMs: 5000,
      initialJitterMs: 0,
      jitterMs: 500,
    };
    const found = policies({
      healthCheck: {
        probe: { kind: 'tcp', send: '00', receive: ['ff'] },
        timeoutMs: 100,
        intervals,
        unhealthyThreshold: 3,
        healthyThreshold: 2,
        reuseConnection: false,
      },
      outlierDetection: {
        intervalMs: 1000,
        baseEjectionMs: 2000,
        maxEjectionPercent: 30,
        consecutive5xx: { count: 4, enforcing: 100 },
        consecutiveGatewayFailure: { count: 5, enforcing: 0 },
        successRate: { enforcing: 6, minimumHosts: 7, requestVolume: 8, stdevFactor: 9 },
      },
    });
    expect(found).toMatchObject({
      health_checks: [
        {
          timeout: '0.1s',
          interval: '1s',
          unhealthy_threshold: 3,
          reuse_connection: false,
          tcp_health_check: { send: { text: '00' }, receive: [{ text: 'ff' }] },
        },
      ],
      outlier_detection: {
        interval: '1s',
        base_ejection_time: '2s',
        max_ejection_percent: 30,
        consecutive_5xx: 4,
        success_rate_stdev_factor: 9,
      },
    });
  });
});
