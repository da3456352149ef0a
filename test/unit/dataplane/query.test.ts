import { describe, expect, test } from '@jest/globals';

import {
  firstDecodedParameter,
  firstParameter,
  withoutParameter,
} from '../../../src/dataplane/query.ts';

describe('firstParameter', () => {
  test.each([
    ['a=1&b=2&a=3', 'a', '1'],
    ['a', 'a', ''],
    ['a=', 'a', ''],
    ['a=b=c', 'a', 'b=c'],
    ['ab=1', 'a', undefined],
    ['a%20=1', 'a ', undefined],
    ['a=%20', 'a', '%20'],
    ['', 'a', undefined],
    [undefined, 'a', undefined],
  ])('of %j named %j is %j', (query, name, expected) => {
    expect(firstParameter(query, name)).toBe(expected);
  });
});

describe('firstDecodedParameter', () => {
  test.each([
    ['a=%41%20b', 'a', 'A b'],
    ['%61=1', 'a', '1'],
    ['a=+', 'a', '+'],
    ['a=%zz', 'a', '%zz'],
    ['a', 'a', ''],
    ['b=1', 'a', undefined],
    [undefined, 'a', undefined],
  ])('of %j named %j is %j', (query, name, expected) => {
    expect(firstDecodedParameter(query, name)).toBe(expected);
  });
});

describe('withoutParameter', () => {
  test.each([
    ['x=a%26admin%3D1&token=T', 'x=a%26admin%3D1'],
    ['token=T', undefined],
    ['token', undefined],
    ['a&token=1&&b=&token=2', 'a&&b='],
    ['%74oken=T&a=%20', 'a=%20'],
    ['tokens=1&b', 'tokens=1&b'],
    ['', ''],
    [undefined, undefined],
  ])('%j without token is %j', (query, expected) => {
    expect(withoutParameter(query, 'token')).toBe(expected);
  });
});
