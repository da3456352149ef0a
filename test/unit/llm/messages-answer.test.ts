import { describe, expect, it, test } from '@jest/globals';
import { MessagesAnswer } from '../../../src/llm/messages-answer.ts';

const view = { field: 'REASONING_CONTENT', thinkTags: 'OPENED', hidesUsage: false } as const;
const start = (index: number, block: object) => ({
  type: 'content_block_start',
  index,
  content_block: block,
});
const piece = (index: number, delta: object) => ({ type: 'content_block_delta', index, delta });
const stop = (index: number) => ({ type: 'content_block_stop', index });
const text = (words: string) => ({ type: 'text_delta', text: words });

describe('MessagesAnswer', () => {
  test('leaves blocks and their numbers alone where nothing is hidden', () => {
    const answer = new MessagesAnswer({ ...view, hide: false });
    const document = piece(0, { type: 'thinking_delta', thinking: 'a' });
    expect(answer.event(document, '')[0]).toBe(document);
    expect(answer.facts.pieces).toBe(1);
  });

  test('hides blocks of reasoning, and counts the others anew', () => {
    const answer = new MessagesAnswer({ ...view, hide: true });
    const sent = [
      start(0, { type: 'thinking', thinking: '' }),
      piece(0, { type: 'thinking_delta', thinking: 'a' }),
      piece(0, { type: 'signature_delta', signature: 'a' }),
      stop(0),
      start(1, { type: 'redacted_thinking', data: 'a' }),
      stop(1),
      start(2, { type: 'text', text: '', notes: 'a' }),
      { ...piece(2, { ...text('b'), notes: 'a' }), notes: 'a' },
      piece(2, { type: 'thinking_delta', thinking: 'a' }),
      stop(2),
      start(3, { type: 'tool_use', id: 't', name: 'f', input: {} }),
      piece(3, { type: 'input_json_delta', partial_json: '{' }),
      stop(3),
      { type: 'thinking_summary', text: 'a' },
      { type: 'ping', notes: 'a' },
      { type: 'message_start', message: 'a' },
      { type: 'message_delta', delta: { stop_reason: 'end_turn', notes: 'a' }, usage: {} },
    ].flatMap((document) => answer.event(document, ''));
    expect(sent).toEqual([
      start(0, { type: 'text', text: '' }),
      piece(0, text('b')),
      stop(0),
      start(1, { type: 'tool_use', id: 't', name: 'f', input: {} }),
      piece(1, { type: 'input_json_delta', partial_json: '{' }),
      stop(1),
      { type: 'ping' },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: {} },
    ]);
  });

  test('hides tags in texts, and sends at its end what was none', () => {
    const answer = new MessagesAnswer({ ...view, hide: true });
    const sent = [
      start(0, { type: 'text', text: '' }),
      piece(0, text('<think>a</thi')),
      piece(0, text('nk>b<th')),
      stop(0),
    ].flatMap((document) => answer.event(document, ''));
    expect(sent).toEqual([
      start(0, { type: 'text', text: '' }),
      piece(0, text('b')),
      piece(0, text('<th')),
      stop(0),
    ]);
  });

  test('hides reasoning of a whole message', () => {
    const message = {
      type: 'message',
      model: 'm',
      content: [
        { type: 'thinking', thinking: 'a' },
        { type: 'text', text: '<think>a</think>b' },
      ],
      stop_reason: 'end_turn',
      usage: { input_tokens: 1, output_tokens: 2 },
      container: { notes: 'a' },
    };
    const answer = new MessagesAnswer({ ...view, hide: true });
    expect(answer.whole(message)).toEqual({
      type: 'message',
      model: 'm',
      content: [{ type: 'text', text: 'b' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 1, output_tokens: 2 },
    });
    expect(answer.facts).toMatchObject({
      model: 'm',
      finishReason: 'end_turn',
      usage: { inputTokens: 1, outputTokens: 2 },
      isOver: true,
    });
    expect(new MessagesAnswer({ ...view, hide: false }).whole(message)).toBe(message);
  });

  it.each([
    [{ type: 'error', error: { type: 'overloaded_error' } }, 'overloaded_error'],
    [{ type: 'error' }, 'error'],
  ])('the fault of %j is %s', (document, fault) => {
    const stream = new MessagesAnswer({ ...view, hide: true });
    expect(stream.event(document, 'error')).toEqual([document]);
    const whole = new MessagesAnswer({ ...view, hide: false });
    whole.whole(document);
    expect([stream.facts.fault, whole.facts.fault]).toEqual([fault, fault]);
  });
});
