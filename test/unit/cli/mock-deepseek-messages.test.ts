import { describe, expect, it } from '@jest/globals';

import { messagesForm } from '../../../src/cli/mock-deepseek-messages-form.ts';
import { readMessages } from '../../../src/cli/mock-deepseek-messages.ts';
import { mockError } from '../../../src/cli/mock-deepseek-error.ts';

const user = { role: 'user', content: [{ type: 'text', text: 'Hi' }] };
const use = { type: 'tool_use', id: 'c', name: 'f', input: {} };
const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: '1' }] };
const read = (body: unknown) => readMessages(body, { dialect: 'deepseek' });

describe('Anthropic API of the stand-in', () => {
  it('maps the name and reads prompt, question and tools', () => {
    const tools = [{ name: 'f', input_schema: { type: 'object' } }];
    const body = {
      model: 'claude-opus-4-7',
      system: 'Be kind.',
      messages: [user],
      max_tokens: 9,
      tools,
    };
    expect(read(body)).toMatchObject({
      model: 'deepseek-v4-pro',
      thinking: true,
      maxTokens: 9,
      question: 'Hi',
      prompt: 'Be kind.\nHi',
      tools: {
        tools: [{ name: 'f', schema: { type: 'object' } }],
        choice: 'auto',
        answered: false,
      },
    });
  });

  it.each([
    [{ type: 'none' }, 'none'],
    [{ type: 'any' }, 'required'],
    [{ type: 'tool', name: 'f' }, { name: 'f' }],
  ])('reads the choice %j', (choice, expected) => {
    const body = { model: 'claude-haiku', messages: [user], tool_choice: choice };
    expect(read(body)).toMatchObject({ tools: { choice: expected } });
  });

  const lost = { role: 'assistant', content: [use] };
  const kept = { role: 'assistant', content: [{ type: 'thinking', thinking: 'a' }, use] };
  it.each([
    ['no object', 'x', 400],
    ['no model', { messages: [user] }, 422],
    ['another model', { model: 'gpt-4', messages: [user] }, 400],
    ['no messages', { model: 'claude-haiku' }, 422],
    [
      'a user that is none',
      { model: 'claude-haiku', messages: [user], metadata: { user_id: 'a b' } },
      400,
    ],
    [
      'a tool turn without its thinking',
      { model: 'claude-haiku', messages: [user, lost, result] },
      400,
    ],
  ])('refuses %s', (_title, body, status) => {
    expect(read(body)).toMatchObject({ status });
  });

  it('takes a tool turn with its thinking', () => {
    const body = { model: 'claude-haiku', messages: [user, kept, result] };
    expect(read(body)).toMatchObject({ question: '1', tools: { answered: true } });
  });

  const reply = {
    number: 7,
    created: 1,
    model: 'deepseek-flash',
    reasoning: ['a', ' b'],
    content: ['c'],
    toolCalls: [{ name: 'f', arguments: '{"n":1}' }],
    finishReason: 'tool_calls',
    usage: { prompt: 130, cached: 128, reasoning: 2, completion: 4 },
    reasoningForm: 'reasoning_content' as const,
  };

  it('writes a document of blocks', () => {
    expect(messagesForm.document(reply)).toMatchObject({
      content: [
        { type: 'thinking', thinking: 'a b' },
        { type: 'text', text: 'c' },
        { type: 'tool_use', id: 'call_00_000000000007', name: 'f', input: { n: 1 } },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: 2, cache_read_input_tokens: 128, output_tokens: 4 },
    });
  });

  it('writes events with names, each block begun and ended', () => {
    const events = messagesForm.events(reply);
    const names = events.map(({ name = '' }) => name.replace('content_block_', ''));
    expect(names.join(' ')).toBe(
      'message_start ping start delta delta delta stop start delta stop start delta delta stop message_delta message_stop',
    );
    expect(messagesForm.done).toBe(false);
  });

  it('writes errors of its own form', () => {
    expect(messagesForm.refusal(mockError(402))).toMatchObject({
      type: 'error',
      error: { message: 'Insufficient Balance' },
    });
    const { name, data } = messagesForm.failure(mockError(503));
    expect([name, data]).toMatchObject(['error', { error: { type: 'overloaded_error' } }]);
  });
});
