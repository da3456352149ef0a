import { expect, test } from '@jest/globals';

import { createModelMeter } from '../../../src/dataplane/model-meter.ts';
import { metricData } from '../../../src/telemetry/metric-data.ts';
import { ended } from '../../support/model-end.ts';

const time = { startMs: 1000, endMs: 2500 };

test('what has not been counted is not exported', () => {
  expect(metricData(createModelMeter().families, time)).toEqual([]);
});

test('histograms and sums of all time, with the attributes that have a value', () => {
  const meter = createModelMeter();
  meter.ended(ended({ host: 'r1:8000' }));
  const metrics = metricData(meter.families, time);
  const span = { startTime: [1, 0], endTime: [2, 500_000_000] };
  expect(
    metrics.find(({ descriptor }) => descriptor.name === 'gen_ai.client.operation.duration'),
  ).toMatchObject({
    descriptor: { unit: 's' },
    // Cumulative.
    aggregationTemporality: 1,
    dataPointType: 0,
    dataPoints: [
      {
        ...span,
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'deepseek',
          'gen_ai.request.model': 'deepseek-flash',
          'gen_ai.response.model': 'deepseek-flash',
          'server.address': 'r1',
          'server.port': 8000,
        },
        value: {
          sum: 2.5,
          count: 1,
          buckets: { counts: [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0] },
        },
      },
    ],
  });
  expect(metrics.find(({ descriptor }) => descriptor.name === 'seekgate.model.cost')).toMatchObject(
    {
      descriptor: { unit: 'USD' },
      isMonotonic: true,
      dataPointType: 3,
      dataPoints: [{ ...span, value: 0.000_031 }],
    },
  );
});
