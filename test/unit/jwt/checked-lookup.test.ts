import { expect, test } from '@jest/globals';
import type { LookupFunction } from 'node:net';

import { checkedLookup, forbiddenAddressError } from '../../../src/jwt/checked-lookup.ts';

type Found = Parameters<Parameters<LookupFunction>[2]>;

const lookUp = (allow: Parameters<typeof checkedLookup>[0], name: string, all: boolean) =>
  new Promise<Found>((resolve) => {
    checkedLookup(allow)(name, { all, family: 4 }, (...found) => resolve(found));
  });

test('gives an address that may be connected to, in the form that was asked for', async () => {
  expect(await lookUp('loopback', 'localhost', false)).toEqual([null, '127.0.0.1', 4]);
  const list = [{ address: '127.0.0.1', family: 4 }];
  expect(await lookUp('loopback', 'localhost', true)).toEqual([null, list]);
});

test.each([false, true])('tells of a name that leads to none such (all: %s)', async (all) => {
  const [error] = await lookUp('off', 'localhost', all);
  expect(error).toEqual(forbiddenAddressError('localhost'));
  expect(error?.code).toBe('EACCES');
});

test('passes on that a name is not there', async () => {
  const [error] = await lookUp('on', 'nowhere.invalid', true);
  expect(error?.code).toMatch(/^E/);
  expect(error?.message).toContain('nowhere.invalid');
});
