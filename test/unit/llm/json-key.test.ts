import { describe, expect, test } from '@jest/globals';

import { keyOf, knownMembers, stringAt, wordAt } from '../../../src/llm/json-key.ts';
import { readJsonObject } from '../../../src/llm/json-object.ts';

function firstOf(text: string) {
  const bytes = Buffer.from(text);
  const object = readJsonObject(bytes);
  const member = object?.members[0];
  if (object === undefined || member === undefined) throw new Error('no member');
  return { bytes, object, member };
}

test.each([
  ['{"a":1}', 'a'],
  ['{"\\u0061\\"é":1}', 'a"é'],
  [`{"${'x'.repeat(500)}":1}`, ''],
])('keyOf %s', (text, name) => {
  const { bytes, member } = firstOf(text);
  expect(keyOf(bytes, member)).toBe(name);
});

describe('knownMembers', () => {
  const names = new Set(['ask', 'b']);
  test.each([
    ['{"ask":1,"c":2,"b":3}', ['ask', 'b']],
    ['{"c":1,"C":2,"c":3}', []],
  ])('%s', (text, expected) => {
    const { bytes, object } = firstOf(text);
    const known = knownMembers(bytes, object, names);
    expect('twin' in known ? known : [...known.keys()]).toEqual(expected);
  });

  test.each(['{"ask":1,"ask":1}', '{"Ask":1}', '{"a\u017f\u212a":1}', '{"as\\u212a":1}'])(
    'a twin in %s',
    (text) => {
      const { bytes, object } = firstOf(text);
      expect(knownMembers(bytes, object, names)).toEqual({ twin: 'ask' });
    },
  );
});

test.each([
  ['{"a":"x\\n"}', 'x\n', undefined],
  ['{"a":true}', undefined, true],
  ['{"a":false }', undefined, false],
  ['{"a":null}', undefined, null],
  ['{"a":1}', undefined, undefined],
  ['{"a":[true]}', undefined, undefined],
])('values of %s', (text, string, word) => {
  const { bytes, member } = firstOf(text);
  expect(stringAt(bytes, member)).toBe(string);
  expect(wordAt(bytes, member)).toBe(word);
});
