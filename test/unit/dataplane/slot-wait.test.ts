import { describe, expect, test } from '@jest/globals';

import { Account, type Slot } from '../../../src/dataplane/account.ts';
import { SlotWait, type SlotChoice } from '../../../src/dataplane/slot-wait.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

function rig(...limits: readonly number[]) {
  const clock = createFakeClock();
  const events: string[] = [];
  const accounts = limits.map((limit, index) => new Account(`ns/${index}`, limit, clock));
  const slots: (Slot | undefined)[] = accounts.map((account) => account.enter());
  const choice = (account: Account, more: object): SlotChoice => ({
    account,
    settings: { account: account.name, limit: 1, maxWaiting: 2, waitMs: 1000, ...more },
  });
  const ask = (caller: string, more: object = {}): SlotWait => {
    const wait = new SlotWait(
      accounts.map((account) => choice(account, more)),
      {
        caller,
        admitted: (index, slot) => {
          slots.push(slot);
          events.push(`${caller} admitted ${index}`);
        },
        refused: ({ status, detail, headers }) =>
          events.push(`${caller} ${status} ${detail} ${headers?.join(' ')}`),
      },
    );
    wait.start(clock);
    return wait;
  };
  const waiting = (): readonly number[] => accounts.map((account) => account.waiting);
  return { clock, events, accounts, slots, ask, waiting };
}

describe('SlotWait', () => {
  test('takes the first slot that is free', () => {
    const { events, ask, waiting } = rig(1, 2);
    ask('a');
    expect(events).toEqual(['a admitted 1']);
    expect(waiting()).toEqual([0, 0]);
  });

  test('waits in all lines, and leaves the others when it is let in', () => {
    const { events, slots, clock, ask, waiting } = rig(1, 1);
    ask('a');
    expect(waiting()).toEqual([1, 1]);
    slots[1]?.free();
    expect(events).toEqual(['a admitted 1']);
    expect(waiting()).toEqual([0, 0]);
    clock.advance(5000);
    expect(events).toHaveLength(1);
  });

  test('is refused with 429 when its time is over', () => {
    const { events, accounts, slots, clock, ask, waiting } = rig(1);
    ask('a');
    clock.advance(999);
    expect(events).toEqual([]);
    clock.advance(1);
    expect(events).toEqual(['a 429 waited too long retry-after 1']);
    expect(waiting()).toEqual([0]);
    expect(accounts[0]?.refused).toEqual({ full: 0, late: 1 });
    slots[0]?.free();
    expect(accounts[0]?.active).toBe(0);
  });

  test('is refused at once where the lines are full', () => {
    const { events, accounts, ask, waiting } = rig(1, 1);
    for (const caller of ['a', 'a', 'a']) ask(caller);
    expect(events).toEqual(['a 429 too many wait retry-after 1']);
    expect(waiting()).toEqual([2, 2]);
    expect(accounts.map(({ refused }) => refused.full)).toEqual([1, 1]);
  });

  test('makes room for another caller', () => {
    const { events, ask, waiting } = rig(1);
    for (const caller of ['a', 'a', 'b']) ask(caller);
    expect(events).toEqual(['a 429 too many wait retry-after 1']);
    expect(waiting()).toEqual([2]);
  });

  test('a client that goes is in no line any more, and hears nothing', () => {
    const { events, slots, clock, ask, waiting } = rig(1, 1);
    ask('a').cancel();
    expect(waiting()).toEqual([0, 0]);
    slots[0]?.free();
    clock.advance(5000);
    expect(events).toEqual([]);
  });

  test('one account that is named twice is one line', () => {
    const clock = createFakeClock();
    const account = new Account('ns/one', 1, clock);
    const slot = account.enter();
    const settings = { account: 'ns/one', limit: 1, maxWaiting: 5, waitMs: 1000 };
    const events: string[] = [];
    const wait = new SlotWait(
      [0, 1].map(() => ({ account, settings })),
      {
        caller: '',
        admitted: (index) => void events.push(`admitted ${index}`),
        refused: () => void events.push('refused'),
      },
    );
    wait.start(clock);
    expect(account.waiting).toBe(1);
    slot?.free();
    expect(events).toEqual(['admitted 0']);
  });
});
