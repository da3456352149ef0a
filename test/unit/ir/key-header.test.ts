import { expect, test } from '@jest/globals';

import { isAnthropicPath } from '../../../src/ir/key-header.ts';

test.each([
  ['/anthropic/v1/messages', true],
  ['/anthropic', true],
  ['/v1/messages', true],
  ['/v1/messages/count_tokens', true],
  ['/api/v1/messages', true],
  ['/messages', true],
  ['/v1/messagesx', false],
  ['/v1/anthropics', false],
  ['/v1/threads/1/messages', false],
  ['/v1/chat/completions', false],
  ['/responses', false],
])('isAnthropicPath %s: %j', (path, expected) => {
  expect(isAnthropicPath(path)).toBe(expected);
});
