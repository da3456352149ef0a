import { describe, expect, test } from '@jest/globals';

import { FairLine } from '../../../src/dataplane/fair-line.ts';

function lineOf(...items: readonly string[]): FairLine<string> {
  const line = new FairLine<string>();
  for (const item of items) line.push(item.slice(0, 1), item);
  return line;
}

const drained = (line: FairLine<string>): string[] => {
  const out: string[] = [];
  for (let next = line.shift(); next !== undefined; next = line.shift()) out.push(next);
  return out;
};

describe('FairLine', () => {
  test.each([
    ['of one caller, the first first', ['a1', 'a2', 'a3'], ['a1', 'a2', 'a3']],
    ['callers in turn', ['a1', 'a2', 'a3', 'b1', 'c1', 'b2'], ['a1', 'b1', 'c1', 'a2', 'b2', 'a3']],
    ['nobody', [], []],
  ])('%s', (_name, items, order) => {
    const line = lineOf(...items);
    expect(line.size).toBe(items.length);
    expect(drained(line)).toEqual(order);
    expect(line.size).toBe(0);
  });

  test('who had a turn and comes again waits for the others', () => {
    const line = lineOf('a1', 'b1');
    expect(line.shift()).toBe('a1');
    line.push('a', 'a2');
    expect(drained(line)).toEqual(['b1', 'a2']);
  });

  test('who leaves is not called, a stranger changes nothing', () => {
    const line = lineOf('a1', 'a2', 'b1');
    line.delete('a', 'a1');
    line.delete('a', 'a1');
    line.delete('b', 'a2');
    line.delete('z', 'z1');
    expect(line.size).toBe(2);
    line.delete('b', 'b1');
    expect(drained(line)).toEqual(['a2']);
  });

  test.each([
    ['the last of who has most', ['a1', 'a2', 'a3', 'b1'], 'c', 'a3'],
    ['for one who would still not have more', ['a1', 'a2', 'a3', 'b1'], 'b', 'a3'],
    ['not for one who has as many', ['a1', 'a2', 'b1'], 'b', undefined],
    ['not for who has most', ['a1', 'a2', 'a3'], 'a', undefined],
    ['not from one who has one', ['a1', 'b1'], 'c', undefined],
    ['not from nobody', [], 'c', undefined],
  ])('makes room: %s', (_name, items, caller, gone) => {
    const line = lineOf(...items);
    expect(line.makeRoom(caller)).toBe(gone);
    expect(line.size).toBe(items.length - (gone === undefined ? 0 : 1));
  });
});
