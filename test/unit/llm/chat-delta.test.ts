import { describe, expect, it, test } from '@jest/globals';
import type { AnswerView } from '../../../src/llm/answer-view.ts';
import { ChatDelta } from '../../../src/llm/chat-delta.ts';

const plain: AnswerView = {
  field: 'REASONING_CONTENT',
  hide: false,
  thinkTags: 'OPENED',
  hidesUsage: false,
};
const pieces = (deltas: readonly object[], view: Partial<AnswerView> = {}) => {
  const state = new ChatDelta({ ...plain, ...view });
  return deltas.map((delta, index) => state.piece({ ...delta }, index === deltas.length - 1));
};
const hidden = { hide: true } as const;

describe('ChatDelta', () => {
  it.each<[string, object, object]>([
    [
      'DeepSeek',
      { content: null, reasoning_content: 'a' },
      { content: null, reasoning_content: 'a' },
    ],
    ['vLLM', { reasoning: 'a' }, { reasoning_content: 'a' }],
    ['both names', { reasoning: 'a', reasoning_content: 'a' }, { reasoning_content: 'a' }],
    ['one of them empty', { reasoning: 'a', reasoning_content: null }, { reasoning_content: 'a' }],
    ['null', { content: 'b', reasoning: null }, { content: 'b', reasoning_content: null }],
    ['tags', { content: '<think>a</think>b' }, { content: 'b', reasoning_content: 'a' }],
    ['only reasoning', { content: '<think>a' }, { content: null, reasoning_content: 'a' }],
    ['tools', { tool_calls: [{ index: 0 }] }, { tool_calls: [{ index: 0 }] }],
    ['details', { reasoning_details: [1] }, { reasoning_details: [1] }],
  ])('gives the reasoning of %s its field', (_name, delta, seen) => {
    expect(pieces([delta])).toEqual([seen]);
  });

  test('keeps what it does not change, and so its bytes', () => {
    const delta = { content: 'a', reasoning_content: null };
    expect(new ChatDelta(plain).piece(delta, true)).toBe(delta);
    const other = { content: '<think>a', reasoning: 'b' };
    expect(new ChatDelta({ ...plain, field: 'AS_SENT' }).piece(other, true)).toBe(other);
  });

  test('sends what was held back with the last piece', () => {
    expect(pieces([{ content: '<thi' }, { content: '' }])).toEqual([
      { content: null },
      { content: '<thi' },
    ]);
    const state = new ChatDelta({ ...plain, thinkTags: 'IMPLICIT' });
    state.piece({ content: '<thi' }, false);
    expect(state.rest()).toEqual({ reasoning_content: '<thi' });
    expect(state.rest()).toBeUndefined();
  });

  test('knows that tags are text where reasoning has a field', () => {
    expect(pieces([{ reasoning: 'a' }, { content: '<think>b' }])).toEqual([
      { reasoning_content: 'a' },
      { content: '<think>b' },
    ]);
  });

  it.each<[string, object, object]>([
    [
      'fields',
      { role: 'assistant', content: null, reasoning: 'a', reasoning_content: 'a' },
      { role: 'assistant', content: null },
    ],
    ['unknown fields', { content: 'b', thoughts: 'a', reasoning_details: ['a'] }, { content: 'b' }],
    ['tags', { content: '<think>a</think>b<think>a' }, { content: 'b' }],
    [
      'parts',
      {
        content: [
          { type: 'thinking', thinking: 'a' },
          { type: 'text', text: '<think>a</think>b' },
        ],
      },
      { content: [{ type: 'text', text: 'b' }] },
    ],
    [
      'parts before the one in which it ends',
      {
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'a</think>b' },
        ],
      },
      { content: [] },
    ],
    ['a content of no known form', { content: { reasoning: 'a' } }, { content: '' }],
    ['nothing', { tool_calls: [{ index: 0 }] }, { tool_calls: [{ index: 0 }] }],
  ])('hides reasoning in %s', (_name, delta, seen) => {
    expect(pieces([delta], hidden)).toEqual([seen]);
  });

  test('hides what was held back, too', () => {
    const state = new ChatDelta({ ...plain, thinkTags: 'IMPLICIT', hide: true });
    state.piece({ content: 'a<' }, false);
    expect(state.rest()).toBeUndefined();
  });
});
