import { describe, expect, test } from '@jest/globals';

import { EndpointQueue } from '../../../src/dataplane/endpoint-queue.ts';
import { startQueueWatch } from '../../../src/dataplane/queue-watch.ts';
import type { QueueDepth } from '../../../src/llm/queue-depth.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function rig(ask: (signal: AbortSignal) => Promise<QueueDepth | undefined>, peers = 1) {
  const clock = createFakeClock();
  const queue = new EndpointQueue(clock);
  let asked = 0;
  let closed = 0;
  const probe = {
    ask: (signal: AbortSignal) => {
      asked += 1;
      return ask(signal);
    },
    close: () => void (closed += 1),
  };
  const watched = { queue, active: () => 2, probe, peers };
  const watch = startQueueWatch(watched, { clock, random: () => 0.5 });
  const pass = async (ms: number): Promise<void> => {
    for (let past = 0; past < ms; past += 500) {
      clock.advance(500);
      await settled();
    }
  };
  return { clock, queue, watch, pass, counts: () => [asked, closed] };
}

describe('queue watch', () => {
  test('reads each second while somebody asks, with chance in the beginning', async () => {
    const { queue, pass, counts } = rig(() => Promise.resolve({ waiting: 1, running: 1 }));
    queue.load(0);
    await pass(500);
    expect(counts()).toEqual([1, 0]);
    expect(queue.load(2)).toEqual({ waiting: 1, total: 2 });
    await pass(10_000);
    expect(counts()).toEqual([11, 0]);
  });

  test('reads many endpoints less often, and believes it for longer', async () => {
    const { queue, pass, counts } = rig(() => Promise.resolve({ waiting: 1, running: 1 }), 100);
    queue.load(0);
    await pass(1500);
    expect(counts()).toEqual([1, 0]);
    await pass(10_000);
    expect(counts()).toEqual([5, 0]);
    expect(queue.reading).toMatchObject({ waiting: 1 });
  });

  test('reads seldom while nobody asks, and at once for the first who does', async () => {
    const { queue, pass, counts } = rig(() => Promise.resolve({ waiting: 1, running: 1 }));
    await pass(60_500);
    expect(counts()).toEqual([5, 0]);
    queue.load(0);
    queue.load(0);
    await settled();
    expect(counts()).toEqual([6, 0]);
    await pass(2000);
    expect(counts()).toEqual([8, 0]);
  });

  test('reads seldom where it was not to be had three times; then nothing is known', async () => {
    const answers: (QueueDepth | undefined)[] = [{ waiting: 5, running: 0 }];
    const { queue, pass, counts } = rig(() => Promise.resolve(answers.shift()));
    queue.load(0);
    await pass(3500);
    expect(counts()).toEqual([4, 0]);
    expect(queue.reading).toMatchObject({ waiting: 5, running: 0 });
    await pass(14_500);
    expect(counts()).toEqual([4, 0]);
    expect(queue.reading).toBeUndefined();
    await pass(500);
    expect(counts()).toEqual([5, 0]);
  });

  test('gives up on a server that does not answer', async () => {
    const { pass, counts } = rig(
      (signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(undefined));
        }),
    );
    await pass(1000);
    expect(counts()).toEqual([1, 0]);
    await pass(2000);
    expect(counts()).toEqual([2, 0]);
  });

  test('ends when it is stopped, and leaves the next one its place', async () => {
    const { queue, watch, pass, counts } = rig(() => Promise.resolve({ waiting: 1, running: 1 }));
    await pass(500);
    watch.stop();
    expect(queue.wake).toBeUndefined();
    await pass(30_000);
    queue.load(0);
    expect(counts()).toEqual([1, 1]);
    const next = (): void => undefined;
    queue.wake = next;
    watch.stop();
    expect(queue.wake).toBe(next);
  });

  test('what comes after the end is not taken', async () => {
    const late = Promise.withResolvers<QueueDepth>();
    const { queue, watch, pass } = rig(() => late.promise);
    await pass(500);
    watch.stop();
    late.resolve({ waiting: 9, running: 9 });
    await settled();
    expect(queue.reading).toBeUndefined();
  });
});
