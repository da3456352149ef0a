import { describe, expect, it } from '@jest/globals';

import type { MockChat } from '../../../src/cli/mock-deepseek-chat.ts';
import { completion, completionChunks, mockReply } from '../../../src/cli/mock-deepseek-reply.ts';

const chat: MockChat = {
  model: 'm',
  stream: false,
  includeUsage: false,
  thinking: true,
  maxTokens: Number.POSITIVE_INFINITY,
  question: 'Hi',
  prompt: 'Hi',
};
const stamp = { number: 7, created: 1_790_000_000 };
const said = { reasoning: 'a b', content: 'c d' };

describe('reply of the stand-in', () => {
  it('cuts texts into words that joined again are the text', () => {
    const reply = mockReply(chat, { reasoning: 'a  b', content: 'c d', repeat: 2 }, stamp);
    expect(reply.reasoning).toEqual(['a', '  b']);
    expect(reply.content).toEqual(['c', ' d', ' c', ' d']);
    expect(reply.id).toBe('00000000-0000-4000-8000-000000000007');
  });

  it.each([
    [1, ['a'], []],
    [3, ['a', ' b'], ['c']],
  ])('ends at %d tokens by length, thoughts first', (maxTokens, reasoning, content) => {
    const reply = mockReply({ ...chat, maxTokens }, said, stamp);
    expect(reply).toMatchObject({ reasoning, content, finishReason: 'length' });
  });

  it('counts prompt tokens as hit in units of 64, and thoughts inside the completion', () => {
    const prompt = Array.from({ length: 130 }, () => 'x').join(' ');
    expect(mockReply({ ...chat, prompt }, said, stamp).usage).toEqual({
      prompt_tokens: 130,
      completion_tokens: 4,
      total_tokens: 134,
      prompt_tokens_details: { cached_tokens: 128 },
      completion_tokens_details: { reasoning_tokens: 2 },
      prompt_cache_hit_tokens: 128,
      prompt_cache_miss_tokens: 2,
    });
  });

  it('is one document without reasoning_content when it did not think', () => {
    const text = JSON.stringify(completion(mockReply({ ...chat, thinking: false }, said, stamp)));
    expect(text).toContain('"content":"c d"');
    expect(text).not.toContain('reasoning_content');
  });

  it('is one chunk a word, between a first with the role and a last with the reason', () => {
    const reply = mockReply(chat, said, stamp);
    expect(completionChunks(reply, false)).toHaveLength(6);
    expect(completionChunks(reply, true)).toHaveLength(7);
    expect(completionChunks(reply, true).at(-1)).toMatchObject({ choices: [], usage: reply.usage });
    expect(completionChunks(reply, false).at(-1)).toMatchObject({ usage: reply.usage });
  });
});
