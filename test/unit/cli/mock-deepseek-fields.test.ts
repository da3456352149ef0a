import { expect, test } from '@jest/globals';

import { fieldsOf, isFields, listOf, textOf } from '../../../src/cli/mock-deepseek-fields.ts';

test('only objects are objects', () => {
  expect([{}, [], null, 'x'].map(isFields)).toEqual([true, false, false, false]);
  expect([fieldsOf({ a: 1 }), fieldsOf([])]).toEqual([{ a: 1 }, {}]);
  expect([listOf([{}, 1]), listOf({})]).toEqual([[{}], []]);
});

test.each([
  ['text', 'text'],
  [[{ type: 'text', text: 'a' }, { type: 'image' }, { text: 'b' }], 'ab'],
  [[{ type: 'tool_result', content: [{ text: 'c' }] }], 'c'],
  [[{ type: 'tool_result', content: 'd' }], 'd'],
  [null, ''],
])('text of %j', (content, text) => {
  expect(textOf(content)).toBe(text);
});
