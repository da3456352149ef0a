import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { durationMetric } from '../../../src/admin/duration-metric.ts';
import { adminFacts } from '../../support/admin-facts.ts';

async function textOf(durations: { buckets: number[]; sumMs: number; count: number }[]) {
  const registry = new Registry();
  const named = durations.map((counts, index) => ({ virtualHost: `default.${index}`, ...counts }));
  const traffic = () => ({ ...adminFacts().traffic(), durations: named, boundsMs: [10, 100] });
  registry.registerMetric(durationMetric('d_seconds', traffic));
  return (await registry.metrics()).trimEnd().split('\n');
}

describe('duration metric', () => {
  it('is a histogram: each bucket holds all below it, the last one everything', async () => {
    expect(await textOf([{ buckets: [4, 2, 1], sumMs: 1500, count: 7 }])).toEqual([
      '# HELP d_seconds From the arrival of a request to its end.',
      '# TYPE d_seconds histogram',
      'd_seconds_bucket{virtual_host="default.0",le="0.01"} 4',
      'd_seconds_bucket{virtual_host="default.0",le="0.1"} 6',
      'd_seconds_bucket{virtual_host="default.0",le="+Inf"} 7',
      'd_seconds_sum{virtual_host="default.0"} 1.5',
      'd_seconds_count{virtual_host="default.0"} 7',
    ]);
  });

  it('has one series for each virtual host, and none without traffic', async () => {
    const none = { buckets: [0, 0, 0], sumMs: 0, count: 0 };
    const counts = (await textOf([none, none])).filter((line) => line.includes('_count'));
    expect(counts).toHaveLength(2);
    expect(await textOf([])).toHaveLength(2);
  });
});
