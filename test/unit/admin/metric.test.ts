import { describe, expect, it } from '@jest/globals';
import { Registry, type Metric } from 'prom-client';
import { counter, gauge, tally } from '../../../src/admin/metric.ts';

async function textOf(metric: Metric): Promise<string> {
  const registry = new Registry();
  registry.registerMetric(metric);
  await registry.metrics();
  // Values are asked for anew at each reading, and not added to those of the one before.
  return registry.metrics();
}

describe('metrics that are counted elsewhere', () => {
  it('are gauges with labels in the order of their names', async () => {
    const metric = gauge('size', 'How large.', ['kind', 'state'], (set) => set(['a', 'b'], 3));
    expect(await textOf(metric)).toBe(
      '# HELP seekgate_size How large.\n# TYPE seekgate_size gauge\nseekgate_size{kind="a",state="b"} 3\n',
    );
  });

  it('are counters', async () => {
    const metric = counter('asked_total', 'How often.', ['kind'], () => [
      { labels: ['a'], value: 2 },
      { labels: [], value: 1 },
    ]);
    expect(await textOf(metric)).toMatch(
      /^# TYPE seekgate_asked_total counter\nseekgate_asked_total\{kind="a"\} 2\nseekgate_asked_total\{kind=""\} 1$/m,
    );
  });

  it('are tallied by their labels', () => {
    const counts = tally([
      ['a', 'x'],
      ['b', 'x'],
      ['a', 'x'],
    ]);
    expect([...counts]).toEqual([
      ['a/x', 2],
      ['b/x', 1],
    ]);
  });
});
