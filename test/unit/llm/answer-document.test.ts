import { describe, expect, it, test } from '@jest/globals';
import { seenDocument } from '../../../src/llm/answer-document.ts';
import { answerShape } from '../../../src/llm/answer-shape.ts';
import type { AnswerView } from '../../../src/llm/answer-view.ts';

const view: AnswerView = {
  field: 'REASONING_CONTENT',
  hide: false,
  thinkTags: 'OPENED',
  hidesUsage: false,
};

describe('seenDocument', () => {
  test('gives the bytes themselves where nothing was changed', () => {
    const bytes = Buffer.from('\n\n{ "choices": [], "n": 1.0 }\n');
    expect(seenDocument(bytes, 'chat', view)?.bytes).toBe(bytes);
  });

  test('writes anew what was changed', () => {
    const bytes = Buffer.from('{"choices":[{"message":{"reasoning":"ü"}}]}');
    expect(String(seenDocument(bytes, 'chat', view)?.bytes)).toBe(
      '{"choices":[{"message":{"reasoning_content":"ü"}}]}',
    );
  });

  test('what is deeper than the stack cannot be written anew', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    const bytes = Buffer.from(`{"choices":[{"message":{"reasoning":"a","x":${deep}}}]}`);
    expect(seenDocument(bytes, 'chat', view)).toBeUndefined();
    expect(seenDocument(bytes, 'chat', { ...view, field: 'AS_SENT' })?.bytes).toBe(bytes);
  });

  it.each(['', '[]', '{"a":1', 'null', '{"a":1}{}'])('%j is no answer', (text) => {
    expect(seenDocument(Buffer.from(text), 'chat', view)).toBeUndefined();
  });
});

test.each(['embeddings', 'models', 'other'] as const)('%s have no reasoning', (endpoint) => {
  const shape = answerShape(endpoint, { ...view, hide: true });
  const document = { data: [1] };
  expect(shape.whole(document)).toBe(document);
  expect(shape.event(document, '')[0]).toBe(document);
  expect(shape.rest()).toEqual([]);
});
