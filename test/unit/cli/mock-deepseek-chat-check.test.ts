import { describe, expect, it } from '@jest/globals';

import { chatObjection, isUserId } from '../../../src/cli/mock-deepseek-chat-check.ts';

const user = { role: 'user', content: 'Hi' };
const call = { role: 'assistant', tool_calls: [{ id: 'c' }], reasoning_content: '' };
const result = { role: 'tool', tool_call_id: 'c', content: '1' };
const reading = { dialect: 'deepseek', thinking: true } as const;

describe('objections to a chat request', () => {
  it.each([
    ['an unknown role', { messages: [{ role: 'developer', content: '' }] }, 422],
    ['a temperature of 3', { messages: [user], temperature: 3 }, 400],
    ['a temperature that is text', { messages: [user], temperature: '1' }, 422],
    ['no tokens at all', { messages: [user], max_tokens: 0 }, 400],
    ['more tokens than there are', { messages: [user], max_tokens: 400_000 }, 400],
    ['the result of no call', { messages: [result] }, 400],
    ['a call without its result', { messages: [user, call] }, 400],
    ['a call and no result before the next message', { messages: [call, user, result] }, 400],
    [
      'JSON that is not asked for',
      { messages: [user], response_format: { type: 'json_object' } },
      400,
    ],
    ['a schema', { messages: [user], response_format: { type: 'json_schema' } }, 400],
    ['a user_id with a space', { messages: [user], user_id: 'a b' }, 400],
    ['too many tools', { messages: [user], tools: Array.from({ length: 129 }, () => ({})) }, 400],
    ['a prefix without the beta base', { messages: [{ ...user, prefix: true }] }, 400],
  ])('%s', (_title, body, status) => {
    expect(chatObjection(body, reading)).toMatchObject({ status });
    expect(chatObjection(body, { dialect: 'vllm', thinking: true })).toBeUndefined();
  });

  it.each([
    ['calls with results', { messages: [user, call, result], temperature: 2, user_id: 'a_B-9' }],
    ['null in place of numbers', { messages: [user], temperature: null }],
    [
      'JSON that is asked for',
      {
        messages: [{ role: 'system', content: 'Json!' }],
        response_format: { type: 'json_object' },
      },
    ],
  ])('none to %s', (_title, body) => {
    expect(chatObjection(body, reading)).toBeUndefined();
  });

  const lost = { role: 'assistant', tool_calls: [{ id: 'c' }] };
  it.each([
    ['require', [user, lost, result], 400],
    ['require', [user, { role: 'assistant', content: 'a' }], undefined],
    ['require', [user, call, result, { role: 'assistant', content: 'a' }], 400],
    ['require', [user, call, result, user, { role: 'assistant', content: 'a' }], undefined],
    ['ignore', [user, lost, result], undefined],
    ['refuse', [user, { role: 'assistant', content: 'a', reasoning_content: 'b' }], 400],
    ['refuse', [user], undefined],
  ] as const)('to reasoning by the rule %s', (reasoningInput, messages, status) => {
    expect(chatObjection({ messages }, { ...reading, reasoningInput })?.status).toBe(status);
  });

  it.each([
    ['a'.repeat(512), true],
    ['a'.repeat(513), false],
    ['ä', false],
    [7, false],
  ])('to the user %j', (value, good) => {
    expect(isUserId(value)).toBe(good);
  });
});
