import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';

import { familyMetric } from '../../../src/admin/family-metric.ts';
import type { MetricFamily } from '../../../src/base/metric-family.ts';

async function textOf(family: MetricFamily): Promise<readonly string[]> {
  const registry = new Registry();
  registry.registerMetric(familyMetric(family));
  return (await registry.metrics()).trim().split('\n');
}

test('a histogram, cumulative, with its unit in its name', async () => {
  expect(
    await textOf({
      kind: 'histogram',
      name: 'gen_ai.client.operation.duration',
      unit: 's',
      help: 'How long.',
      labelNames: ['gen_ai.request.model', 'error.type'],
      bounds: [0.5, 1],
      series: () => [{ labels: ['m"1"', ''], buckets: [1, 2, 3], sum: 9.5, count: 6 }],
    }),
  ).toEqual([
    '# HELP gen_ai_client_operation_duration_seconds How long.',
    '# TYPE gen_ai_client_operation_duration_seconds histogram',
    String.raw`gen_ai_client_operation_duration_seconds_bucket{gen_ai_request_model="m\"1\"",le="0.5"} 1`,
    String.raw`gen_ai_client_operation_duration_seconds_bucket{gen_ai_request_model="m\"1\"",le="1"} 3`,
    String.raw`gen_ai_client_operation_duration_seconds_bucket{gen_ai_request_model="m\"1\"",le="+Inf"} 6`,
    String.raw`gen_ai_client_operation_duration_seconds_sum{gen_ai_request_model="m\"1\""} 9.5`,
    String.raw`gen_ai_client_operation_duration_seconds_count{gen_ai_request_model="m\"1\""} 6`,
  ]);
});

test.each([
  ['USD', 'seekgate_model_cost_usd_total'],
  ['{token}', 'seekgate_model_cost_total'],
])('a counter in %s is %s', async (unit, name) => {
  const lines = await textOf({
    kind: 'counter',
    name: 'seekgate.model.cost',
    unit,
    help: 'How much.',
    labelNames: ['claim'],
    series: () => [
      { labels: ['team'], value: 0.25 },
      { labels: [''], value: 1 },
    ],
  });
  expect(lines.slice(1)).toEqual([
    `# TYPE ${name} counter`,
    `${name}{claim="team"} 0.25`,
    `${name} 1`,
  ]);
});
