import type { Balancer, Subsets } from '../ir/balancer.ts';
import type { Cluster } from '../ir/cluster.ts';
import type { HealthCheck, OutlierDetection } from '../ir/health.ts';
import { protoDuration, typedConfig, type EnvoyConfig } from './typed-config.ts';

/** Fields of an Envoy cluster for its limits, its balancer, and the health of its endpoints. */
export function clusterPolicies(cluster: Cluster): EnvoyConfig {
  const { balancer, panicThreshold, subsets, healthCheck, outlierDetection } = cluster;
  return {
    circuit_breakers: { thresholds: [thresholds(cluster)] },
    ...connectionOptions(cluster),
    ...(balancer ? balancing(balancer) : {}),
    ...(panicThreshold === undefined
      ? {}
      : { common_lb_config: { healthy_panic_threshold: { value: panicThreshold } } }),
    ...(subsets ? { lb_subset_config: subsetConfig(subsets) } : {}),
    ...(healthCheck ? { health_checks: [healthCheckConfig(healthCheck)] } : {}),
    ...(outlierDetection ? { outlier_detection: outlierConfig(outlierDetection) } : {}),
  };
}

function thresholds(cluster: Cluster): EnvoyConfig {
  const { maxConnections, maxPendingRequests, maxRequests, maxRetries } = cluster;
  return {
    max_connections: Math.max(1, maxConnections),
    ...(maxPendingRequests === undefined ? {} : { max_pending_requests: maxPendingRequests }),
    ...(maxRequests === undefined ? {} : { max_requests: maxRequests }),
    ...(maxRetries === undefined ? {} : { max_retries: maxRetries }),
  };
}

function connectionOptions({ connections }: Cluster): EnvoyConfig {
  if (connections === undefined) return {};
  const { maxRequests, idleTimeoutMs, keepAlive } = connections;
  const common = {
    ...(maxRequests === undefined ? {} : { max_requests_per_connection: maxRequests }),
    ...(idleTimeoutMs === undefined ? {} : { idle_timeout: protoDuration(idleTimeoutMs) }),
  };
  const message = 'extensions.upstreams.http.v3.HttpProtocolOptions';
  return {
    ...(Object.keys(common).length > 0
      ? {
          typed_extension_protocol_options: {
            [`envoy.${message}`]: typedConfig(message, {
              common_http_protocol_options: common,
              explicit_http_config: { http_protocol_options: {} },
            }),
          },
        }
      : {}),
    ...(keepAlive
      ? {
          upstream_connection_options: {
            tcp_keepalive: {
              ...seconds('keepalive_time', keepAlive.timeMs),
              ...seconds('keepalive_interval', keepAlive.intervalMs),
              ...(keepAlive.probes === undefined ? {} : { keepalive_probes: keepAlive.probes }),
            },
          },
        }
      : {}),
  };
}

function seconds(field: string, ms: number | undefined): EnvoyConfig {
  return ms === undefined ? {} : { [field]: ms / 1000 };
}

function balancing(balancer: Balancer): EnvoyConfig {
  switch (balancer.kind) {
    case 'leastRequest':
      return {
        lb_policy: 'LEAST_REQUEST',
        least_request_lb_config: { choice_count: balancer.choiceCount },
      };
    case 'random':
      return { lb_policy: 'RANDOM' };
    case 'maglev':
      return { lb_policy: 'MAGLEV' };
    default:
      return {
        lb_policy: 'RING_HASH',
        ring_hash_lb_config: {
          minimum_ring_size: balancer.minimumSize,
          maximum_ring_size: balancer.maximumSize,
        },
      };
  }
}

const fallbacks = { any: 'ANY_ENDPOINT', default: 'DEFAULT_SUBSET', none: 'NO_FALLBACK' };

function subsetConfig({ selectors, fallback, defaultLabels }: Subsets): EnvoyConfig {
  return {
    fallback_policy: fallbacks[fallback],
    ...(defaultLabels ? { default_subset: defaultLabels } : {}),
    subset_selectors: selectors.map(({ keys, single }) => ({
      keys,
      ...(single ? { single_host_per_subset: true } : {}),
    })),
  };
}

function healthCheckConfig(check: HealthCheck): EnvoyConfig {
  const { intervals, probe } = check;
  return {
    timeout: protoDuration(check.timeoutMs),
    interval: protoDuration(intervals.usualMs),
    no_traffic_interval: protoDuration(intervals.noTrafficMs),
    unhealthy_interval: protoDuration(intervals.unhealthyMs),
    unhealthy_edge_interval: protoDuration(intervals.unhealthyEdgeMs),
    healthy_edge_interval: protoDuration(intervals.healthyEdgeMs),
    initial_jitter: protoDuration(intervals.initialJitterMs),
    interval_jitter: protoDuration(intervals.jitterMs),
    unhealthy_threshold: check.unhealthyThreshold,
    healthy_threshold: check.healthyThreshold,
    reuse_connection: check.reuseConnection,
    ...(probe.kind === 'http'
      ? {
          http_health_check: {
            host: probe.host,
            path: probe.path,
            method: probe.method,
            expected_statuses: probe.expected.map(([start, end]) => ({ start, end })),
            request_headers_to_add: probe.headers.map(([key, value]) => ({
              header: { key, value },
            })),
          },
        }
      : {
          tcp_health_check: {
            ...(probe.send === undefined ? {} : { send: { text: probe.send } }),
            receive: probe.receive.map((text) => ({ text })),
          },
        }),
  };
}

function outlierConfig(settings: OutlierDetection): EnvoyConfig {
  const { consecutive5xx, consecutiveGatewayFailure, successRate } = settings;
  return {
    interval: protoDuration(settings.intervalMs),
    base_ejection_time: protoDuration(settings.baseEjectionMs),
    max_ejection_percent: settings.maxEjectionPercent,
    consecutive_5xx: consecutive5xx.count,
    enforcing_consecutive_5xx: consecutive5xx.enforcing,
    consecutive_gateway_failure: consecutiveGatewayFailure.count,
    enforcing_consecutive_gateway_failure: consecutiveGatewayFailure.enforcing,
    enforcing_success_rate: successRate.enforcing,
    success_rate_minimum_hosts: successRate.minimumHosts,
    success_rate_request_volume: successRate.requestVolume,
    success_rate_stdev_factor: successRate.stdevFactor,
  };
}
