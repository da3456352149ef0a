import { describe, expect, test } from '@jest/globals';

import { cleanError, createErrorCleaning } from '../../../src/llm/error-cleaning.ts';
import { prepareKeyGuard } from '../../../src/llm/key-guard.ts';

const guard = prepareKeyGuard('sk-abcdefgh5678');

describe('cleanError', () => {
  test.each([
    [
      '{"error":{"message":"Your api key: ****5678 is invalid"}}',
      'Your api key: ******** is invalid',
    ],
    ['{"error":{"message":"key ending in 5678"}}', 'key ending in ****'],
    ['{"error":{"message":"sk-abcdefgh5678"}}', '"message":"****"'],
    ['{"error":{"message":"sk-abcd\\u0065fgh5678"}}', '"message":"****"'],
    ['{"a":[{"b 5678":{"c":1}}]}', '{"a":[{"b ****":{"c":1}}]}'],
    ['no JSON, 5678 and sk-abcdefgh5678', 'no JSON, **** and ****'],
    ['data: {"error":"...5678"}\n\n', 'data: {"error":"...****"}\n\n'],
  ])('%s', (text, expected) => {
    const clean = cleanError(Buffer.from(text), guard).toString();
    expect(clean).toContain(expected);
    expect(clean).not.toContain('5678');
  });

  test('leaves every byte of what has nothing of the key, and numbers as they are', () => {
    const body = Buffer.from('{ "error": {"code": 5678, "big": 12345678901234567890} }');
    expect(cleanError(body, guard)).toBe(body);
  });

  test('an error about the account is told in the words of the gateway', () => {
    const body = Buffer.from('{"error":{"message":"Invalid","type":"authentication_error"}}');
    expect(JSON.parse(cleanError(body, guard).toString())).toMatchObject({
      error: { type: 'upstream_auth' },
    });
  });

  test('what is nested too deeply is not sent', () => {
    const deep = Buffer.from('['.repeat(30_000) + ']'.repeat(30_000));
    expect(cleanError(deep, guard).toString()).toMatch(/upstream_error|^\[+\]+$/);
  });

  test('a short key is looked for as a whole', () => {
    const short = prepareKeyGuard('sk-1');
    expect(cleanError(Buffer.from('k-1 sk-1'), short).toString()).toBe('k-1 ****');
  });
});

describe('createErrorCleaning', () => {
  test('gives all of it at the end, however it came', () => {
    const text = '{"error":"key ****5678"}';
    for (let at = 0; at <= text.length; at += 1) {
      const cleaning = createErrorCleaning(guard);
      expect(cleaning.push(Buffer.from(text.slice(0, at)))).toHaveLength(0);
      cleaning.push(Buffer.from(text.slice(at)));
      expect(cleaning.end().toString()).toBe('{"error":"key ********"}');
    }
  });

  test('says so where it is too long to be read', () => {
    const cleaning = createErrorCleaning(guard);
    for (let count = 0; count < 65; count += 1) cleaning.push(Buffer.alloc(1024, '5678'));
    expect(JSON.parse(cleaning.end().toString())).toMatchObject({
      error: { type: 'upstream_error' },
    });
  });
});
