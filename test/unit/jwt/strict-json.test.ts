import { describe, expect, test } from '@jest/globals';

import { isJsonObject, parseStrictJson } from '../../../src/jwt/strict-json.ts';

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('parseStrictJson', () => {
  test.each([
    '{}',
    '[]',
    '[ ]',
    '{ }',
    'null',
    'true',
    ' false ',
    '""',
    '"a\\"b"',
    '"\\\\"',
    '["\\\\", "x"]',
    '"\\u00e9\\ud83d\\ude00"',
    '0',
    '-0',
    '-1.5e-3',
    '1E5',
    '1e300 ',
    '9007199254740991',
    '{"a":[1,2,{"b":null}],"c":"d,]}"}',
    '{"__proto__":{"x":1},"constructor":2}',
    '\t{\r\n"a" : [ 1 , 2 ] , "b" : { } }\n',
    nested(32),
  ])('reads %j as JSON.parse does', (text) => {
    expect(JSON.stringify(parseStrictJson(text)?.value)).toBe(JSON.stringify(JSON.parse(text)));
  });

  test.each([
    ['nothing', ''],
    ['single quotes', "{'a':1}"],
    ['unquoted names', '{a:1}'],
    ['a comma too many', '{"a":1,}'],
    ['a comma too many in a list', '[1,]'],
    ['two values', '{}{}'],
    ['text behind it', '{} x'],
    ['comments', '{/**/}'],
    ['NaN', '{"a":NaN}'],
    ['a leading zero', '01'],
    ['a plus sign', '+1'],
    ['a leading point', '.5'],
    ['a trailing point', '5.'],
    ['a byte order mark', '\ufeff{}'],
    ['a raw newline in a string', '"a\nb"'],
    ['a member twice', '{"a":1,"a":1}'],
    ['a member twice, spelled differently', '{"a":1,"\\u0061":2}'],
    ['a member twice, deep inside', '{"x":[{"y":{"a":1,"b":2,"a":3}}]}'],
    ['__proto__ twice', '{"__proto__":1,"__proto__":2}'],
    ['a lone surrogate', '"\\ud800"'],
    ['a lone surrogate in a name', '{"\\udc00":1}'],
    ['a number beyond a double', '1e400'],
    ['a number beyond a double, negative', '[-1e999]'],
    ['33 levels', nested(33)],
    ['5000 levels', nested(5000)],
    ['an unfinished string', '"a'],
  ])('refuses %s', (_what, text) => {
    expect(parseStrictJson(text)).toBeUndefined();
  });

  test.each([
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740993', -9007199254740993n],
    ['18446744073709551615', 18446744073709551615n],
    ['9007199254740991', 9007199254740991],
    ['1e20', 1e20],
    ['9007199254740993.0', 9007199254740992],
  ])('keeps %s exact where it is an integer', (text, value) => {
    expect(parseStrictJson(text)).toEqual({ value });
  });

  test('objects have no prototype, so __proto__ is a name like any other', () => {
    const value = parseStrictJson('{"a":{"__proto__":{"admin":true}}}')?.value;
    if (!isJsonObject(value) || !isJsonObject(value.a)) throw new Error('no object');
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(value.a)).toEqual(['__proto__']);
    expect('admin' in value.a).toBe(false);
  });
});

describe('isJsonObject', () => {
  test.each([
    [{}, true],
    [[], false],
    [null, false],
    ['x', false],
    [undefined, false],
  ])('%j is %s', (value, expected) => {
    expect(isJsonObject(value)).toBe(expected);
  });
});
