import { describe, expect, it, test } from '@jest/globals';
import { ResponsesAnswer } from '../../../src/llm/responses-answer.ts';

const view = { field: 'REASONING_CONTENT', thinkTags: 'OPENED', hidesUsage: false } as const;
const thought = { id: 'r', type: 'reasoning', summary: [{ text: 'a' }], encrypted_content: 'a' };
const part = (text: string) => ({ type: 'output_text', text, annotations: [] });
const message = (text: string) => ({ id: 'm', type: 'message', content: [part(text)] });
const at = (type: string, index: number, rest: object) => ({
  type: `response.${type}`,
  output_index: index,
  ...rest,
});

describe('ResponsesAnswer', () => {
  test('hides items of reasoning in every place where they stand', () => {
    const answer = new ResponsesAnswer({ ...view, hide: true });
    const events = [
      { type: 'response.created', response: { id: '1', status: 'in_progress', output: [thought] } },
      at('output_item.added', 0, { item: thought }),
      at('reasoning_summary_text.delta', 0, { delta: 'a' }),
      at('output_text.delta', 0, { delta: 'a' }),
      at('output_item.done', 0, { item: thought }),
      at('output_item.added', 1, { item: { ...message(''), notes: 'a' } }),
      at('content_part.added', 1, { part: { type: 'reasoning_text', text: 'a' } }),
      at('content_part.added', 1, { part: part('') }),
      at('output_text.delta', 1, { delta: '<think>a</think>b', logprobs: ['a'], notes: 'a' }),
      at('output_text.done', 1, { text: '<think>a</think>b', logprobs: ['a'] }),
      at('content_part.done', 1, { part: { ...part('<think>a</think>b'), logprobs: ['a'] } }),
      at('output_item.done', 1, { item: message('<think>a</think>b') }),
      at('thinking.delta', 1, { delta: 'a' }),
      at('function_call_arguments.delta', 0, { delta: 'a' }),
      at('function_call_arguments.delta', 1, { delta: '{' }),
      { type: 'response.in_progress', response: 'a' },
      {
        type: 'response.completed',
        response: {
          status: 'completed',
          output: [thought, message('<think>a</think>b')],
          notes: 'a',
        },
      },
    ].flatMap((event) => answer.event(event, ''));
    expect(events).toEqual([
      { type: 'response.created', response: { id: '1', status: 'in_progress', output: [] } },
      at('output_item.added', 0, { item: message('') }),
      at('content_part.added', 0, { part: part('') }),
      at('output_text.delta', 0, { delta: 'b' }),
      at('output_text.done', 0, { text: 'b' }),
      at('content_part.done', 0, { part: part('b') }),
      at('output_item.done', 0, { item: message('b') }),
      at('function_call_arguments.delta', 0, { delta: '{' }),
      {
        type: 'response.completed',
        response: { status: 'completed', output: [message('b')] },
      },
    ]);
    expect(answer.facts).toMatchObject({ isOver: true, finishReason: 'completed' });
  });

  test('leaves events and answers alone where nothing is hidden', () => {
    const answer = new ResponsesAnswer({ ...view, hide: false });
    const document = at('reasoning_text.delta', 0, { delta: 'a' });
    expect(answer.event(document, '')[0]).toBe(document);
    const whole = { status: 'completed', output: [thought], usage: { input_tokens: 1 } };
    expect(answer.whole(whole)).toBe(whole);
    expect(answer.facts.usage).toEqual({ inputTokens: 1, outputTokens: 0 });
  });

  test('hides reasoning of a whole answer', () => {
    const whole = { id: '1', output: [thought, message('b')], reasoning: { summary: 'a' } };
    expect(new ResponsesAnswer({ ...view, hide: true }).whole(whole)).toEqual({
      id: '1',
      output: [message('b')],
    });
  });

  test('an error has texts and numbers only', () => {
    const error = { type: 'error', code: 'server_error', param: null, sequence_number: 3 };
    const document = { ...error, message: { reasoning: 'a' } };
    expect(new ResponsesAnswer({ ...view, hide: true }).event(document, '')).toEqual([error]);
  });

  it.each([
    [{ type: 'error', code: 'server_error' }, 'server_error', ''],
    [
      {
        type: 'response.failed',
        response: { status: 'failed', error: { code: 'rate_limit_exceeded' } },
      },
      'rate_limit_exceeded',
      'failed',
    ],
    [
      {
        type: 'response.incomplete',
        response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
      },
      '',
      'max_output_tokens',
    ],
  ])('%j ends it', (document, fault, finishReason) => {
    const answer = new ResponsesAnswer({ ...view, hide: false });
    answer.event(document, '');
    expect(answer.facts).toMatchObject({ fault, finishReason, isOver: true });
  });
});
