import { describe, expect, test } from '@jest/globals';

import { Accounts } from '../../../src/dataplane/accounts.ts';
import type { AccountConcurrency } from '../../../src/ir/llm.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const named = (account: string): AccountConcurrency => ({
  account,
  limit: 2,
  maxWaiting: 1,
  waitMs: 1,
});

describe('Accounts', () => {
  test('one name is one account until nobody holds it', () => {
    const accounts = new Accounts(createFakeClock());
    const [one, same] = [accounts.hold(named('ns/a')), accounts.hold(named('ns/a'))];
    const other = accounts.hold(named('other/a'));
    expect(same).toBe(one);
    expect(other).not.toBe(one);
    expect(accounts.all().map(({ name }) => name)).toEqual(['ns/a', 'other/a']);
    accounts.release(one);
    expect(accounts.hold(named('ns/a'))).toBe(one);
    for (const account of [one, one, other]) accounts.release(account);
    expect(accounts.all()).toEqual([]);
    expect(accounts.hold(named('ns/a'))).not.toBe(one);
  });

  test('what is not held is not let go', () => {
    const accounts = new Accounts(createFakeClock());
    const one = accounts.hold(named('ns/a'));
    accounts.release(one);
    accounts.release(one);
    expect(accounts.all()).toEqual([]);
  });
});
