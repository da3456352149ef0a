import { describe, expect, test } from '@jest/globals';

import { isAccountError } from '../../../src/llm/account-error.ts';
import { cleanError, fitted } from '../../../src/llm/error-cleaning.ts';
import { prepareKeyGuard } from '../../../src/llm/key-guard.ts';

const guard = prepareKeyGuard('sk-abcdefgh5678');
const clean = (text: string): string => {
  const body = Buffer.from(text);
  const cleaned = cleanError(body, guard, isAccountError);
  expect(cleaned).toHaveLength(body.length);
  return cleaned.toString();
};

describe('cleanError', () => {
  test.each([
    [
      '{"error":{"message":"Your api key: ****5678 is invalid"}}',
      'Your api key: ******** is invalid',
    ],
    ['{"error":{"message":"key ending in 5678"}}', 'key ending in ****'],
    ['{"error":{"message":"sk-abcdefgh5678"}}', '"message":"***************"'],
    ['{"a":[{"b 5678":{"c":1}}]}', '{"a":[{"b ****":{"c":1}}]}'],
    ['{"a":"ü 5678 \\" 5678","code":5679}', '{"a":"ü **** \\" ****","code":5679}'],
    ['no JSON, 5678 and sk-abcdefgh5678', 'no JSON, **** and ***************'],
    ['data: {"error":"...5678"}\n\n', 'data: {"error":"...****"}\n\n'],
  ])('%s', (text, expected) => {
    expect(clean(text)).toContain(expected);
    expect(clean(text)).not.toContain('5678');
  });

  test.each([
    '{"error":{"message":"key sk-abcd\\u0065fgh5678 in an escape"}}',
    '{"error":"ends in \\u00356\\u00378, as can be seen by whoever reads it; this is a long text"}',
  ])('with the key in escapes all of it goes: %s', (text) => {
    expect(JSON.stringify(JSON.parse(clean(text)))).not.toMatch(/5678|fgh/);
  });

  test('leaves what has nothing of the key, and numbers as they are', () => {
    const body = Buffer.from('{ "error": {"code": 5678, "big": 12345678901234567890} }');
    expect(cleanError(body, guard, isAccountError)).toBe(body);
  });

  test('an error about the account is told in the words of the gateway, as far as there is room', () => {
    const error = { message: `Invalid ${'x'.repeat(150)}`, type: 'authentication_error' };
    expect(JSON.parse(clean(JSON.stringify({ error })))).toMatchObject({
      error: { type: 'upstream_auth', message: expect.stringContaining('account') },
    });
    const shorter = { ...error, message: 'x'.repeat(40) };
    expect(JSON.parse(clean(JSON.stringify({ error: shorter })))).toMatchObject({
      error: { type: 'upstream_auth', message: 'refused' },
    });
    expect(clean('{"error":{"code":401}}').trim()).toBe('{}');
  });

  test('what is nested too deeply is not sent', () => {
    const deep = `${'['.repeat(30_000)}"5678"${']'.repeat(30_000)}`;
    expect(clean(deep)).not.toContain('5678');
  });
});

test('fitted takes the first that has room, and fills it up', () => {
  expect(fitted(['long text', 'text'], 6).toString()).toBe('text  ');
  expect(fitted(['long text'], 3).toString()).toBe('   ');
});
