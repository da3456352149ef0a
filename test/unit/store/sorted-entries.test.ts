import { describe, expect, it } from '@jest/globals';
import { refKey, type Entry } from '../../../src/api/resource.ts';
import { findEntry, withChanges } from '../../../src/store/sorted-entries.ts';

function entry(path: string, origin = ''): Entry {
  const [namespace = '', name = ''] = path.split('/');
  return { ref: { kind: 'Gateway', namespace, name }, origin, problems: [] };
}

const paths = (entries: readonly Entry[]) =>
  entries.map(({ ref, origin }) => `${ref.namespace}/${ref.name}${origin}`);

const changesOf = (changes: Readonly<Record<string, string | undefined>>) =>
  new Map(
    Object.entries(changes).map(([path, origin]) => [
      refKey(entry(path).ref),
      origin === undefined ? undefined : entry(path, origin),
    ]),
  );

const entries = ['a/b', 'a/c', 'b/a', 'b/z'].map((path) => entry(path));

describe('withChanges', () => {
  it.each([
    [{}, ['a/b', 'a/c', 'b/a', 'b/z']],
    [{ 'a/c': '!' }, ['a/b', 'a/c!', 'b/a', 'b/z']],
    [{ 'b/b': '!', 'a/a': '!', 'c/a': '!' }, ['a/a!', 'a/b', 'a/c', 'b/a', 'b/b!', 'b/z', 'c/a!']],
    [{ 'a/b': undefined, 'b/z': undefined, 'x/x': undefined }, ['a/c', 'b/a']],
  ])('%j', (changes, expected) => {
    const before = paths(entries);
    expect(paths(withChanges(entries, changesOf(changes)))).toEqual(expected);
    expect(paths(entries)).toEqual(before);
  });
});

describe('findEntry', () => {
  it.each(['a/b', 'a/c', 'b/a', 'b/z'])('finds %s', (path) => {
    const { ref } = entry(path);
    expect(findEntry(entries, ref.namespace, ref.name)?.ref).toEqual(ref);
  });

  it.each(['a/a', 'a/bb', 'b/b', 'c/a', '/', 'b/zz'])('does not find %s', (path) => {
    const { ref } = entry(path);
    expect(findEntry(entries, ref.namespace, ref.name)).toBeUndefined();
    expect(findEntry([], ref.namespace, ref.name)).toBeUndefined();
  });
});
