import { expect, test } from '@jest/globals';

import { vendorModel } from '../../../src/llm/vendor-models.ts';

test.each([
  ['a-1', 'chat', 'first'],
  ['a-', 'chat', 'first'],
  ['a', 'chat', 'a'],
  ['exact', 'messages', 'second'],
  ['exact', 'chat', 'exact'],
  ['exactly', 'messages', 'exactly'],
] as const)('%s on %s is %s', (asked, endpoint, billed) => {
  const names = [
    { name: 'a-*', billed: 'first' },
    { name: 'a-1', billed: 'never' },
    { name: 'exact', billed: 'second', endpoint: 'messages' },
  ] as const;
  expect(vendorModel(names, endpoint, asked)).toBe(billed);
});
