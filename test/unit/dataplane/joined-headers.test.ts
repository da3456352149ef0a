import { expect, test } from '@jest/globals';

import { joinsLines } from '../../../src/dataplane/joined-headers.ts';

test('headers of one line', () => {
  const names = ['vary', 'authorization', 'x-forwarded-for', 'cookie', 'set-cookie', 'x-a'];
  expect(names.map((name) => joinsLines(name))).toEqual([true, true, true, false, false, false]);
});
