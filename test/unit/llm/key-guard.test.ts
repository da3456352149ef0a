import { expect, test } from '@jest/globals';

import { prepareKeyGuard } from '../../../src/llm/key-guard.ts';

test.each([
  ['sk-123456', '3456', ['sk-123456', '**3456', '..3456', '…3456']],
  ['sk/1+"23456', '3456', ['sk/1+"23456', 'sk/1+\\"23456', 'sk\\/1+\\"23456', 'sk%2F1%2B%2223456']],
])('%s: the end is %s, and it is looked for in every spelling', (key, tail, spellings) => {
  const guard = prepareKeyGuard(key);
  expect(guard).toMatchObject({ key, tail });
  expect(guard.patterns.map(String)).toEqual(expect.arrayContaining(spellings));
});

test('a short key has no end of its own', () => {
  expect(prepareKeyGuard('sk-1')).toEqual({
    key: 'sk-1',
    tail: '',
    patterns: [Buffer.from('sk-1')],
  });
});
