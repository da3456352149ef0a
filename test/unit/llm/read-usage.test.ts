import { describe, expect, it } from '@jest/globals';
import {
  readChatUsage,
  readMessagesUsage,
  readResponsesUsage,
} from '../../../src/llm/read-usage.ts';

describe('usage of chat completions', () => {
  it.each<[string, unknown, unknown]>([
    [
      'DeepSeek, which says twice what came from the cache',
      {
        prompt_tokens: 84,
        completion_tokens: 24,
        prompt_tokens_details: { cached_tokens: 64 },
        completion_tokens_details: { reasoning_tokens: 11 },
        prompt_cache_hit_tokens: 64,
        prompt_cache_miss_tokens: 20,
      },
      {
        inputTokens: 84,
        outputTokens: 24,
        cacheHitTokens: 64,
        cacheMissTokens: 20,
        reasoningTokens: 11,
      },
    ],
    ['Ollama', { prompt_tokens: 6, completion_tokens: 9 }, { inputTokens: 6, outputTokens: 9 }],
    [
      'SGLang',
      {
        prompt_tokens: 6,
        completion_tokens: 9,
        prompt_tokens_details: { cached_tokens: 2 },
        reasoning_tokens: 4,
      },
      { inputTokens: 6, outputTokens: 9, cacheHitTokens: 2, reasoningTokens: 4 },
    ],
    ['embeddings', { prompt_tokens: 6, total_tokens: 6 }, { inputTokens: 6, outputTokens: 0 }],
    ['null', null, undefined],
    ['a list', [1], undefined],
    ['less than nothing', { prompt_tokens: -1, completion_tokens: 2 }, undefined],
    ['a text', { prompt_tokens: '12', completion_tokens: 2 }, undefined],
    [
      'half of it',
      { prompt_tokens: 1, completion_tokens: 1e300, prompt_tokens_details: null },
      { inputTokens: 1, outputTokens: 0 },
    ],
  ])('%s', (_name, usage, tokens) => {
    expect(readChatUsage(usage)).toEqual(tokens);
  });
});

describe('usage of messages', () => {
  it('adds the three parts of a prompt', () => {
    const usage = {
      input_tokens: 5,
      cache_read_input_tokens: 128,
      cache_creation_input_tokens: 3,
      output_tokens: 17,
    };
    expect(readMessagesUsage(usage)).toEqual({
      inputTokens: 136,
      outputTokens: 17,
      cacheHitTokens: 128,
      cacheMissTokens: 8,
    });
  });

  it('puts what comes later over what came before', () => {
    expect(readMessagesUsage({ output_tokens: 17 }, { input_tokens: 5, output_tokens: 1 })).toEqual(
      {
        inputTokens: 5,
        outputTokens: 17,
      },
    );
    expect(readMessagesUsage({ output_tokens: 17 })).toBeUndefined();
    expect(readMessagesUsage('no')).toBeUndefined();
  });
});

it('reads usage of responses', () => {
  const usage = {
    input_tokens: 133,
    input_tokens_details: { cached_tokens: 128 },
    output_tokens: 17,
    output_tokens_details: { reasoning_tokens: 6 },
  };
  expect(readResponsesUsage(usage)).toEqual({
    inputTokens: 133,
    outputTokens: 17,
    cacheHitTokens: 128,
    reasoningTokens: 6,
  });
  expect(readResponsesUsage(null)).toBeUndefined();
  expect(readResponsesUsage({ output_tokens: 1 })).toBeUndefined();
});
