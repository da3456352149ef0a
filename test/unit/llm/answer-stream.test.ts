import { describe, expect, it, test } from '@jest/globals';
import { AnswerStream } from '../../../src/llm/answer-stream.ts';
import type { AnswerView } from '../../../src/llm/answer-view.ts';
import { isRecord, recordsOf, textOf, type JsonRecord } from '../../../src/llm/json-record.ts';
import {
  readChatUsage,
  readMessagesUsage,
  readResponsesUsage,
} from '../../../src/llm/read-usage.ts';
import { recordedStreams, type RecordedStream } from '../../support/recorded-streams.ts';

const plain: AnswerView = {
  field: 'REASONING_CONTENT',
  hide: false,
  thinkTags: 'OPENED',
  hidesUsage: false,
};
type Recording = RecordedStream['expected'] & Pick<RecordedStream, 'name' | 'bytes'>;

const streams = recordedStreams().map(({ name, bytes, expected }): Recording => ({
  ...expected,
  name,
  bytes,
}));
const views = [
  {},
  { field: 'REASONING' },
  { field: 'AS_SENT' },
  { hidesUsage: true },
  { hide: true },
] as const satisfies readonly Partial<AnswerView>[];

function read(stream: Recording, pieces: readonly Buffer[], view: Partial<AnswerView> = {}) {
  const { endpoint, thinkTags = 'OPENED' } = stream;
  const answer = new AnswerStream(endpoint, { ...plain, thinkTags, ...view });
  const text = pieces.map((piece) => answer.push(piece)).join('') + answer.end();
  return { text, facts: answer.facts, fault: answer.fault };
}

/** Cuts at every `step`-th byte: over all phases every place is cut once, and among many others. */
function cutAt(bytes: Buffer, phase: number, step: number): readonly Buffer[] {
  const pieces = [bytes.subarray(0, phase)];
  for (let at = phase; at < bytes.length; at += step) pieces.push(bytes.subarray(at, at + step));
  return pieces;
}

function documents(text: string): readonly JsonRecord[] {
  return text.split('\n\n').flatMap((event) => {
    const data =
      event
        .split('\n')
        .find((line) => line.startsWith('data: '))
        ?.slice(6) ?? '';
    return data.startsWith('{') ? [JSON.parse(data) as JsonRecord] : [];
  });
}

/** What a client joins from the pieces of one choice. */
function joined(text: string, field: string, index = 0): string {
  return documents(text)
    .flatMap(({ choices }) => recordsOf(choices))
    .filter((choice) => choice['index'] === index)
    .map(({ delta }) => (isRecord(delta) ? textOf(delta[field]) : ''))
    .join('');
}

function usageOf({ endpoint, usage }: Recording) {
  if (endpoint === 'messages') return readMessagesUsage(usage);
  return endpoint === 'responses' ? readResponsesUsage(usage) : readChatUsage(usage);
}

describe.each(streams)('$name', (stream) => {
  const { bytes, endpoint, choices, reasoning = '', content = '' } = stream;

  test('is read as it was meant', () => {
    const { text, facts } = read(stream, [bytes]);
    if (stream.usage) expect(facts.usage).toEqual(usageOf(stream));
    if (stream.finishReason) expect(facts.finishReason).toBe(stream.finishReason);
    expect(facts.isOver).toBe(true);
    expect(facts.fault !== '').toBe(
      stream.error === true || stream.finishReason === 'insufficient_system_resource',
    );
    if (endpoint !== 'chat') return;
    for (const [index, choice] of (choices ?? [{ reasoning, content }]).entries()) {
      expect(joined(text, 'reasoning_content', index).trim()).toBe(choice.reasoning.trim());
      expect(joined(text, 'content', index).trim()).toBe(choice.content.trim());
      expect(joined(text, 'reasoning', index)).toBe('');
    }
  });

  test('shows the other field on demand', () => {
    const { text } = read(stream, [bytes], { field: 'REASONING' });
    if (endpoint === 'chat' && !choices) {
      expect(joined(text, 'reasoning').trim()).toBe(reasoning.trim());
    }
    expect(joined(text, 'reasoning_content')).toBe('');
  });

  test.each(views)('is the same for every cut and every end of line: %j', (view) => {
    const whole = read(stream, [bytes], view);
    const step = 16;
    const variants = ['\n', '\r\n', '\r'].map((end) =>
      Buffer.from(bytes.toString().replaceAll('\n', end)),
    );
    for (const variant of variants) {
      for (let phase = 0; phase < step; phase += 1) {
        expect(read(stream, cutAt(variant, phase, step), view)).toEqual(whole);
      }
      expect(read(stream, cutAt(variant, 1, 1), view)).toEqual(whole);
    }
  });

  test('holds nothing of reasoning for who must not see it', () => {
    const { text, fault } = read(stream, [bytes], { hide: true });
    expect(fault).toBeUndefined();
    for (const word of ['Okay', 'briefly', 'reasoning', 'thinking', 'zero', 'I need']) {
      // Of the request, and of the tokens used.
      const rest = text.replaceAll(/"reasoning":\{[^}]*\}|"reasoning_tokens":\d+/g, '');
      expect(rest).not.toContain(word);
    }
    if (endpoint === 'chat' && !choices)
      expect(joined(text, 'content').trim()).toBe(content.trim());
  });
});

const dialects = streams.filter(({ name }) => name.endsWith('-chat.sse'));

test('there is a recording of each dialect', () => {
  expect(dialects.map(({ dialect }) => dialect).sort()).toEqual(
    ['deepseek', 'llama.cpp', 'ollama', 'sglang', 'vllm'].sort(),
  );
});

test.each(dialects)('$name, cut in two at every byte', (stream) => {
  const { bytes } = stream;
  const whole = read(stream, [bytes], { hidesUsage: true });
  const others: number[] = [];
  for (let at = 1; at < bytes.length; at += 1) {
    const cut = read(stream, [bytes.subarray(0, at), bytes.subarray(at)], { hidesUsage: true });
    const isSame =
      cut.text === whole.text && cut.facts.usage?.outputTokens === whole.facts.usage?.outputTokens;
    if (!isSame) others.push(at);
  }
  expect(others).toEqual([]);
});

describe('what is no answer', () => {
  const events = (text: string, view: Partial<AnswerView> = {}) => {
    const stream = new AnswerStream('chat', { ...plain, ...view });
    return { text: stream.push(Buffer.from(text)) + stream.end(), stream };
  };

  it.each(['data: hello\n\n', 'data: [1]\n\n', ': why\n\n', 'retry: 5\n\n', 'data: {"a":1}\n\n'])(
    'sends %j on',
    (text) => {
      expect(events(text).text).toBe(text);
    },
  );

  it('sends nothing of it to who must see no reasoning', () => {
    const { text, stream } = events('data: hello\n\ndata: {"choices":[]}\n\n', { hide: true });
    expect(text).toBe('');
    expect(stream.fault).toBe('unreadable');
    expect(events(': secret thought\n\n', { hide: true }).text).toBe(': keep-alive\n\n');
    expect(events('data: {"thought":"x","id":"1"}\n\n', { hide: true }).text).toBe(
      'data: {"id":"1"}\n\n',
    );
  });

  it('stops where an event is deeper than the stack', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    const event = `data: {"choices":[{"delta":{"reasoning":"a","x":${deep}}}]}\n\n`;
    expect(events(event).stream.fault).toBe('unreadable');
  });

  it('stops where a closing tag tells that reasoning was sent', () => {
    const chunk = (content: string) =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
    const { text, stream } = events(chunk('why') + chunk('</think>x') + chunk('y'), { hide: true });
    expect(stream.fault).toBe('leaked');
    expect(text).toBe(chunk('why'));
  });

  it('is over by its end alone only where it says so', () => {
    expect(
      events('data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n').stream.facts.isOver,
    ).toBe(false);
    expect(
      events('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n').stream.facts
        .isOver,
    ).toBe(true);
  });
});
