import { describe, expect, it } from '@jest/globals';
import { createBreather } from '../../../src/base/breather.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

describe('createBreather', () => {
  it('lets others work after 10 ms, and then again after 10 ms', async () => {
    const clock = createFakeClock();
    const breathe = createBreather(clock);
    clock.advance(9);
    expect(breathe()).toBeUndefined();
    clock.advance(1);
    let others = 0;
    setImmediate(() => (others += 1));
    await breathe();
    expect(others).toBe(1);
    expect(breathe()).toBeUndefined();
    clock.advance(10);
    expect(breathe()).toBeInstanceOf(Promise);
  });
});
