import { expect, test } from '@jest/globals';

import { maskedText, prepareKeyGuard } from '../../../src/llm/key-guard.ts';

test.each([
  ['sk-123456', '3456', ['sk-123456', '**3456', '..3456', '…3456']],
  ['sk/1+"23456', '3456', ['sk/1+"23456', 'sk/1+\\"23456', 'sk\\/1+\\"23456', 'sk%2F1%2B%2223456']],
])('%s: the end is %s, and it is looked for in every spelling', (key, tail, spellings) => {
  const guard = prepareKeyGuard(key);
  expect(guard.spellings[0]).toBe(key);
  expect(guard.tail).toBe(tail);
  expect(guard.patterns.map(String)).toEqual(expect.arrayContaining(spellings));
});

test('a short key has no end of its own', () => {
  expect(prepareKeyGuard('sk-1')).toEqual({
    spellings: ['sk-1'],
    tail: '',
    stem: '',
    patterns: [Buffer.from('sk-1')],
  });
});

test('maskedText keeps the length', () => {
  const guard = prepareKeyGuard('sk/123456789');
  expect(maskedText('a sk/123456789 sk%2F123456789 6789 sk/12345 b', guard)).toBe(
    'a ************ ************** **** ******** b',
  );
});
