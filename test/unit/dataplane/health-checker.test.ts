import { describe, expect, test } from '@jest/globals';

import { HealthBoard } from '../../../src/dataplane/endpoint-health.ts';
import {
  startHealthChecker,
  type Probe,
  type ProbeResult,
} from '../../../src/dataplane/health-checker.ts';
import type { HealthCheck } from '../../../src/ir/health.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const intervals = {
  usualMs: 1000,
  noTrafficMs: 60_000,
  unhealthyMs: 500,
  unhealthyEdgeMs: 200,
  healthyEdgeMs: 300,
  initialJitterMs: 0,
  jitterMs: 0,
};
const check: HealthCheck = {
  probe: { kind: 'tcp', receive: [] },
  timeoutMs: 100,
  intervals,
  unhealthyThreshold: 3,
  healthyThreshold: 2,
  reuseConnection: true,
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function rig(more: Partial<HealthCheck> = {}, board = new HealthBoard()) {
  const clock = createFakeClock();
  const health = board.of('a:1');
  board.used = true;
  const asked: number[] = [];
  let answer: ProbeResult | 'hang' = 'passed';
  let closed = false;
  const probe: Probe = {
    ask: () => {
      asked.push(clock.monotonic());
      return answer === 'hang' ? new Promise(() => undefined) : Promise.resolve(answer);
    },
    close: () => void (closed = true),
  };
  const start = () =>
    startHealthChecker({ ...check, ...more }, { health, probe }, board, {
      clock,
      random: () => 0.5,
    });
  const advance = async (ms: number): Promise<void> => {
    for (let at = 0; at < ms; at += 50) {
      clock.advance(50);
      await turn();
    }
  };
  const answers = (next: typeof answer): void => void (answer = next);
  return { start, advance, answers, asked, health, board, isClosed: () => closed };
}

describe('startHealthChecker', () => {
  test('asks at once, then after each interval', async () => {
    const { start, advance, asked, health } = rig();
    start();
    expect(health.passing).toBeUndefined();
    await advance(3400);
    expect(health.passing).toBe(true);
    // The first after it became healthy comes sooner.
    expect(asked.map((at) => Math.round(at / 50) * 50)).toEqual([0, 350, 1350, 2350, 3350]);
  });

  test('the first check decides alone, then thresholds count', async () => {
    const { start, advance, answers, health } = rig();
    answers('failed');
    start();
    await advance(50);
    expect(health.passing).toBe(false);
    answers('passed');
    await advance(250);
    expect(health.passing).toBe(false);
    await advance(500);
    expect(health.passing).toBe(true);
    answers('failed');
    await advance(300);
    await advance(1000);
    expect(health.passing).toBe(true);
    await advance(1000);
    expect(health.passing).toBe(false);
  });

  test('a success in between begins the count anew', async () => {
    const { start, advance, answers, health } = rig();
    start();
    await advance(50);
    answers('failed');
    await advance(1400);
    answers('passed');
    await advance(1000);
    answers('failed');
    await advance(2000);
    expect(health.passing).toBe(true);
    await advance(1000);
    expect(health.passing).toBe(false);
  });

  test('a status that is not expected counts at once', async () => {
    const { start, advance, answers, health } = rig();
    start();
    await advance(50);
    answers('refused');
    await advance(350);
    expect(health.passing).toBe(false);
  });

  test('no answer in time is a failure, and the next check comes', async () => {
    const { start, advance, answers, asked, health } = rig();
    answers('hang');
    start();
    await advance(150);
    expect(health.passing).toBe(false);
    answers('passed');
    await advance(800);
    expect(asked.length).toBe(3);
    expect(health.passing).toBe(true);
  });

  test('without traffic the interval is another one', async () => {
    const board = new HealthBoard();
    const { start, advance, asked } = rig({}, board);
    board.used = false;
    start();
    await advance(50_000);
    expect(asked).toHaveLength(1);
    await advance(11_000);
    expect(asked).toHaveLength(2);
  });

  test('jitter comes on top', async () => {
    const jittered = { ...intervals, initialJitterMs: 400, jitterMs: 1000 };
    const { start, advance, asked } = rig({ intervals: jittered });
    start();
    await advance(1100);
    expect(asked.map((at) => Math.round(at / 50) * 50)).toEqual([200, 1000]);
  });

  test('stopped, it asks no more and changes nothing', async () => {
    const { start, advance, answers, asked, health, isClosed } = rig();
    const watch = start();
    await advance(50);
    answers('hang');
    await advance(350);
    watch.stop();
    await advance(5000);
    expect([asked.length, health.passing, isClosed()]).toEqual([2, true, true]);
  });

  test('started again, it goes on where it was', async () => {
    const { start, advance, answers, asked, health } = rig();
    const first = start();
    await advance(1400);
    const before = asked.length;
    first.stop();
    await advance(400);
    answers('failed');
    start();
    expect(health.passing).toBe(true);
    await advance(500);
    expect(asked.length).toBe(before);
    await advance(100);
    // It takes as many failures as ever.
    expect([asked.length, health.passing]).toEqual([before + 1, true]);
  });

  test('a good check ends an ejection', async () => {
    const { start, advance, health } = rig();
    start();
    await advance(50);
    health.ejected = true;
    await advance(400);
    expect(health.ejected).toBe(false);
  });
});
