import { describe, expect, test } from '@jest/globals';

import { Account, type Slot, type SlotWaiter } from '../../../src/dataplane/account.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

function rig(limit: number) {
  const clock = createFakeClock();
  const account = new Account('ns/one', limit, clock);
  const admitted: string[] = [];
  const displaced: string[] = [];
  const slots: Slot[] = [];
  const waiter = (name: string): SlotWaiter => ({
    caller: name.slice(0, 1),
    admit: (slot) => {
      admitted.push(name);
      slots.push(slot);
    },
    displaced: () => void displaced.push(name),
  });
  const enter = (): void => {
    const slot = account.enter();
    if (slot !== undefined) slots.push(slot);
  };
  const counts = (): readonly number[] => [account.active, account.waiting];
  return { clock, account, admitted, displaced, slots, waiter, enter, counts };
}

describe('Account', () => {
  test('gives as many slots as its limit, then one for each that is freed, callers in turn', () => {
    const { account, admitted, slots, waiter, enter, counts } = rig(2);
    enter();
    enter();
    expect(account.enter()).toBeUndefined();
    for (const name of ['a1', 'a2', 'b1']) expect(account.wait(waiter(name), 10)).toBe(true);
    expect(counts()).toEqual([2, 3]);
    slots[0]?.free();
    slots[1]?.free();
    expect(admitted).toEqual(['a1', 'b1']);
    expect(counts()).toEqual([2, 1]);
  });

  test('a slot that is freed twice is one', () => {
    const { slots, enter, counts } = rig(2);
    enter();
    enter();
    slots[0]?.free();
    slots[0]?.free();
    expect(counts()).toEqual([1, 0]);
  });

  test('who has left the line is not let in', () => {
    const { account, admitted, slots, waiter, enter, counts } = rig(1);
    enter();
    const gone = waiter('a1');
    account.wait(gone, 10);
    account.leave(gone);
    slots[0]?.free();
    expect(admitted).toEqual([]);
    expect(counts()).toEqual([0, 0]);
  });

  test('a full line refuses who has most, and makes room for one with fewer', () => {
    const { account, displaced, waiter, enter } = rig(1);
    enter();
    account.wait(waiter('a1'), 2);
    account.wait(waiter('a2'), 2);
    expect(account.wait(waiter('a3'), 2)).toBe(false);
    expect(account.wait(waiter('b1'), 2)).toBe(true);
    expect(displaced).toEqual(['a2']);
    expect(account.wait(waiter('c1'), 2)).toBe(false);
    expect(account.waiting).toBe(2);
  });

  test('nobody waits where nobody may', () => {
    const { account, waiter, enter } = rig(1);
    enter();
    expect(account.wait(waiter('a1'), 0)).toBe(false);
  });

  test('the lowest limit of the upstreams in force holds; a higher one lets waiting requests in', () => {
    const { account, admitted, waiter, enter, counts } = rig(1);
    account.use(1);
    enter();
    for (const name of ['a1', 'a2', 'a3']) account.wait(waiter(name), 10);
    account.use(3);
    expect([account.limit, admitted]).toEqual([1, []]);
    account.unuse(1);
    expect([account.limit, admitted]).toEqual([3, ['a1', 'a2']]);
    account.unuse(3);
    expect(account.limit).toBe(3);
    expect(counts()).toEqual([3, 1]);
  });

  test('a thousand that end at once are let in one after the other, not one within the other', () => {
    const { account, enter, slots, counts } = rig(1);
    let depth = 0;
    let deepest = 0;
    let ended = 0;
    enter();
    for (let index = 0; index < 20_000; index += 1) {
      const admit = (slot: Slot): void => {
        depth += 1;
        deepest = Math.max(deepest, depth);
        ended += 1;
        slot.free();
        depth -= 1;
      };
      account.wait({ caller: '', admit, displaced: () => undefined }, 20_000);
    }
    slots[0]?.free();
    expect([ended, deepest]).toEqual([20_000, 1]);
    expect(counts()).toEqual([0, 0]);
  });

  test('one that throws when it is let in does not stop the line', () => {
    const { account, admitted, slots, waiter, enter } = rig(1);
    enter();
    const admit = (slot: Slot): void => {
      slot.free();
      throw new Error('broken');
    };
    account.wait({ caller: 'a', admit, displaced: () => undefined }, 10);
    account.wait(waiter('b1'), 10);
    expect(() => slots[0]?.free()).toThrow('broken');
    account.enter()?.free();
    expect(admitted).toEqual(['b1']);
  });

  test.each([
    [0, 0, 1],
    [500, 0, 1],
    [4000, 0, 2],
    [4000, 3, 8],
    [4_000_000, 3, 60],
  ])('requests that take %i ms, %i waiting: %i s', (ms, waiting, seconds) => {
    const { account, clock, waiter, enter, slots } = rig(2);
    enter();
    enter();
    clock.advance(ms);
    slots[0]?.free();
    enter();
    for (let index = 0; index < waiting; index += 1) account.wait(waiter(`a${index}`), 10);
    expect(account.retryAfterSeconds).toBe(seconds);
  });
});
