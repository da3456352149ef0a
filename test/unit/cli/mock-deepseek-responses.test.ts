import { describe, expect, it } from '@jest/globals';

import { mockError } from '../../../src/cli/mock-deepseek-error.ts';
import type { MockReply } from '../../../src/cli/mock-deepseek-reply.ts';
import { responsesForm } from '../../../src/cli/mock-deepseek-responses-form.ts';
import { readResponses } from '../../../src/cli/mock-deepseek-responses.ts';

const read = (body: unknown) => readResponses(body, { dialect: 'deepseek' });
const model = 'deepseek-flash';

describe('Responses API of the stand-in', () => {
  it.each([
    [
      { model, input: 'Hi', instructions: 'Be kind.' },
      { question: 'Hi', prompt: 'Be kind.\nHi' },
    ],
    [
      { model, input: [{ role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }] },
      { question: 'Hi' },
    ],
    [{ model, input: 'Hi', reasoning: { effort: 'none' } }, { thinking: false }],
    [{ model, input: 'Hi', reasoning: { effort: 'max' } }, { thinking: true }],
    [{ model, input: 'Hi', max_output_tokens: 3 }, { maxTokens: 3 }],
    [{ model, input: 'Hi', text: { format: { type: 'json_object' } } }, { json: {} }],
    [
      { model, input: [{ type: 'function_call_output', output: '1' }] },
      { question: '1', tools: { answered: true } },
    ],
    [
      { model, input: 'Hi', tools: [{ type: 'function', name: 'f' }], tool_choice: { name: 'f' } },
      { tools: { tools: [{ name: 'f' }], choice: { name: 'f' } } },
    ],
  ])('reads %j', (body, expected) => {
    expect(read(body)).toMatchObject(expected);
  });

  it.each([
    ['x', 400],
    [{ input: 'Hi' }, 422],
    [{ model: 'x', input: 'Hi' }, 400],
    [{ model }, 422],
  ])('refuses %j', (body, status) => {
    expect(read(body)).toMatchObject({ status });
  });

  const reply: MockReply = {
    number: 7,
    created: 1,
    model,
    reasoning: ['a', ' b'],
    content: ['c'],
    toolCalls: [{ name: 'f', arguments: '{"n":1}' }],
    finishReason: 'stop',
    usage: { prompt: 130, cached: 128, reasoning: 2, completion: 4 },
    reasoningForm: 'reasoning_content',
  };

  it('writes a document of items', () => {
    expect(responsesForm.document(reply)).toMatchObject({
      status: 'completed',
      output: [
        { type: 'reasoning', content: [{ text: 'a b' }] },
        { type: 'message', content: [{ type: 'output_text', text: 'c' }] },
        { type: 'function_call', name: 'f', arguments: '{"n":1}' },
      ],
      usage: { input_tokens: 130, output_tokens: 4, total_tokens: 134 },
    });
  });

  it('numbers its events and ends in the outcome, without [DONE]', () => {
    const events = responsesForm.events(reply);
    const numbers = events.map(({ data }) => (data as { sequence_number: number }).sequence_number);
    expect(numbers).toEqual(numbers.map((_, index) => index));
    expect(events.every(({ name, data }) => (data as { type: string }).type === name)).toBe(true);
    expect([events[0]?.name, events.at(-1)?.name, responsesForm.done]).toEqual([
      'response.created',
      'response.completed',
      false,
    ]);
  });

  it.each([
    ['length', 'response.incomplete'],
    ['insufficient_system_resource', 'response.failed'],
  ])('ends for %s in %s', (finishReason, name) => {
    expect(responsesForm.events({ ...reply, finishReason }).at(-1)?.name).toBe(name);
  });

  it('writes errors', () => {
    expect(responsesForm.refusal(mockError(429))).toHaveProperty('error.message');
    expect(responsesForm.failure(mockError(500))).toMatchObject({ name: 'error' });
  });
});
