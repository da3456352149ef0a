import { describe, expect, test } from '@jest/globals';

import { ModelBreaker } from '../../../src/dataplane/model-breaker.ts';

describe('ModelBreaker', () => {
  test('passes over for longer with each failure, up to five minutes', () => {
    const breaker = new ModelBreaker();
    const pauses: number[] = [];
    for (let failure = 0; failure < 8; failure += 1) {
      breaker.failed(1000);
      pauses.push(breaker.untilMs - 1000);
    }
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 300, 300].map((seconds) => seconds * 1000));
  });

  test('after a pause one request is let through, the others when it went well', () => {
    const breaker = new ModelBreaker();
    breaker.failed(0);
    expect([breaker.isOpen(4999), breaker.isOpen(5000)]).toEqual([true, false]);
    breaker.asked(5000);
    expect(breaker.isOpen(5001)).toBe(true);
    breaker.succeeded();
    expect([breaker.isOpen(5001), breaker.untilMs]).toEqual([false, 0]);
    breaker.failed(6000);
    expect(breaker.untilMs).toBe(11_000);
  });

  test('to be asked makes no pause for who is well', () => {
    const breaker = new ModelBreaker();
    breaker.asked(0);
    expect(breaker.isOpen(0)).toBe(false);
  });

  test.each([
    [0, 5000],
    [60_000, 60_000],
    [3_600_000, 300_000],
  ])('a pause of %i ms that the server asks for is one of %i', (asked, pause) => {
    const breaker = new ModelBreaker();
    breaker.failed(0, asked);
    expect(breaker.untilMs).toBe(pause);
  });

  test('tells when it begins to fail, and when it is well again', () => {
    const told: boolean[] = [];
    const breaker = new ModelBreaker((isFailing) => told.push(isFailing));
    breaker.succeeded();
    breaker.failed(0);
    breaker.failed(1);
    breaker.succeeded();
    breaker.succeeded();
    expect(told).toEqual([true, false]);
  });

  test('doubts count from the third in a row', () => {
    const breaker = new ModelBreaker();
    const isOpen = (): boolean => breaker.isOpen(0);
    breaker.doubted(0);
    breaker.doubted(0);
    expect(isOpen()).toBe(false);
    breaker.succeeded();
    breaker.doubted(0);
    breaker.doubted(0);
    expect(isOpen()).toBe(false);
    breaker.doubted(0);
    expect(isOpen()).toBe(true);
  });

  test('one doubt is enough for who was not well just before', () => {
    const breaker = new ModelBreaker();
    breaker.failed(0);
    breaker.doubted(5000);
    expect(breaker.untilMs).toBe(15_000);
  });
});
