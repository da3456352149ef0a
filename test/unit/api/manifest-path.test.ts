import { describe, expect, it } from '@jest/globals';
import { manifestPath, pointerSegments } from '../../../src/api/manifest-path.ts';

describe('manifestPath', () => {
  it.each([
    ['the manifest', [], 'manifest'],
    ['members and items', ['spec', 'routes', 0, 'options'], 'spec.routes[0].options'],
    ['names with dots', ['claims', 'a.b'], 'claims["a.b"]'],
    ['names of digits', ['providers', '0'], 'providers["0"]'],
    ['line breaks', ['spec', 'a\nb'], String.raw`spec["a\nb"]`],
    ['long names', ['x'.repeat(200)], `${'x'.repeat(80)}…`],
  ])('%s', (_title, segments, text) => {
    expect(manifestPath(segments)).toBe(text);
  });
});

describe('pointerSegments', () => {
  it.each([
    ['the root', '', {}, []],
    ['items of a list', '/a/0', { a: [1] }, ['a', 0]],
    ['digits as names', '/a/0', { a: { 0: 1 } }, ['a', '0']],
    ['escapes', '/a~1b/c~0d', { 'a/b': { 'c~d': 1 } }, ['a/b', 'c~d']],
    ['what is not there', '/constructor/0', {}, ['constructor', '0']],
  ])('%s', (_title, pointer, root, segments) => {
    expect(pointerSegments(pointer, root)).toEqual(segments);
  });
});
