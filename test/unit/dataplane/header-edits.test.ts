import { describe, expect, test } from '@jest/globals';

import {
  editLines,
  firstValue,
  lineAt,
  prepareChanges,
  type ValueSource,
} from '../../../src/dataplane/header-edits.ts';
import type { AddedHeader, HeaderEdit, HeaderValuePart } from '../../../src/ir/route-headers.ts';

const source: ValueSource = {
  request: (name) => ({ ':path': '/p?q', 'x-long': 'abcdef' })[name],
  peer: '192.0.2.1',
  protocol: 'HTTP/1.1',
  status: 404,
  startedMs: () => Date.parse('2030-01-01T00:00:00Z'),
};

function edited(lines: readonly string[], ...edits: readonly Partial<HeaderEdit>[]): string[] {
  const result = [...lines];
  const prepared = edits.map((one) =>
    prepareChanges({ request: { remove: [], add: [], ...one } }, { 'key@1': 'hunter2' }),
  );
  const all = prepared.map(({ request }) => request);
  editLines(result, [undefined, ...all], source);
  return result;
}

const add = (name: string, ...value: readonly HeaderValuePart[]): AddedHeader => ({
  name,
  value,
  append: true,
});

describe('editLines', () => {
  test('removes before it adds, place after place', () => {
    const first = { remove: ['a'], add: [add('a', '1'), add('b', '1')] };
    expect(edited(['a', '0', 'c', '0'], first, { remove: ['b'] })).toEqual(['c', '0', 'a', '1']);
  });

  test('adds a line, or replaces all of them', () => {
    expect(edited(['a', '0'], { add: [add('a', '1')] })).toEqual(['a', '0', 'a', '1']);
    const replacing = { ...add('a', '1'), append: false };
    expect(edited(['a', '0', 'a', '2', 'b', '3'], { add: [replacing] })).toEqual([
      'b',
      '3',
      'a',
      '1',
    ]);
  });

  test('joins where there is one line only', () => {
    expect(edited(['vary', 'a', 'x', 'vary'], { add: [add('vary', 'b')] })).toEqual([
      'vary',
      'a,b',
      'x',
      'vary',
    ]);
    expect(edited([], { add: [add('vary', 'b')] })).toEqual(['vary', 'b']);
  });

  test('adds nothing where nothing comes out, and nothing that is no value', () => {
    const none = { of: 'request', name: 'x-none' } as const;
    const nothing = { add: [{ ...add('a', none), append: false }, add('b', 'x\r\ny')] };
    expect(edited(['a', '0'], nothing)).toEqual(['a', '0']);
  });

  test.each([
    [{ of: 'request', name: ':path' }, '/p?q'],
    [{ of: 'request', name: 'x-none', alternative: 'x-long', length: 3 }, 'abc'],
    [{ of: 'request', name: 'x-long', length: 0 }, ''],
    [{ of: 'response', name: 'a' }, '0'],
    [{ of: 'peer' }, '192.0.2.1'],
    [{ of: 'protocol' }, 'HTTP/1.1'],
    [{ of: 'status' }, '404'],
    [{ of: 'time' }, '2030-01-01T00:00:00.000Z'],
  ] as const)('%j', (part, value) => {
    expect(edited(['a', '0'], { add: [add('x', '<', part, '>')] }).at(-1)).toBe(`<${value}>`);
  });

  test('takes the value of a secret as it is, and leaves out one that is not there', () => {
    const secrets = ['key@1', 'key@2'].map((secret) => ({ ...add('x'), value: { secret } }));
    expect(edited([], { add: secrets })).toEqual(['x', 'hunter2']);
  });
});

test('the first line of a name', () => {
  const lines = ['a', 'b', 'b', '1', 'b', '2'];
  expect(lineAt(lines, 'b')).toBe(2);
  expect(firstValue(lines, 'b')).toBe('1');
  expect(firstValue(lines, '1')).toBeUndefined();
});
