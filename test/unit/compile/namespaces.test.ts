import { describe, expect, it } from '@jest/globals';
import { permitted } from '../../../src/compile/namespaces.ts';

describe('permitted', () => {
  it.each([
    ['a', 'a', [], true],
    ['a', 'b', [], false],
    ['a', 'b', ['a'], true],
    ['a', 'b', ['b'], false],
    ['a', 'b', ['*'], true],
  ])('something of %s used from %s with %j shared: %s', (owner, user, shared, expected) => {
    expect(permitted(owner, user, shared)).toBe(expected);
  });
});
