import { describe, expect, test } from '@jest/globals';

import { EndpointQueue } from '../../../src/dataplane/endpoint-queue.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

describe('EndpointQueue', () => {
  test.each([
    ['as read', { waiting: 4, running: 8 }, 3, 3, { waiting: 4, total: 12 }],
    ['and what was sent since', { waiting: 4, running: 8 }, 3, 5, { waiting: 6, total: 14 }],
    ['and what ended since', { waiting: 4, running: 8 }, 6, 1, { waiting: 0, total: 7 }],
    ['where nothing waited', { waiting: 0, running: 8 }, 3, 9, { waiting: 0, total: 14 }],
    ['never less than our own', { waiting: 0, running: 0 }, 5, 6, { waiting: 0, total: 6 }],
  ])('%s', (_name, depth, before, active, load) => {
    const queue = new EndpointQueue(createFakeClock());
    queue.record(depth, before, 3000);
    expect(queue.load(active)).toEqual(load);
  });

  test('knows our own requests only, before a reading and after a stale one', () => {
    const clock = createFakeClock();
    const queue = new EndpointQueue(clock);
    expect([queue.load(2), queue.reading]).toEqual([{ waiting: 0, total: 2 }, undefined]);
    queue.record({ waiting: 9, running: 9 }, 0, 3000);
    clock.advance(3000);
    expect([queue.load(2).waiting, queue.reading?.waiting]).toEqual([11, 9]);
    clock.advance(1);
    expect([queue.load(2), queue.reading]).toEqual([{ waiting: 0, total: 2 }, undefined]);
  });

  test('is wanted for a while by who asks, and wakes who reads', () => {
    const clock = createFakeClock();
    const queue = new EndpointQueue(clock);
    let woken = 0;
    queue.wake = () => (woken += 1);
    expect(queue.isWanted(1_000_000)).toBe(false);
    queue.load(0);
    clock.advance(10);
    expect([woken, queue.isWanted(10), queue.isWanted(9)]).toEqual([1, true, false]);
  });
});
