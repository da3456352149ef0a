import { describe, expect, it } from '@jest/globals';

import { compileYaml, withSpec } from '../../support/resources.ts';

const hosts = { static: { hosts: [{ addr: 'a.test', port: 80 }] } };
const check = { timeout: '1s', interval: '5s', healthyThreshold: 1, unhealthyThreshold: 3 };
const http = { ...check, httpHealthCheck: { path: '/health' } };

async function compiled(fields: object) {
  const result = await compileYaml(withSpec('Upstream', 'up', { ...hosts, ...fields }));
  return { cluster: result.table.clusters['up_default'], result };
}

describe('health checks', () => {
  it('by HTTP, with the defaults of Envoy', async () => {
    const { cluster, result } = await compiled({ healthChecks: [http] });
    expect(result.findings('Upstream/up')).toEqual([]);
    expect(cluster?.healthCheck).toEqual({
      probe: {
        kind: 'http',
        path: '/health',
        host: 'up_default',
        method: 'GET',
        headers: [],
        expected: [[200, 201]],
      },
      timeoutMs: 1000,
      intervals: {
        usualMs: 5000,
        noTrafficMs: 60_000,
        unhealthyMs: 5000,
        unhealthyEdgeMs: 5000,
        healthyEdgeMs: 5000,
        initialJitterMs: 0,
        jitterMs: 0,
      },
      unhealthyThreshold: 3,
      healthyThreshold: 1,
      reuseConnection: true,
    });
  });

  it('takes everything else that is written', async () => {
    const { cluster } = await compiled({
      healthChecks: [
        {
          ...check,
          unhealthyInterval: '2s',
          noTrafficInterval: '7s',
          initialJitter: '3s',
          intervalJitter: '1s',
          intervalJitterPercent: 10,
          reuseConnection: false,
          httpHealthCheck: {
            host: 'h.test',
            requestHeadersToAdd: [{ header: { key: 'X-A', value: 'b' } }],
            expectedStatuses: [{ start: 200, end: 300 }],
          },
        },
      ],
    });
    expect(cluster?.healthCheck).toMatchObject({
      probe: { path: '/', host: 'h.test', headers: [['x-a', 'b']], expected: [[200, 300]] },
      intervals: {
        usualMs: 5000,
        noTrafficMs: 7000,
        unhealthyMs: 2000,
        unhealthyEdgeMs: 2000,
        healthyEdgeMs: 5000,
        initialJitterMs: 3000,
        jitterMs: 1500,
      },
      reuseConnection: false,
    });
  });

  it('by TCP', async () => {
    const tcp = { send: { text: '0A' }, receive: [{ text: 'ff' }, {}] };
    const { cluster } = await compiled({ healthChecks: [{ ...check, tcpHealthCheck: tcp }] });
    expect(cluster?.healthCheck?.probe).toEqual({ kind: 'tcp', send: '0A', receive: ['ff'] });
  });

  it('by gRPC: a warning, and all endpoints count as healthy', async () => {
    const { cluster, result } = await compiled({
      healthChecks: [{ ...check, grpcHealthCheck: {} }],
    });
    expect(cluster).not.toHaveProperty('healthCheck');
    expect(result.findings('Upstream/up')).toEqual([
      'warning Unsupported spec.healthChecks[0].grpcHealthCheck',
    ]);
  });

  it('a path of its own for a host', async () => {
    const host = { addr: 'a.test', port: 80, healthCheckConfig: { path: '/own', method: 'HEAD' } };
    const { cluster } = await compiled({ static: { hosts: [host] }, healthChecks: [http] });
    expect(cluster?.endpoints).toEqual([
      { host: 'a.test', port: 80, weight: 1, healthPath: '/own', healthMethod: 'HEAD' },
    ]);
  });

  it.each([
    ['healthyThreshold', { healthyThreshold: undefined }, 'HealthCheck[0].HealthyThreshold'],
    ['unhealthyThreshold', { unhealthyThreshold: undefined }, 'HealthCheck[0].UnhealthyThreshold'],
    ['httpHealthCheck', { httpHealthCheck: undefined }, 'HealthCheck[0].HealthChecker'],
  ])('without %s the Upstream is Rejected, in the words of Gloo', async (field, less, name) => {
    const written = JSON.parse(JSON.stringify({ ...http, ...less })) as object;
    const { cluster, result } = await compiled({ healthChecks: [written] });
    expect(cluster).toBeUndefined();
    expect(result.findings('Upstream/up')).toEqual([
      `error InvalidUpstream spec.healthChecks[0].${field}`,
    ]);
    expect(JSON.stringify(result.outcomes)).toContain(`The field ${name} cannot be nil`);
  });

  it.each([['timeout'], ['interval']])('without a %s as well', async (field) => {
    const { result } = await compiled({ healthChecks: [{ ...http, [field]: '0s' }] });
    expect(result.findings('Upstream/up')).toEqual([
      `error InvalidUpstream spec.healthChecks[0].${field}`,
    ]);
  });

  it('two are one too many, also for Envoy', async () => {
    const { result } = await compiled({ healthChecks: [http, http] });
    expect(result.findings('Upstream/up')).toEqual(['error InvalidUpstream spec.healthChecks[1]']);
  });
});

describe('outlier detection', () => {
  it('has the defaults of Envoy', async () => {
    const { cluster } = await compiled({ outlierDetection: { interval: '10s' } });
    expect(cluster?.outlierDetection).toEqual({
      intervalMs: 10_000,
      baseEjectionMs: 30_000,
      maxEjectionPercent: 10,
      consecutive5xx: { count: 5, enforcing: 100 },
      consecutiveGatewayFailure: { count: 5, enforcing: 0 },
      successRate: { enforcing: 100, minimumHosts: 5, requestVolume: 100, stdevFactor: 1900 },
    });
  });

  it('cannot do without its interval, as in Gloo', async () => {
    const { cluster, result } = await compiled({ outlierDetection: { consecutive5xx: 2 } });
    expect(cluster).toBeUndefined();
    expect(result.findings('Upstream/up')).toEqual([
      'error InvalidUpstream spec.outlierDetection.interval',
    ]);
    expect(JSON.stringify(result.outcomes)).toContain(
      'The field OutlierDetection.HealthChecker.Interval cannot be nil',
    );
  });
});
