import { expect, test } from '@jest/globals';

import { createMetrics, durationBoundsMs } from '../../../src/dataplane/metrics.ts';

const ended = {
  virtualHost: 'ns.a',
  verdict: 'verified',
  reason: '',
  status: 200,
  durationMs: 7,
};

test('counts by virtual host, verdict, reason and class of status', () => {
  const metrics = createMetrics();
  for (let turn = 0; turn < 6; turn += 1) metrics.requestStarted();
  metrics.requestEnded(ended);
  metrics.requestEnded({ ...ended, status: 204 });
  metrics.requestEnded({ ...ended, status: 403, reason: 'rbac' });
  metrics.requestEnded({ ...ended, status: 0 });
  metrics.requestEnded({ ...ended, virtualHost: 'ns.b', status: 599 });
  metrics.upstreamFailed('up', 'reset');
  metrics.upstreamFailed('up', 'reset');
  const { inFlight, requests, upstreamFailures } = metrics.snapshot();
  expect(inFlight).toBe(1);
  expect(requests).toEqual([
    { labels: ['ns.a', 'verified', '', '2xx'], value: 2 },
    { labels: ['ns.a', 'verified', '', 'none'], value: 1 },
    { labels: ['ns.a', 'verified', 'rbac', '4xx'], value: 1 },
    { labels: ['ns.b', 'verified', '', '5xx'], value: 1 },
  ]);
  expect(upstreamFailures).toEqual([{ labels: ['up', 'reset'], value: 2 }]);
});

test('puts a duration into the bucket of the first bound it does not exceed', () => {
  const metrics = createMetrics();
  for (const durationMs of [0.5, 1, 1.5, 300_001]) metrics.requestEnded({ ...ended, durationMs });
  const [histogram] = metrics.snapshot().durations;
  expect(histogram).toMatchObject({ virtualHost: 'ns.a', count: 4, sumMs: 300_004 });
  expect(histogram?.buckets).toHaveLength(durationBoundsMs.length + 1);
  expect(histogram?.buckets[0]).toBe(2);
  expect(histogram?.buckets[1]).toBe(1);
  expect(histogram?.buckets.at(-1)).toBe(1);
});
