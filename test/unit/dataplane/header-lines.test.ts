import { describe, expect, test } from '@jest/globals';

import {
  isHeaderValue,
  joinedValue,
  removeLines,
  valuesOf,
} from '../../../src/dataplane/header-lines.ts';

const lines = ['a', '1', 'b', 'a', 'a', '2'];

describe('header lines', () => {
  test('joinedValue joins with a comma, and tells none from empty', () => {
    expect(joinedValue(lines, 'a')).toBe('1,2');
    expect(joinedValue(['a', ''], 'a')).toBe('');
    expect(joinedValue(lines, 'c')).toBeUndefined();
  });

  test('valuesOf keeps lines apart and looks at names only', () => {
    expect(valuesOf(lines, 'a')).toEqual(['1', '2']);
    expect(valuesOf(lines, '1')).toEqual([]);
  });

  test('removeLines takes out in place', () => {
    const copy = [...lines];
    removeLines(copy, (name) => name === 'a');
    expect(copy).toEqual(['b', 'a']);
    removeLines(copy, () => true);
    expect(copy).toEqual([]);
  });

  test.each([
    ['plain', true],
    ['', true],
    ['\u00e9 \t', true],
    ['a\rb', false],
    ['a\nb', false],
    ['a\u0000', false],
    ['\u007f', false],
    ['\u0100', false],
  ])('isHeaderValue(%j) is %j', (value, expected) => {
    expect(isHeaderValue(value)).toBe(expected);
  });
});
