import { describe, expect, test } from '@jest/globals';

import { headerValues } from '../../../src/dataplane/header-values.ts';

describe('headerValues', () => {
  const lines = ['x-plan', 'pro', 'accept', 'a', 'x-plan', '', 'accept', 'b', 'via', 'c'];

  test.each([
    ['x-plan', ['pro', '']],
    ['accept', ['a,b']],
    ['via', ['c']],
    ['x-other', []],
  ])('of %s: %j', (name, wanted) => {
    expect(headerValues(lines, name)).toEqual(wanted);
  });
});
