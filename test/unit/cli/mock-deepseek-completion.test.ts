import { describe, expect, it } from '@jest/globals';

import { completionForm, readCompletion } from '../../../src/cli/mock-deepseek-completion.ts';
import { mockError } from '../../../src/cli/mock-deepseek-error.ts';

const model = 'deepseek-v4-pro';
const beta = { dialect: 'deepseek', beta: true } as const;

describe('text completion of the stand-in', () => {
  it('reads what stands before and after the middle, and does not think', () => {
    const body = { model, prompt: 'def a', suffix: 'return', max_tokens: 3 };
    expect(readCompletion(body, beta)).toMatchObject({
      thinking: false,
      maxTokens: 3,
      question: 'def a',
      prompt: 'def a\nreturn',
    });
  });

  it.each([
    ['without the beta base', { model, prompt: 'a' }, { dialect: 'deepseek' }, 400],
    ['no object', 'x', beta, 400],
    ['no model', { prompt: 'a' }, beta, 422],
    ['another model', { model: 'x', prompt: 'a' }, beta, 400],
    ['no prompt', { model }, beta, 422],
  ] as const)('refuses %s', (_title, body, reading, status) => {
    expect(readCompletion(body, reading)).toMatchObject({ status });
  });

  it('is there at self-hosted servers without more', () => {
    const body = { model: 'm', prompt: 'a' };
    expect(readCompletion(body, { dialect: 'llama.cpp' })).toMatchObject({ model: 'm' });
  });

  it.each([
    [false, 3],
    [true, 4],
  ])('has its text in the choice; usage asked for: %s', (includeUsage, count) => {
    const form = completionForm({ dialect: 'deepseek', chat: { includeUsage }, behaviour: {} });
    const reply = {
      number: 7,
      created: 1,
      model,
      reasoning: [],
      content: ['a', ' b'],
      toolCalls: [],
      finishReason: 'stop',
      usage: { prompt: 1, cached: 0, reasoning: 0, completion: 2 },
      reasoningForm: 'reasoning_content' as const,
    };
    expect(form.document(reply)).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'a b', finish_reason: 'stop' }],
      usage: { total_tokens: 3 },
    });
    const events = form.events(reply);
    expect(events).toHaveLength(count);
    expect(events.at(-1)?.data).toMatchObject({ usage: { total_tokens: 3 } });
    expect(form.refusal(mockError(400))).toEqual(form.failure(mockError(400)).data);
  });
});
