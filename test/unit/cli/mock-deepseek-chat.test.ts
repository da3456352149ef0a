import { describe, expect, it } from '@jest/globals';

import { readChat } from '../../../src/cli/mock-deepseek-chat.ts';

const tool = { type: 'function', function: { name: 'f' } };
const user = { role: 'user', content: 'Hi' };
const read = (body: unknown) => readChat(body, { dialect: 'deepseek', models: ['m'] });

describe('chat request', () => {
  it('thinks by default, does not stream, and has no limit', () => {
    expect(
      read({ model: 'm', messages: [{ role: 'system', content: 'Be kind.' }, user] }),
    ).toMatchObject({
      model: 'm',
      stream: false,
      includeUsage: false,
      thinking: true,
      maxTokens: Number.POSITIVE_INFINITY,
      question: 'Hi',
      prompt: 'Be kind.\nHi',
    });
  });

  it.each([
    [{ stream: true }, { stream: true, includeUsage: false }],
    [{ stream: true, stream_options: { include_usage: true } }, { includeUsage: true }],
    [{ thinking: { type: 'disabled' } }, { thinking: false }],
    [{ thinking: { type: 'enabled' } }, { thinking: true }],
    [{ max_tokens: 3 }, { maxTokens: 3 }],
    [{ max_completion_tokens: 4 }, { maxTokens: 4 }],
    [{ separate_reasoning: false }, { inContent: true }],
    [{ tools: [tool] }, { tools: { tools: [{ name: 'f', schema: {} }], choice: 'auto' } }],
    [{ tools: [tool], tool_choice: 'required' }, { tools: { choice: 'required' } }],
    [
      { tools: [tool], tool_choice: { function: { name: 'f' } } },
      { tools: { choice: { name: 'f' } } },
    ],
    [
      { response_format: { type: 'json_object' }, messages: [{ ...user, content: 'as JSON' }] },
      { json: {} },
    ],
  ])('reads %j', (fields, expected) => {
    expect(read({ model: 'm', messages: [user], ...fields })).toMatchObject(expected);
  });

  it.each([
    ['ollama', { reasoning_effort: 'none' }, false],
    ['vllm', { chat_template_kwargs: { thinking: false } }, false],
    ['sglang', { chat_template_kwargs: { enable_thinking: false } }, false],
    ['llama.cpp', { thinking: { type: 'disabled' } }, true],
  ] as const)('knows the switch for thinking of %s', (dialect, fields, thinking) => {
    const body = { model: 'm', messages: [user], ...fields };
    expect(readChat(body, { dialect, models: ['m'] })).toMatchObject({ thinking });
  });

  it('reads the schema that a self-hosted server has to keep to', () => {
    const schema = { type: 'object' };
    const format = { type: 'json_schema', json_schema: { name: 's', schema } };
    const body = { model: 'm', messages: [user], response_format: format };
    expect(readChat(body, { dialect: 'vllm', models: ['m'] })).toMatchObject({ json: schema });
  });

  it('joins the texts of a message in parts', () => {
    const content = [
      { type: 'text', text: 'a' },
      { type: 'image_url' },
      { type: 'text', text: 'b' },
    ];
    expect(read({ model: 'm', messages: [{ role: 'user', content }] })).toMatchObject({
      question: 'ab',
    });
  });

  const called = { role: 'assistant', content: '', tool_calls: [{ id: 'c' }] };
  const result = { role: 'tool', tool_call_id: 'c', content: '12 °C' };
  it.each([
    ['no object', 'text', 400],
    ['another model', { model: 'x', messages: [user] }, 400],
    ['no model', { messages: [user] }, 422],
    ['no messages', { model: 'm' }, 422],
    ['an empty list', { model: 'm', messages: [] }, 422],
    ['a message that is text', { model: 'm', messages: ['Hi'] }, 422],
    ['a tool turn without reasoning', { model: 'm', messages: [user, called] }, 400],
  ])('refuses %s', (_title, body, status) => {
    expect(read(body)).toMatchObject({ status });
  });

  it('takes a tool turn with its reasoning, or without when thinking is off', () => {
    const whole = { model: 'm', messages: [user, { ...called, reasoning_content: '' }, result] };
    expect(read(whole)).toMatchObject({ model: 'm' });
    const off = { model: 'm', messages: [user, called, result], thinking: { type: 'disabled' } };
    expect(read(off)).toMatchObject({ model: 'm' });
  });
});
