import { describe, expect, it, test } from '@jest/globals';
import type { AnswerView } from '../../../src/llm/answer-view.ts';
import { ChatAnswer } from '../../../src/llm/chat-answer.ts';

const plain: AnswerView = {
  field: 'REASONING_CONTENT',
  hide: false,
  thinkTags: 'OPENED',
  hidesUsage: false,
};
const chunk = (delta: object, finish: string | null = null, index = 0) => ({
  id: '1',
  choices: [{ index, delta, logprobs: { content: [{ token: 'a' }] }, finish_reason: finish }],
});
const usage = { prompt_tokens: 1, completion_tokens: 2 };

describe('ChatAnswer', () => {
  test('leaves an event as it is where there is nothing to change', () => {
    const answer = new ChatAnswer(plain);
    for (const document of [chunk({ content: 'a' }), { ping: 1 }, { choices: [], usage }]) {
      expect(answer.event(document)[0]).toBe(document);
    }
    expect(answer.facts.usage).toEqual({ inputTokens: 1, outputTokens: 2 });
  });

  test('keeps back a usage that only the gateway asked for', () => {
    const answer = new ChatAnswer({ ...plain, hidesUsage: true });
    expect(answer.event({ choices: [], usage })).toEqual([]);
    expect(answer.event({ choices: [] })).toEqual([{ choices: [] }]);
    expect(answer.event({ ...chunk({}, 'stop'), usage })).toEqual([
      { ...chunk({}, 'stop'), usage },
    ]);
    expect(answer.facts.usage).toEqual({ inputTokens: 1, outputTokens: 2 });
  });

  test('counts pieces that say something', () => {
    const answer = new ChatAnswer(plain);
    for (const delta of [
      { role: 'assistant', content: '' },
      { content: null, reasoning_content: '', tool_calls: [] },
      { content: 'a' },
      { reasoning: 'b' },
      { tool_calls: [{ index: 0 }] },
    ]) {
      answer.event(chunk(delta));
    }
    expect(answer.facts.pieces).toBe(3);
  });

  test('is over when all choices are', () => {
    const answer = new ChatAnswer(plain);
    answer.event(chunk({ content: 'a' }, null, 0));
    answer.event(chunk({ content: 'a' }, 'stop', 1));
    expect(answer.facts.isOver).toBe(false);
    answer.event(chunk({}, 'length', 0));
    expect(answer.facts).toMatchObject({ isOver: true, finishReason: 'length', fault: '' });
  });

  it.each<[object, string]>([
    [{ error: { code: 500, type: 'x' } }, '500'],
    [{ error: { code: null, type: 'server_error' } }, 'server_error'],
    [{ error: 'no' }, 'error'],
    [chunk({}, 'insufficient_system_resource'), 'insufficient_system_resource'],
    [{ error: null }, ''],
  ])('the fault of %j is %j', (document, fault) => {
    const answer = new ChatAnswer(plain);
    answer.event({ ...document });
    expect(answer.facts.fault).toBe(fault);
  });

  test('sends what was held back when there is no last piece', () => {
    const answer = new ChatAnswer(plain);
    answer.event({ ...chunk({ content: '<thin' }), usage });
    expect(answer.rest()).toEqual([
      { id: '1', choices: [{ index: 0, delta: { content: '<thin' }, finish_reason: null }] },
    ]);
  });

  test('hides reasoning, the tokens that tell it, and pieces that say nothing else', () => {
    const answer = new ChatAnswer({ ...plain, hide: true });
    expect(answer.event({ ...chunk({ reasoning: 'a' }), debug: 'a' })).toEqual([]);
    expect(answer.facts.hidden).toBe(1);
    expect(answer.event({ ...chunk({ content: 'b', reasoning: 'a' }), debug: 'a' })).toEqual([
      { id: '1', choices: [{ index: 0, delta: { content: 'b' }, finish_reason: null }] },
    ]);
    expect(answer.event({ ...chunk({ reasoning: 'a' }), usage })).toEqual([
      { id: '1', usage, choices: [{ index: 0, delta: {}, finish_reason: null }] },
    ]);
  });

  test('reads a text in place of a message', () => {
    const text = { choices: [{ index: 0, text: '<think>a</think>b', finish_reason: 'stop' }] };
    expect(new ChatAnswer(plain).whole(text)).toBe(text);
    const hide = new ChatAnswer({ ...plain, hide: true });
    expect(hide.whole(text)).toEqual({
      choices: [{ index: 0, text: 'b', finish_reason: 'stop' }],
    });
    expect(hide.facts).toMatchObject({ pieces: 1, isOver: true, finishReason: 'stop' });
  });

  test('hides what a server says a second time beside it', () => {
    const twice = {
      message: { content: 'c', reasoning_content: 'r' },
      text: 'r',
      delta: { content: 'd' },
    };
    const hidden = (): ChatAnswer => new ChatAnswer({ ...plain, hide: true });
    const choices = [{ index: 0, ...twice, finish_reason: 'stop' }];
    const plainly = { index: 0, finish_reason: 'stop' };
    expect(hidden().event({ choices })).toEqual([
      { choices: [{ ...plainly, delta: { content: 'd' } }] },
    ]);
    expect(hidden().whole({ choices })).toEqual({
      choices: [{ ...plainly, message: { content: 'c' } }],
    });
    const noDelta = [{ index: 0, message: twice.message, finish_reason: 'stop' }];
    expect(hidden().event({ choices: noDelta })).toEqual([{ choices: [{ ...plainly, text: '' }] }]);
  });

  test('a whole message has a text, if an empty one', () => {
    const document = { choices: [{ index: 0, message: { content: '<think>a' } }] };
    expect(new ChatAnswer(plain).whole(document)).toEqual({
      choices: [{ index: 0, message: { content: '', reasoning_content: 'a' } }],
    });
  });

  test('knows no more choices than a server makes', () => {
    const answer = new ChatAnswer({ ...plain, hide: true });
    for (let index = 0; index <= 256; index += 1)
      answer.event(chunk({ content: 'a' }, null, index));
    expect(answer.hasLeaked).toBe(true);
  });
});
