import type { Resource } from '../api/resource.ts';
import type { HealthCheckSpec, OutlierDetectionSpec } from '../api/upstream-health.ts';
import { durationMs } from '../base/duration.ts';
import type { Cluster } from '../ir/cluster.ts';
import type {
  HealthCheck,
  HealthIntervals,
  HttpProbe,
  OutlierDetection,
  TcpProbe,
} from '../ir/health.ts';
import { clusterName } from './cluster-defaults.ts';
import type { Findings, Note } from './findings.ts';

/** Active and passive health checks. */
export function compileHealth(
  upstream: Resource<'Upstream'>,
  findings: Findings,
): Pick<Cluster, 'healthCheck' | 'outlierDetection'> {
  const { healthChecks = [], outlierDetection: outliers } = upstream.spec;
  const [first, second] = healthChecks;
  if (second) {
    findings.error({
      reason: 'InvalidUpstream',
      path: 'spec.healthChecks[1]',
      what: 'an endpoint is checked in one way only, also in Envoy',
      found: `${healthChecks.length} health checks`,
      accepted: 'one',
    });
  }
  const healthCheck = first && compileCheck(first, clusterName(upstream.metadata), findings);
  const outlierDetection = outliers && compileOutliers(outliers, findings);
  return {
    ...(healthCheck ? { healthCheck } : {}),
    ...(outlierDetection ? { outlierDetection } : {}),
  };
}

const path = 'spec.healthChecks[0]';

function compileCheck(
  spec: HealthCheckSpec,
  cluster: string,
  findings: Findings,
): HealthCheck | undefined {
  const { healthyThreshold, unhealthyThreshold } = spec;
  const timeoutMs = durationMs(spec.timeout ?? '');
  const intervalMs = durationMs(spec.interval ?? '');
  const checker =
    spec.httpHealthCheck ?? spec.tcpHealthCheck ?? spec.grpcHealthCheck ?? spec.customHealthCheck;
  const missing = [
    healthyThreshold === undefined ? nil('healthyThreshold', 'HealthyThreshold') : undefined,
    unhealthyThreshold === undefined ? nil('unhealthyThreshold', 'UnhealthyThreshold') : undefined,
    checker === undefined ? nil('httpHealthCheck', 'HealthChecker') : undefined,
    timeoutMs ? undefined : noDuration('timeout'),
    intervalMs ? undefined : noDuration('interval'),
  ].find((note) => note !== undefined);
  if (missing) findings.error(missing);
  const probe = compileProbe(spec, cluster);
  if (missing || !probe || !timeoutMs || !intervalMs) return undefined;
  return {
    probe,
    timeoutMs,
    intervals: compileIntervals(spec, intervalMs),
    unhealthyThreshold: unhealthyThreshold ?? 1,
    healthyThreshold: healthyThreshold ?? 1,
    reuseConnection: spec.reuseConnection ?? true,
  };
}

function nil(field: string, gloo: string): Note {
  return {
    reason: 'InvalidUpstream',
    path: `${path}.${field}`,
    what: 'health checks cannot do without it',
    found: 'nothing',
    accepted: field === 'httpHealthCheck' ? 'httpHealthCheck or tcpHealthCheck' : 'a number',
    gloo: `The field HealthCheck[0].${gloo} cannot be nil`,
  };
}

function noDuration(field: string): Note {
  return {
    reason: 'InvalidUpstream',
    path: `${path}.${field}`,
    what: 'health checks cannot do without it',
    found: 'nothing, or zero',
    accepted: 'a duration such as 5s',
  };
}

/** Envoy's. */
const defaultNoTrafficMs = 60_000;

function compileIntervals(spec: HealthCheckSpec, usualMs: number): HealthIntervals {
  const ms = (text: string | undefined): number | undefined => durationMs(text ?? '') || undefined;
  const unhealthyMs = ms(spec.unhealthyInterval) ?? usualMs;
  return {
    usualMs,
    noTrafficMs: ms(spec.noTrafficInterval) ?? defaultNoTrafficMs,
    unhealthyMs,
    unhealthyEdgeMs: ms(spec.unhealthyEdgeInterval) ?? unhealthyMs,
    healthyEdgeMs: ms(spec.healthyEdgeInterval) ?? usualMs,
    initialJitterMs: ms(spec.initialJitter) ?? 0,
    jitterMs: (ms(spec.intervalJitter) ?? 0) + (usualMs * (spec.intervalJitterPercent ?? 0)) / 100,
  };
}

function compileProbe(
  { httpHealthCheck: http, tcpHealthCheck: tcp }: HealthCheckSpec,
  cluster: string,
): HttpProbe | TcpProbe | undefined {
  if (http) {
    const headers = (http.requestHeadersToAdd ?? []).flatMap(({ header }) =>
      header ? [[header.key.toLowerCase(), header.value ?? ''] as const] : [],
    );
    const expected = (http.expectedStatuses ?? []).map(({ start, end }) => [start, end] as const);
    return {
      kind: 'http',
      path: http.path || '/',
      host: http.host || cluster,
      method: 'GET',
      headers,
      expected: expected.length > 0 ? expected : [[200, 201]],
    };
  }
  if (!tcp) return undefined;
  const { send, receive = [] } = tcp;
  return {
    kind: 'tcp',
    ...(send?.text ? { send: send.text } : {}),
    receive: receive.flatMap(({ text }) => text ?? []),
  };
}

function compileOutliers(
  spec: OutlierDetectionSpec,
  findings: Findings,
): OutlierDetection | undefined {
  const intervalMs = durationMs(spec.interval ?? '');
  if (!intervalMs) {
    findings.error({
      reason: 'InvalidUpstream',
      path: 'spec.outlierDetection.interval',
      what: 'outlier detection cannot do without it',
      found: 'nothing, or zero',
      accepted: 'a duration such as 10s',
      gloo: 'The field OutlierDetection.HealthChecker.Interval cannot be nil',
    });
    return undefined;
  }
  return {
    intervalMs,
    baseEjectionMs: durationMs(spec.baseEjectionTime ?? '') || 30_000,
    maxEjectionPercent: spec.maxEjectionPercent ?? 10,
    consecutive5xx: {
      count: spec.consecutive5xx ?? 5,
      enforcing: spec.enforcingConsecutive5xx ?? 100,
    },
    consecutiveGatewayFailure: {
      count: spec.consecutiveGatewayFailure ?? 5,
      enforcing: spec.enforcingConsecutiveGatewayFailure ?? 0,
    },
    successRate: {
      enforcing: spec.enforcingSuccessRate ?? 100,
      minimumHosts: spec.successRateMinimumHosts ?? 5,
      requestVolume: spec.successRateRequestVolume ?? 100,
      stdevFactor: spec.successRateStdevFactor ?? 1900,
    },
  };
}
