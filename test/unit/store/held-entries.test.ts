import { describe, expect, it } from '@jest/globals';
import type { Entry } from '../../../src/api/resource.ts';
import { HeldEntries } from '../../../src/store/held-entries.ts';

function entry(name: string, origin: string): Entry {
  return { ref: { kind: 'Gateway', namespace: 'default', name }, origin, problems: [] };
}

const key = 'Gateway/default/a';

describe('HeldEntries', () => {
  it('has the first in the order of origins count, and tells of the others in their order', () => {
    const held = new HeldEntries();
    held.replace('z', key, entry('a', 'z:1'));
    const entries = [entry('a', 'b:1'), entry('b', 'b:2'), entry('b', 'b:3'), entry('a', 'b:4')];
    expect([...held.replaceOrigin('b', entries)]).toEqual([key, 'Gateway/default/b']);
    expect(held.first(key)?.origin).toBe('b:1');
    const told = held.duplicates().map(({ entry: { origin }, first }) => [origin, first.origin]);
    expect(told).toEqual([
      ['b:3', 'b:2'],
      ['b:4', 'b:1'],
      ['z:1', 'b:1'],
    ]);
    held.replace('b', key, undefined);
    expect(held.first(key)?.origin).toBe('z:1');
    expect(held.duplicates()).toHaveLength(1);
  });

  it('is concerned with what an origin had and what it has now', () => {
    const held = new HeldEntries();
    held.replace('b', key, entry('a', 'b:1'));
    const concerned = held.replaceOrigin('b', [entry('c', 'b:1')]);
    expect([...concerned]).toEqual([key, 'Gateway/default/c']);
    expect(held.first(key)).toBeUndefined();
    expect([...held.replaceOrigin('b', [])]).toEqual(['Gateway/default/c']);
    expect([...held.replaceOrigin('b', [])]).toEqual([]);
  });
});
