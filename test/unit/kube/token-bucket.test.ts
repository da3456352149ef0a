import { describe, expect, it } from '@jest/globals';
import { createTokenBucket } from '../../../src/kube/token-bucket.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

describe('token bucket', () => {
  it('gives the burst at once, and then as many as come back', () => {
    const clock = createFakeClock();
    const bucket = createTokenBucket({ burst: 3, perSecond: 2 }, clock);
    for (let index = 0; index < 3; index += 1) {
      expect(bucket.waitMs()).toBe(0);
      bucket.take();
    }
    expect(bucket.waitMs()).toBe(500);
    clock.advance(200);
    expect(bucket.waitMs()).toBe(300);
    clock.advance(300);
    expect(bucket.waitMs()).toBe(0);
    bucket.take();
    expect(bucket.waitMs()).toBe(500);
  });

  it('does not save up more than the burst', () => {
    const clock = createFakeClock();
    const bucket = createTokenBucket({ burst: 1, perSecond: 10 }, clock);
    clock.advance(60_000);
    bucket.take();
    expect(bucket.waitMs()).toBe(100);
  });
});
