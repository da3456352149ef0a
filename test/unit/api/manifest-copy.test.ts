import { describe, expect, it } from '@jest/globals';
import { copyManifest } from '../../../src/api/manifest-copy.ts';

describe('copyManifest', () => {
  it('leaves out fields that are null, at every depth', () => {
    expect(copyManifest({ a: null, b: { c: null, d: [{ e: null }] } })).toEqual({
      value: { b: { d: [{}] } },
    });
  });

  it('keeps them below the member that is read strictly', () => {
    const document = { metadata: { a: null }, spec: { b: null, c: [{ d: null }] } };
    const value = { metadata: {}, spec: { b: null, c: [{ d: null }] } };
    expect(copyManifest(document, 'spec')).toEqual({ value });
  });

  it('keeps null in lists, where it cannot mean "not set"', () => {
    expect(copyManifest({ a: [null] })).toEqual({ value: { a: [null] } });
  });

  it('copies', () => {
    const document = { a: { b: 1 } };
    const copied = copyManifest(document);
    expect(copied).toEqual({ value: document });
    expect('value' in copied && copied.value).not.toBe(document);
  });

  it('refuses aliases that grow beyond any manifest', () => {
    let value: unknown = ['lol'];
    for (let level = 0; level < 20; level += 1) value = [value, value];
    expect(copyManifest(value)).toEqual({ fault: 'more than 250000 values' });
  });

  it('refuses nesting without end', () => {
    const list: unknown[] = [];
    list.push(list);
    expect(copyManifest(list)).toEqual({ fault: 'more than 64 levels' });
  });

  it('refuses __proto__', () => {
    expect(copyManifest(JSON.parse('{"a":{"__proto__":{"b":1}}}'))).toEqual({
      fault: 'a member called __proto__',
    });
  });
});
