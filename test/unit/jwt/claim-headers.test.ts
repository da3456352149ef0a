import { describe, expect, test } from '@jest/globals';

import { claimHeaders } from '../../../src/jwt/claim-headers.ts';
import { isJsonObject, parseStrictJson } from '../../../src/jwt/strict-json.ts';

function valueOf(json: string, claim = 'c'): string | undefined {
  const claims = parseStrictJson(json)?.value;
  if (!isJsonObject(claims)) throw new Error('no object');
  return claimHeaders(claims, [{ claim, header: 'x-c', append: false }]).headers[0]?.value;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('claimHeaders', () => {
  test.each([
    ['"text"', 'text'],
    ['"tab\\tin it"', 'tab\tin it'],
    ['"true"', 'true'],
    ['true', 'true'],
    ['false', 'false'],
    ['0', '0'],
    ['-0', '0'],
    ['42', '42'],
    ['1e3', '1000'],
    ['9007199254740993', '9007199254740993'],
    ['18446744073709551615', '18446744073709551615'],
    ['18446744073709551616', '18446744073709551616.000000'],
    ['-7', '-7.000000'],
    ['1.5', '1.500000'],
    ['1e-10', '0.000000'],
    ['1e20', '100000000000000000000.000000'],
    ['1e22', '10000000000000000000000.000000'],
    ['["a","<b>"]', base64('["a","\\u003cb\\u003e"]')],
    ['{"a":{"b":[1,null,true,"é"]}}', base64('{"a":{"b":[1,null,true,"é"]}}')],
    ['[9007199254740993]', base64('[9007199254740993]')],
    ['[]', base64('[]')],
  ])('%s becomes %j', (json, expected) => {
    expect(valueOf(`{"c":${json}}`)).toBe(expected);
  });

  test.each([['""'], ['null']])('%s makes no header', (json) => {
    expect(valueOf(`{"c":${json}}`)).toBeUndefined();
  });

  test('an absent claim makes no header, nor does an inherited property', () => {
    expect(valueOf('{}')).toBeUndefined();
    expect(
      claimHeaders({}, [{ claim: 'constructor', header: 'x', append: false }]).headers,
    ).toEqual([]);
  });

  test('text above ASCII is a byte string of its UTF-8', () => {
    expect(valueOf('{"c":"é😀"}')).toBe(Buffer.from('é😀').toString('latin1'));
  });

  test.each(['\\r', '\\n', '\\u0000', '\\u007f', '\\u001b', 'a\\r\\nx-admin: 1'])(
    'a claim with %s is dropped, and said to be',
    (text) => {
      const claims = parseStrictJson(`{"c":"${text}","d":"good"}`)?.value;
      const mappings = ['c', 'd'].map((claim) => ({ claim, header: `x-${claim}`, append: true }));
      expect(isJsonObject(claims) && claimHeaders(claims, mappings)).toEqual({
        headers: [{ name: 'x-d', value: 'good', append: true }],
        dropped: ['x-c'],
      });
    },
  );

  test.each([
    ['{"https://ns.example/role":"a"}', 'https://ns.example/role', 'a'],
    ['{"a":{"b":{"c":"x"}}}', 'a.b.c', 'x'],
    ['{"a.b":"literal","a":{"b":"nested"}}', 'a.b', 'literal'],
    ['{"a":["x"]}', 'a.0', undefined],
    ['{"a":"x"}', 'a.length', undefined],
    ['{"a":null}', 'a.b', undefined],
  ])('in %s the claim %s is %j', (json, claim, expected) => {
    expect(valueOf(json, claim)).toBe(expected);
  });
});
