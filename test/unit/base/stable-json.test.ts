import { describe, expect, it } from '@jest/globals';
import { contentHash, stableJson } from '../../../src/base/stable-json.ts';

describe('stableJson', () => {
  it('does not depend on the order of members, at any depth', () => {
    const one = { b: { y: 1, x: [{ d: 1, c: 2 }] }, a: null };
    const other = { a: null, b: { x: [{ c: 2, d: 1 }], y: 1 } };
    expect(stableJson(one)).toBe('{"a":null,"b":{"x":[{"c":2,"d":1}],"y":1}}');
    expect(stableJson(other)).toBe(stableJson(one));
  });

  it('keeps the order of lists', () => {
    expect(stableJson(['b', 'a'])).toBe('["b","a"]');
  });

  it('leaves out what is undefined, and indents when asked', () => {
    expect(stableJson({ b: undefined, a: 1 }, 2)).toBe('{\n  "a": 1\n}');
  });
});

describe('contentHash', () => {
  it('is the beginning of the SHA-256', () => {
    expect(contentHash('')).toBe('e3b0c44298fc1c14');
    expect(contentHash('', 8)).toBe('e3b0c442');
  });
});
