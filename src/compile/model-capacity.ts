import type { CircuitBreakersSpec } from '../api/upstream-connections.ts';
import type { HealthCheckSpec } from '../api/upstream-health.ts';
import type { Cluster } from '../ir/cluster.ts';
import type { HealthCheck } from '../ir/health.ts';
import type { LlmBackend, ModelEngine } from '../ir/llm.ts';
import type { Findings } from './findings.ts';

/** What the Upstream of a model server says of its checks and limits. */
export interface SaidOfCapacity {
  /** Empty: none are wanted. */
  readonly healthChecks: readonly HealthCheckSpec[] | undefined;
  readonly circuitBreakers: CircuitBreakersSpec | undefined;
  readonly findings: Findings;
}

/** Where servers of one's own say whether they are well; public ones are only judged by their answers. */
const healthPaths: Partial<Record<ModelEngine, string>> = {
  VLLM: '/health',
  SGLANG: '/health',
  LLAMA_CPP: '/health',
  OLLAMA: '/api/tags',
};

/** Puts in what holds for a model server where its Upstream says nothing: checks of its engine, and room for its account. */
export function withModelDefaults(cluster: Cluster, said: SaidOfCapacity): Cluster {
  const { llm } = cluster;
  if (llm === undefined) return cluster;
  const healthCheck = checkOf(cluster, llm, said.healthChecks);
  return {
    ...cluster,
    ...(healthCheck ? { healthCheck } : {}),
    ...limitsOf(cluster, llm, said),
  };
}

/** Slow answers are common where a long prompt is being read; only several in a row count. */
const defaultCheck: Omit<HealthCheck, 'probe'> = {
  timeoutMs: 5000,
  intervals: {
    usualMs: 10_000,
    noTrafficMs: 10_000,
    unhealthyMs: 5000,
    unhealthyEdgeMs: 5000,
    healthyEdgeMs: 10_000,
    initialJitterMs: 0,
    jitterMs: 1000,
  },
  unhealthyThreshold: 3,
  healthyThreshold: 1,
  reuseConnection: true,
};

function checkOf(
  { healthCheck }: Cluster,
  { engine, authority }: LlmBackend,
  specs: readonly HealthCheckSpec[] | undefined,
): HealthCheck | undefined {
  const path = engine && healthPaths[engine];
  if (specs === undefined && path !== undefined) {
    // What stands in front of a server may refuse the path: then it is there all the same.
    const probe = { kind: 'http', path, host: authority, method: 'GET', headers: [] } as const;
    return { ...defaultCheck, probe: { ...probe, expected: [[200, 500]] } };
  }
  const http = specs?.[0]?.httpHealthCheck;
  if (http === undefined || healthCheck?.probe.kind !== 'http') return undefined;
  const { probe } = healthCheck;
  const own = { path: http.path || path || probe.path, host: http.host || authority };
  return { ...healthCheck, probe: { ...probe, ...own } };
}

type Limits = Pick<Cluster, 'maxConnections' | 'maxRequests'>;

/** The limit of the account is the one that counts, with its line in front: no other is below it by chance. */
function limitsOf(
  { maxConnections, maxRequests }: Cluster,
  { concurrency }: LlmBackend,
  { circuitBreakers, findings }: SaidOfCapacity,
): Partial<Limits> {
  if (concurrency === undefined) return {};
  const { limit } = concurrency;
  const lower = (['maxConnections', 'maxRequests'] as const).find(
    (name) => (circuitBreakers?.[name] ?? Infinity) < limit,
  );
  if (lower !== undefined) {
    findings.warn({
      reason: 'ConflictingFields',
      path: `spec.circuitBreakers.${lower}`,
      what: 'requests beyond it get 503 though their account has room',
      found: String(circuitBreakers?.[lower]),
      accepted: `at least the limit of the account, ${limit}`,
    });
  }
  const isRaised = limit > defaultMost;
  return {
    ...(isRaised && circuitBreakers?.maxConnections === undefined
      ? { maxConnections: Math.max(maxConnections, limit) }
      : {}),
    ...(isRaised && circuitBreakers?.maxRequests === undefined
      ? { maxRequests: Math.max(maxRequests ?? 0, limit) }
      : {}),
  };
}

/** Envoy's, of connections and of requests. */
const defaultMost = 1024;
