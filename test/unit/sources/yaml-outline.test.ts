import { describe, expect, it } from '@jest/globals';
import { parseEvents } from 'js-yaml';
import { locate, outlineOf } from '../../../src/sources/yaml-outline.ts';

const outlines = (text: string) => outlineOf(parseEvents(text, {}), text);

describe('yaml outline', () => {
  it('has one entry for each document, empty ones included', () => {
    expect(outlines('a: 1\n---\n---\n[b]\n')).toHaveLength(3);
  });

  it('puts a member at its key and an item at its value', () => {
    const text = 'a:\n  - x\n  - b: y\n';
    const [root] = outlines(text);
    expect(locate(root!, 'a').offset).toBe(text.indexOf('a'));
    expect(locate(root!, 'a[0]').offset).toBe(text.indexOf('x'));
    expect(locate(root!, 'a[1].b').offset).toBe(text.indexOf('b'));
  });

  it('prefers the longest key that fits', () => {
    const text = 'a: {b: 1}\na.b: {c: 2}\n';
    const [root] = outlines(text);
    expect(locate(root!, 'a.b.c').offset).toBe(text.indexOf('c'));
  });

  it('does not take the start of a key for the key', () => {
    const [root] = outlines('ab: 1\n');
    expect(locate(root!, 'a').offset).toBe(root!.offset);
  });

  it('allows an alias many times over while the whole stays small', () => {
    const text = `a: &a [1, 2, 3]\nb: [${'*a, '.repeat(1000)}]\n`;
    expect(() => outlines(text)).not.toThrow();
  });

  it('counts the aliases written out, whatever is nested in what', () => {
    const text = `a: &a [${'x, '.repeat(2000)}]\nb: &b [${'*a, '.repeat(400)}]\nc: [*b, *b]\n`;
    expect(() => outlines(text)).toThrow(/more than 1000000 nodes/);
  });

  it('knows the anchors of its own document only', () => {
    expect(() => outlines('a: &a 1\n---\nb: *a\n')).toThrow(/alias/);
  });
});
