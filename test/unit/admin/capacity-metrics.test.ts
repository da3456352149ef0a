import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { capacityMetrics } from '../../../src/admin/capacity-metrics.ts';
import { adminFacts } from '../../support/admin-facts.ts';

describe('metrics of capacity', () => {
  it('tell of accounts and of model servers', async () => {
    const refused = { full: 4, late: 5 };
    const capacity = () => ({
      accounts: [{ name: 'ns/main', limit: 500, active: 2, waiting: 3, refused }],
      servers: [{ upstream: 'r1_ns', endpoint: '10.0.0.1:8000', running: 6, waiting: 7 }],
    });
    const registry = new Registry();
    const metrics = capacityMetrics(adminFacts({ capacity }));
    for (const metric of metrics) registry.registerMetric(metric);
    const lines = (await registry.metrics()).split('\n');
    expect(lines.filter((line) => line.startsWith('seekgate_'))).toEqual([
      'seekgate_account_requests{account="ns/main",state="active"} 2',
      'seekgate_account_requests{account="ns/main",state="waiting"} 3',
      'seekgate_account_limit{account="ns/main"} 500',
      'seekgate_account_refused_total{account="ns/main",reason="full"} 4',
      'seekgate_account_refused_total{account="ns/main",reason="late"} 5',
      'seekgate_model_server_requests{upstream="r1_ns",endpoint="10.0.0.1:8000",state="running"} 6',
      'seekgate_model_server_requests{upstream="r1_ns",endpoint="10.0.0.1:8000",state="waiting"} 7',
    ]);
  });
});
