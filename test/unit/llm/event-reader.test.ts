import { describe, expect, it, test } from '@jest/globals';
import { commentText, EventReader, eventText } from '../../../src/llm/event-reader.ts';

function read(bytes: Buffer, limit?: number) {
  const out: string[] = [];
  const reader = new EventReader(
    {
      event: (event) => out.push(eventText(event)),
      comment: (text) => out.push(commentText(text)),
      retry: (ms) => out.push(`retry ${ms}`),
    },
    limit,
  );
  return { reader, out, push: () => reader.push(bytes) };
}

describe('EventReader', () => {
  it.each<[string, readonly string[]]>([
    ['data: a\n\n', ['data: a\n\n']],
    ['data:a\r\n\r\n', ['data: a\n\n']],
    ['\uFEFFdata: ü\r\r', ['data: ü\n\n']],
    [': keep-alive\n\ndata: a\n\n', [': keep-alive\n\n', 'data: a\n\n']],
    ['event: x\nid: 7\ndata: {"a":\ndata: 1}\n\n', ['event: x\nid: 7\ndata: {"a":\ndata: 1}\n\n']],
    ['retry: 250\n\n', ['retry 250']],
    ['event: x\n\nnonsense\n\n', []],
    ['data: the last', ['data: the last\n\n']],
    ['data: [DONE]\n', ['data: [DONE]\n\n']],
  ])('%j', (text, expected) => {
    const { reader, out, push } = read(Buffer.from(text));
    push();
    reader.end();
    expect(out).toEqual(expected);
  });

  test('reads characters that are cut', () => {
    const { reader, out } = read(Buffer.alloc(0));
    for (const byte of Buffer.from('data: 🙂\n\n')) reader.push(Buffer.from([byte]));
    expect(out).toEqual(['data: 🙂\n\n']);
  });

  test('keeps no more than its limit', () => {
    const { reader, out, push } = read(Buffer.from(`data: ${'x'.repeat(90)}`), 100);
    push();
    expect(reader.isTooLong).toBe(false);
    push();
    push();
    expect(reader.isTooLong).toBe(true);
    reader.end();
    expect(out).toEqual([]);
  });
});
