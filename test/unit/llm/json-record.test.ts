import { expect, it, test } from '@jest/globals';
import {
  isRecord,
  membersOf,
  parseRecord,
  recordsOf,
  textOf,
} from '../../../src/llm/json-record.ts';

it.each<[unknown, boolean]>([
  [{}, true],
  [[], false],
  [null, false],
  ['{}', false],
])('%j is an object: %s', (value, is) => {
  expect(isRecord(value)).toBe(is);
  expect(recordsOf([value, value])).toHaveLength(is ? 2 : 0);
});

test('texts and objects of what is none', () => {
  expect([textOf(1), textOf('a'), textOf(null)]).toEqual(['', 'a', '']);
  expect(recordsOf({})).toEqual([]);
  expect([parseRecord('{'), parseRecord('[]'), parseRecord('{"a":1}')]).toEqual([
    undefined,
    undefined,
    { a: 1 },
  ]);
});

test('members by name', () => {
  expect(membersOf({ a: 1, b: 2, c: 3 }, new Set(['a', 'c', 'toString']))).toEqual({ a: 1, c: 3 });
});
