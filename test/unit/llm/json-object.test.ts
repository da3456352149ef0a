import { describe, expect, test } from '@jest/globals';

import { readInnerList, readInnerObject, readJsonObject } from '../../../src/llm/json-object.ts';

const read = (text: string) => readJsonObject(Buffer.from(text));

/** Keys with the raw texts of their values. */
const members = (text: string) =>
  read(text)?.members.map(({ keyFrom, keyTo, from, to }) => [
    text.slice(keyFrom, keyTo),
    text.slice(from, to),
  ]);

const isObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value);
  } catch {
    return false;
  }
};

describe('readJsonObject', () => {
  test.each<[string, string[][]]>([
    ['{}', []],
    [' {\t}\r\n', []],
    ['{"a":1}', [['a', '1']]],
    [
      '{ "a" : [ { "b" : [ ] } , "]" ] , "c":{}}',
      [
        ['a', '[ { "b" : [ ] } , "]" ]'],
        ['c', '{}'],
      ],
    ],
    ['{"a\\"b":"\\u00e9\\\\"}', [['a\\"b', '"\\u00e9\\\\"']]],
  ])('%s', (text, expected) => {
    expect(members(text)).toEqual(expected);
  });

  test('tells where the inside begins', () => {
    expect(read(' { "a":1}')?.inside).toBe(2);
  });

  const values = [
    '1',
    '-0',
    '01',
    '1.',
    '.5',
    '1e5',
    '1E+',
    '-',
    '+1',
    'true',
    'tru',
    'nul',
    'NaN',
  ];
  const others = [
    '"',
    '"\\x"',
    '"\\u12g4"',
    '"\t"',
    '"\\',
    "'a'",
    '[1,]',
    '[,1]',
    '{"b"}',
    '{"b":}',
  ];
  const texts = [...values, ...others, '{"b":1,}', '{1:2}', '[1 2]', '[[1]', '[1]]', '[{]}', ''];

  const outermost = ['{', '}', '[]', '"a"', 'null', '{"a":1}x', '{"a":1,}', '{"a" 1}', '{,}'];

  test.each([...texts.map((text) => `{"a":${text}}`), ...outermost, '\ufeff{}', ''])(
    'agrees with JSON.parse on %s',
    (text) => {
      expect(read(text) !== undefined).toBe(isObject(text));
    },
  );

  test('agrees with JSON.parse on what a byte more, less or elsewhere makes of a text', () => {
    const text = '{"a":[1,-2.5e3,"x\\n\\u0041",{"b":null,"c":[]}],"d":{"e":true} }';
    const bytes = '{}[]",:\\ 0eu'.split('');
    for (let at = 0; at <= text.length; at += 1) {
      const changed = bytes.flatMap((byte) => [
        text.slice(0, at) + byte + text.slice(at),
        text.slice(0, at) + byte + text.slice(at + 1),
      ]);
      for (const one of [...changed, text.slice(0, at) + text.slice(at + 1)]) {
        expect([one, read(one) !== undefined]).toEqual([one, isObject(one)]);
      }
    }
  });

  test('refuses bytes that are no UTF-8', () => {
    expect(readJsonObject(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBeUndefined();
  });

  test('refuses what is nested too deep and numbers too long, however long the text', () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect(read(nested(512))).toBeDefined();
    expect(read(nested(513))).toBeUndefined();
    expect(read(nested(2_000_000))).toBeUndefined();
    expect(read(`{"a":${'9'.repeat(1024)}}`)).toBeDefined();
    expect(read(`{"a":${'9'.repeat(4_000_000)}}`)).toBeUndefined();
  });
});

describe('long strings', () => {
  const long = 'x'.repeat(2000);
  test.each([
    [long],
    [`${long}\\n${long}\\"${long}\\\\`],
    [`${long}\\u0041${long}é😀${long}`],
    [`${long}\n`],
    [`${long}\u0000${long}`],
    [`${long}\\x${long}`],
    [`${long}"${long}`],
    [`${long}\\`],
    [`${'y'.repeat(200_000)}\t`],
  ])('agree with JSON.parse, case %#', (inside) => {
    for (const text of [`{"a":"${inside}"}`, `{"a":["${inside}","${inside}"],"b":"${long}"}`]) {
      expect(read(text) !== undefined).toBe(isObject(text));
    }
  });

  test('with a quote far away are not searched again and again', () => {
    const text = `{"a":"${`${'x'.repeat(600)}\\n`.repeat(30_000)}"}`;
    const begun = performance.now();
    expect(read(text)?.members).toHaveLength(1);
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});

test('notes down no more parts than there is any use for', () => {
  const members = (count: number) => `{${Array.from({ length: count }, () => '"a":1').join()}}`;
  expect(read(members(10_000))?.members).toHaveLength(10_000);
  expect(read(members(10_001))).toBeUndefined();
  // Of what is only read over there may be any number.
  expect(read(`{"a":${members(10_001)},"b":[${'1,'.repeat(200_000)}1]}`)).toBeDefined();
  const list = (count: number) => Buffer.from(`[${'1,'.repeat(count - 1)}1]`);
  expect(readInnerList(list(100_000), 0)).toHaveLength(100_000);
  expect(readInnerList(list(100_001), 0)).toBeUndefined();
});

describe('what is inside', () => {
  const bytes = Buffer.from('{"a":[1, {"b":"]"} ,[]],"c":{ "d" : {} },"e":[ ]}');
  const text = ({ from, to }: { readonly from: number; readonly to: number }): string =>
    bytes.toString('utf8', from, to);

  test('elements of a list', () => {
    const at = bytes.indexOf('[1');
    expect(readInnerList(bytes, at)?.map(text)).toEqual(['1', '{"b":"]"}', '[]']);
    expect(readInnerList(bytes, bytes.indexOf('[ ]'))).toEqual([]);
    expect(readInnerList(bytes, 0)).toBeUndefined();
  });

  test('members of an object', () => {
    const at = bytes.indexOf('{ "d"');
    expect(readInnerObject(bytes, at)?.members.map(text)).toEqual(['{}']);
    expect(readInnerObject(bytes, bytes.indexOf('[1'))).toBeUndefined();
  });
});
