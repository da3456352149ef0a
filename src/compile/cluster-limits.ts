import type { CircuitBreakersSpec, ConnectionConfigSpec } from '../api/upstream-connections.ts';
import { durationMs } from '../base/duration.ts';
import type { Cluster, ConnectionLimits, KeepAlive } from '../ir/cluster.ts';
import { defaultConnections } from './cluster-defaults.ts';

/** An hour is for ever here; timers overflow at 25 days. */
const longestTimeoutMs = 3_600_000;

/** Times and counts of connections. */
export function compileConnections(
  spec: ConnectionConfigSpec = {},
): Pick<Cluster, 'connectTimeoutMs' | 'connections'> {
  const timeoutMs = durationMs(spec.connectTimeout ?? '') || defaultConnections.connectTimeoutMs;
  const idleTimeoutMs = durationMs(spec.commonHttpProtocolOptions?.idleTimeout ?? '');
  const keepAlive = spec.tcpKeepalive && compileKeepAlive(spec.tcpKeepalive);
  const connections: ConnectionLimits = {
    ...(spec.maxRequestsPerConnection ? { maxRequests: spec.maxRequestsPerConnection } : {}),
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs: Math.min(idleTimeoutMs, dayMs) }),
    ...(keepAlive ? { keepAlive } : {}),
  };
  return {
    connectTimeoutMs: Math.min(timeoutMs, longestTimeoutMs),
    ...(Object.keys(connections).length > 0 ? { connections } : {}),
  };
}

const dayMs = 86_400_000;

function compileKeepAlive(spec: NonNullable<ConnectionConfigSpec['tcpKeepalive']>): KeepAlive {
  const [timeMs, intervalMs] = [spec.keepaliveTime, spec.keepaliveInterval].map(inSeconds);
  const probes = spec.keepaliveProbes || undefined;
  return {
    ...(timeMs === undefined ? {} : { timeMs }),
    ...(intervalMs === undefined ? {} : { intervalMs }),
    ...(probes === undefined ? {} : { probes }),
  };
}

/** The system counts in seconds; less than one would be none. */
function inSeconds(text: string | undefined): number | undefined {
  const ms = durationMs(text ?? '');
  return ms === undefined ? undefined : Math.ceil(ms / 1000) * 1000;
}

/** Limits, those left out being the defaults. */
export function compileLimits(
  spec: CircuitBreakersSpec = {},
): Pick<Cluster, 'maxConnections' | 'maxPendingRequests' | 'maxRequests' | 'maxRetries'> {
  const { maxConnections = defaultConnections.maxConnections, ...rest } = spec;
  return { maxConnections, ...rest };
}
