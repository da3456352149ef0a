import { describe, expect, it } from '@jest/globals';
import { createStatusQueue, type Retry } from '../../../src/kube/status-queue.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { settled } from '../../support/fake-kube-api.ts';
import { createOutcome } from '../../support/kube-outcome.ts';

function setUp(answers: (Retry | undefined)[], early = 0) {
  const clock = createFakeClock();
  const worked: string[] = [];
  const queue = createStatusQueue({
    work: async (latest) => {
      worked.push(latest().ref.name);
      return answers.shift();
    },
    patienceMs: () => 0,
    width: () => 2,
    maxInFlight: 2,
    // The timers of Node may be a fraction of a millisecond early by its own clock.
    clock: { ...clock, after: (delayMs, task) => clock.after(delayMs - early, task) },
    random: () => 0.999,
  });
  return { clock, worked, queue };
}

const again = (scope: Retry['scope'], atLeastMs?: number): Retry => ({
  scope,
  firstMs: 100,
  maxMs: 1000,
  atLeastMs,
});

describe('status queue', () => {
  it.each(['all', 'namespace', 'resource'] as const)(
    'goes on when the timer of a pause is early: %s',
    async (scope) => {
      const { clock, worked, queue } = setUp([again(scope)], 0.5);
      queue.put(createOutcome());
      await settled();
      clock.advance(100);
      await settled();
      expect(worked).toEqual(['a', 'a']);
      expect(queue.counts()).toEqual({ queued: 0, inFlight: 0 });
    },
  );

  it('doubles its pauses up to a limit, and begins anew after a success', async () => {
    const answers = Array.from({ length: 7 }, () => again('all'));
    const { clock, worked, queue } = setUp(answers);
    queue.put(createOutcome());
    const times: number[] = [];
    for (let ms = 0; ms < 6000; ms += 10) {
      await settled();
      while (times.length < worked.length) times.push(clock.monotonic());
      clock.advance(10);
    }
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(gaps).toEqual([100, 200, 400, 800, 1000, 1000, 1000]);
    answers.push(again('all'));
    queue.put(createOutcome());
    await settled();
    clock.advance(100);
    await settled();
    expect(worked).toHaveLength(10);
  });

  it('extends a pause when a request that was under way is told to wait longer', async () => {
    const { clock, worked, queue } = setUp([again('all', 200), again('all', 5000)]);
    queue.put(createOutcome({ name: 'a' }));
    queue.put(createOutcome({ name: 'b' }));
    await settled();
    clock.advance(4990);
    await settled();
    expect(worked).toEqual(['a', 'b']);
    clock.advance(10);
    await settled();
    expect(worked.toSorted()).toEqual(['a', 'a', 'b', 'b']);
  });

  it('holds up one namespace only where a right lacks there', async () => {
    const { clock, worked, queue } = setUp([again('namespace')]);
    const other = createOutcome({ name: 'c' });
    queue.put(createOutcome({ name: 'a' }));
    await settled();
    queue.put(createOutcome({ name: 'b' }));
    queue.put({ ...other, ref: { ...other.ref, namespace: 'other' } });
    await settled();
    expect(worked).toEqual(['a', 'c']);
    clock.advance(100);
    await settled();
    expect(worked.toSorted()).toEqual(['a', 'a', 'b', 'c']);
  });

  it('does nothing more once it is stopped, whatever waits', async () => {
    const { clock, worked, queue } = setUp([again('all'), again('resource')]);
    queue.put(createOutcome({ name: 'a' }));
    queue.put(createOutcome({ name: 'b' }));
    await settled();
    await queue.stop();
    clock.advance(60_000);
    queue.put(createOutcome({ name: 'c' }));
    await settled();
    expect(worked).toEqual(['a', 'b']);
  });
});
