import { describe, expect, it } from '@jest/globals';

import { bySegment, isBelow } from '../../../src/compile/segments.ts';

describe('bySegment', () => {
  it.each([
    ['/a', true, true],
    ['/a', false, undefined],
    ['/a/', true, undefined],
    ['/', true, undefined],
    ['', true, undefined],
    ['/a?b', true, undefined],
  ])('of %j, strict %s: %s', (prefix, isStrict, expected) => {
    expect(bySegment(prefix, isStrict).bySegment).toBe(expected);
  });
});

describe('isBelow', () => {
  it.each([
    ['/a', '/a', true, true],
    ['/a/b', '/a', true, true],
    ['/ab', '/a', true, false],
    ['/ab', '/a', false, true],
    ['/a/b', '/a/', true, true],
    ['/b', '/', true, true],
    ['/b', '/a', false, false],
  ])('%s below %s, strict %s: %s', (path, prefix, isStrict, expected) => {
    expect(isBelow(path, prefix, isStrict)).toBe(expected);
  });
});
