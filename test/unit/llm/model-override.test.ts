import { describe, expect, test } from '@jest/globals';

import { overrideModel } from '../../../src/llm/model-override.ts';

const over = (text: string | Buffer): string | undefined => {
  const result = overrideModel(Buffer.from(text as string), 'new "m"');
  return result.kind === 'replaced' ? result.body.toString() : undefined;
};
const m = '"new \\"m\\""';

describe('overrideModel', () => {
  test.each([
    ['{"model":"old","a":1}', `{"model":${m},"a":1}`],
    ['{"a":1,"model":"old"}', `{"a":1,"model":${m}}`],
    ['{"a":1,\n "model" :\t"old" }', `{"a":1,\n "model" :\t${m} }`],
    ['{"model":null}', `{"model":${m}}`],
    ['{"model":12}', `{"model":${m}}`],
    ['{"model":{"x":["}",{"y":"]"}]},"b":[]}', `{"model":${m},"b":[]}`],
    ['{"mod\\u0065l":"old"}', `{"mod\\u0065l":${m}}`],
    [
      '{"a":"\\"model\\":\\"x\\"","model":"o\\"ld\\\\"}',
      `{"a":"\\"model\\":\\"x\\"","model":${m}}`,
    ],
    [
      '{"a":{"model":"inner"},"b":["model",{"model":1}]}',
      `{"model":${m},"a":{"model":"inner"},"b":["model",{"model":1}]}`,
    ],
    ['{}', `{"model":${m}}`],
    [' { } ', ` {"model":${m} } `],
    ['{"n":12345678901234567890,"f":1.0e+2}', `{"model":${m},"n":12345678901234567890,"f":1.0e+2}`],
    ['{"t":true,"model":"é😀","u":"é"}', `{"t":true,"model":${m},"u":"é"}`],
    [
      '{"a":[],"b":{},"c":-1.5,"model":"x","d":false}',
      `{"a":[],"b":{},"c":-1.5,"model":${m},"d":false}`,
    ],
  ])('%s', (text, expected) => {
    expect(over(text)).toBe(expected);
  });

  test.each([
    ['{"model":"a","model":"b"}'],
    ['{"model":"a","mod\\u0065l":"b"}'],
    ['{"Model":"a"}'],
    ['{"model":"a","MODEL":"b"}'],
    ['{"model":'],
    ['[{"model":"a"}]'],
    ['"model"'],
    ['null'],
    ['{"a":1}{"b":2}'],
    [''],
    ["{'model':'a'}"],
    ['\ufeff{"model":"a"}'],
  ])('refuses %s', (text) => {
    expect(over(text)).toBeUndefined();
  });

  test('refuses bytes that are no UTF-8, and repeats nothing of a body', () => {
    const result = overrideModel(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'm');
    expect(result).toMatchObject({ kind: 'refused' });
    const refused = overrideModel(Buffer.from('secret prompt'), 'm');
    expect(JSON.stringify(refused)).not.toContain('secret');
  });
});
