import { describe, expect, test } from '@jest/globals';

import { prepareFaults } from '../../../src/dataplane/fault-injection.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const refusal = { status: 503, body: 'fault filter abort', reason: 'fault', detail: 'injected' };

describe('prepareFaults', () => {
  test.each([
    [0, refusal],
    [0.499, refusal],
    [0.5, undefined],
    [0.999, undefined],
  ])('chance %d of half', (chance, outcome) => {
    const inject = prepareFaults(
      { abort: { percentage: 50, status: 503 } },
      { random: () => chance },
    );
    expect(inject()).toEqual(outcome);
  });

  test('always, where it is all of them', () => {
    const faults = { abort: { percentage: 100, status: 503 } };
    expect(prepareFaults(faults, { random: () => 0.9999999 })()).toEqual(refusal);
  });

  test.each([204, 205, 304])('%d has no body', (status) => {
    expect(prepareFaults({ abort: { percentage: 100, status } })()).toMatchObject({ body: '' });
  });

  test('the delay comes first, by a chance of its own', async () => {
    const clock = createFakeClock();
    const chances = [0, 0, 0.9, 0];
    const inject = prepareFaults(
      { delay: { percentage: 50, delayMs: 100 }, abort: { percentage: 50, status: 503 } },
      { clock, random: () => chances.shift() ?? 1 },
    );
    const delayed = inject();
    const early = Promise.resolve('waits');
    clock.advance(99);
    expect(await Promise.race([delayed, early])).toBe('waits');
    clock.advance(1);
    expect(await delayed).toEqual(refusal);
    expect(inject()).toEqual(refusal);
    expect(inject()).toBeUndefined();
  });
});
