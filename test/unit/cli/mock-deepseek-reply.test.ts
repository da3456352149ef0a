import { describe, expect, it } from '@jest/globals';

import type { MockChat } from '../../../src/cli/mock-deepseek-chat.ts';
import { mockReply, recut } from '../../../src/cli/mock-deepseek-reply.ts';

const chat: MockChat = {
  model: 'm',
  stream: false,
  includeUsage: false,
  thinking: true,
  maxTokens: Number.POSITIVE_INFINITY,
  question: 'Hi',
  prompt: 'Hi',
};
const stamp = { number: 7, created: 1_790_000_000, reasoningForm: 'reasoning_content' as const };
const said = { reasoning: 'a b', content: 'c d' };
const weather = {
  tools: [{ name: 'weather', schema: { properties: { city: { type: 'string' } } } }],
  choice: 'auto' as const,
  answered: false,
};

describe('reply of the stand-in', () => {
  it('cuts texts into words that joined again are the text', () => {
    const reply = mockReply(chat, { reasoning: 'a  b', content: 'c d', repeat: 2 }, stamp);
    expect(reply.reasoning).toEqual(['a', '  b']);
    expect(reply.content).toEqual(['c', ' d', ' c', ' d']);
  });

  it.each([
    [1, ['a'], []],
    [3, ['a', ' b'], ['c']],
  ])('ends at %d tokens by length, thoughts first', (maxTokens, reasoning, content) => {
    const reply = mockReply({ ...chat, maxTokens }, said, stamp);
    expect(reply).toMatchObject({ reasoning, content, finishReason: 'length' });
  });

  it('ends after so many tokens with the reason of the script', () => {
    const finishReason = 'insufficient_system_resource';
    const reply = mockReply(chat, { ...said, finishReason, afterChunks: 3 }, stamp);
    expect(reply).toMatchObject({ content: ['c'], finishReason, usage: { completion: 3 } });
  });

  it('counts prompt tokens as hit in units of 64, and thoughts inside the completion', () => {
    const prompt = Array.from({ length: 130 }, () => 'x').join(' ');
    expect(mockReply({ ...chat, prompt }, said, stamp).usage).toEqual({
      prompt: 130,
      cached: 128,
      reasoning: 2,
      completion: 4,
    });
  });

  it('calls a tool of the request, until its result is there', () => {
    const called = mockReply({ ...chat, tools: weather }, {}, stamp);
    expect(called).toMatchObject({
      content: [],
      toolCalls: [{ name: 'weather', arguments: '{"city":"example"}' }],
      finishReason: 'tool_calls',
    });
    const after = mockReply({ ...chat, tools: { ...weather, answered: true } }, {}, stamp);
    expect([after.toolCalls, after.finishReason]).toEqual([[], 'stop']);
  });

  it('calls what the script says, and nothing when the script has a text', () => {
    const toolCalls = [{ name: 'other', arguments: { n: 1 } }];
    expect(mockReply(chat, { toolCalls }, stamp).toolCalls).toEqual([
      { name: 'other', arguments: '{"n":1}' },
    ]);
    expect(mockReply({ ...chat, tools: weather }, said, stamp).toolCalls).toEqual([]);
  });

  it.each([
    ['of any kind', {}, { answer: 'Hello from the DeepSeek stand-in.', question: 'Hi' }],
    ['of a schema', { properties: { n: { type: 'integer' } } }, { n: 1 }],
  ])('is JSON %s', (_title, json, expected) => {
    const { content } = mockReply({ ...chat, json }, {}, stamp);
    expect(JSON.parse(content.join(''))).toEqual(expected);
  });

  it('comes in pieces of so many characters', () => {
    expect(recut(['ab', 'c👍d'], { chunkChars: 2 })).toEqual(['ab', 'c👍', 'd']);
    expect(recut(['ab', 'c'], {})).toEqual(['ab', 'c']);
  });
});
