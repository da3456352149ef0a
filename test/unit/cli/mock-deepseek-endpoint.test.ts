import { describe, expect, it } from '@jest/globals';

import { readChat } from '../../../src/cli/mock-deepseek-chat.ts';
import { readCompletion } from '../../../src/cli/mock-deepseek-completion.ts';
import { apiPath, mockEndpoint } from '../../../src/cli/mock-deepseek-endpoint.ts';
import { readMessages } from '../../../src/cli/mock-deepseek-messages.ts';
import { readResponses } from '../../../src/cli/mock-deepseek-responses.ts';

describe('endpoint of the stand-in', () => {
  it.each([
    ['deepseek', '/chat/completions', readChat, false],
    ['deepseek', '/v1/chat/completions?x=1', readChat, false],
    ['deepseek', '/beta/chat/completions', readChat, true],
    ['deepseek', '/beta/v1/completions', readCompletion, true],
    ['deepseek', '/responses', readResponses, false],
    ['deepseek', '/anthropic/v1/messages', readMessages, false],
    ['vllm', '/v1/messages', readMessages, false],
    ['vllm', '/v1/completions', readCompletion, false],
  ] as const)('of %s at %s', (dialect, url, read, beta) => {
    const found = mockEndpoint(apiPath(url, dialect)!, dialect);
    expect([found?.read, found?.beta]).toEqual([read, beta]);
  });

  it.each([
    ['deepseek', '/v1/messages'],
    ['deepseek', '/v1/embeddings'],
    ['deepseek', '/toString'],
    ['vllm', '/v1/beta/completions'],
  ] as const)('is none of %s at %s', (dialect, url) => {
    expect(mockEndpoint(apiPath(url, dialect)!, dialect)).toBeUndefined();
  });

  it('is below /v1 only, where the server has no other base', () => {
    expect(apiPath('/chat/completions', 'sglang')).toBeUndefined();
    expect(apiPath('/chat/completions', 'llama.cpp')).toBe('/chat/completions');
  });
});
