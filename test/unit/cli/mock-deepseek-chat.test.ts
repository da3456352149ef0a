import { describe, expect, it } from '@jest/globals';

import { readChat } from '../../../src/cli/mock-deepseek-chat.ts';

const user = { role: 'user', content: 'Hi' };
const read = (body: unknown) => readChat(body, ['m']);

describe('chat request', () => {
  it('thinks by default, does not stream, and has no limit', () => {
    expect(read({ model: 'm', messages: [{ role: 'system', content: 'Be kind.' }, user] })).toEqual(
      {
        model: 'm',
        stream: false,
        includeUsage: false,
        thinking: true,
        maxTokens: Number.POSITIVE_INFINITY,
        question: 'Hi',
        prompt: 'Be kind.\nHi',
      },
    );
  });

  it.each([
    [{ stream: true }, { stream: true, includeUsage: false }],
    [{ stream: true, stream_options: { include_usage: true } }, { includeUsage: true }],
    [{ thinking: { type: 'disabled' } }, { thinking: false }],
    [{ thinking: { type: 'enabled' } }, { thinking: true }],
    [{ max_tokens: 3 }, { maxTokens: 3 }],
  ])('reads %j', (fields, expected) => {
    expect(read({ model: 'm', messages: [user], ...fields })).toMatchObject(expected);
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

  const called = { role: 'assistant', content: '', tool_calls: [{}] };
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
    const whole = { model: 'm', messages: [user, { ...called, reasoning_content: '' }] };
    expect(read(whole)).toMatchObject({ model: 'm' });
    const off = { model: 'm', messages: [user, called], thinking: { type: 'disabled' } };
    expect(read(off)).toMatchObject({ model: 'm' });
  });
});
