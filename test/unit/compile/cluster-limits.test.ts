import { describe, expect, it } from '@jest/globals';

import { compileConnections, compileLimits } from '../../../src/compile/cluster-limits.ts';

describe('compileConnections', () => {
  it.each([
    [undefined, { connectTimeoutMs: 5000 }],
    [{ connectTimeout: '0s' }, { connectTimeoutMs: 5000 }],
    [{ connectTimeout: '2h' }, { connectTimeoutMs: 3_600_000 }],
    [{ maxRequestsPerConnection: 0 }, { connectTimeoutMs: 5000 }],
    [{ maxRequestsPerConnection: 7 }, { connectTimeoutMs: 5000, connections: { maxRequests: 7 } }],
    [
      { commonHttpProtocolOptions: { idleTimeout: '0s' } },
      { connectTimeoutMs: 5000, connections: { idleTimeoutMs: 0 } },
    ],
    [
      { commonHttpProtocolOptions: { idleTimeout: '9999h' } },
      { connectTimeoutMs: 5000, connections: { idleTimeoutMs: 86_400_000 } },
    ],
    [
      { tcpKeepalive: { keepaliveProbes: 3, keepaliveTime: '1.2s', keepaliveInterval: '10s' } },
      {
        connectTimeoutMs: 5000,
        connections: { keepAlive: { timeMs: 2000, intervalMs: 10_000, probes: 3 } },
      },
    ],
    [{ tcpKeepalive: {} }, { connectTimeoutMs: 5000, connections: { keepAlive: {} } }],
  ])('%j', (spec, expected) => {
    expect(compileConnections(spec)).toEqual(expected);
  });
});

describe('compileLimits', () => {
  it.each([
    [undefined, { maxConnections: 1024 }],
    [{ maxConnections: 5 }, { maxConnections: 5 }],
    [
      { maxPendingRequests: 0, maxRequests: 2, maxRetries: 1 },
      { maxConnections: 1024, maxPendingRequests: 0, maxRequests: 2, maxRetries: 1 },
    ],
  ])('%j', (spec, expected) => {
    expect(compileLimits(spec)).toEqual(expected);
  });
});
