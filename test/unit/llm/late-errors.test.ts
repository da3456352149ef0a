import { describe, expect, test } from '@jest/globals';

import { prepareKeyGuard } from '../../../src/llm/key-guard.ts';
import type { KeyRedaction } from '../../../src/llm/key-redaction.ts';
import {
  createLateLineErrors,
  createLateTextError,
  joinRedactions,
} from '../../../src/llm/late-errors.ts';

const guard = prepareKeyGuard('sk-abcdefgh5678');

/** What comes of a text that is split at a place. */
function sent(redaction: KeyRedaction, text: string, at: number): string {
  const bytes = Buffer.from(text);
  const pieces = [bytes.subarray(0, at), bytes.subarray(at)].map(redaction.push);
  return Buffer.concat([...pieces, redaction.end()]).toString();
}

describe('createLateLineErrors', () => {
  const good = 'data: {"choices":[{"delta":{"content":"an error 5678 of yours"}}]}\n\n';
  const stream = [
    `: keep-alive\n\n${good}`,
    'event: error\ndata: {"error":{"message":"ends in 5678","type":"x"}}\r\n\r\n',
    'data: {"type":"error","error":{"type":"authentication_error","message":"key ending in 5678, which is not good"}}\n\n',
    'data: Error 5678\n\ndata: [DONE]',
  ].join('');

  test('changes errors only, wherever the stream is split', () => {
    const whole = sent(createLateLineErrors(guard), stream, 0);
    expect(whole).toHaveLength(stream.length);
    expect(whole.startsWith(`: keep-alive\n\n${good}event: error\n`)).toBe(true);
    expect(whole).toContain('data: {"error":{"message":"ends in ****","type":"x"}}\r\n\r\n');
    expect(whole).toMatch(/data:\{"type":"error","error":\{"type":"api_error",.*\} *\n\n/);
    expect(whole).toContain('data: Error ****\n\ndata: [DONE]');
    for (let at = 1; at < stream.length; at += 1) {
      expect(sent(createLateLineErrors(guard), stream, at)).toBe(whole);
    }
  });

  test('does not hold whole events, nor a line that is too long for an error', () => {
    const redaction = createLateLineErrors(guard);
    expect(redaction.push(Buffer.from(good)).toString()).toBe(good);
    const long = `data: {"x":"${'y'.repeat(9000)}`;
    expect(redaction.push(Buffer.from(long)).toString()).toBe(long);
    expect(redaction.push(Buffer.from('"}\r')).toString()).toBe('"}\r');
  });
});

describe('createLateTextError', () => {
  test.each([
    ['{"choices":[{"message":{"content":"an error 5678"}}]}', undefined],
    ['{"n":5678}', undefined],
    ['no JSON', undefined],
    ['', undefined],
    [
      '{"error":{"message":"last 5678","code":"x"}}',
      '{"error":{"message":"last ****","code":"x"}}',
    ],
  ])('%s', (text, expected = text) => {
    for (let at = 0; at <= text.length; at += 1) {
      expect(sent(createLateTextError(guard), `\n\n${text}`, at)).toBe(`\n\n${expected}`);
    }
  });

  test('blank lines go on at once, and a long answer as it comes', () => {
    const redaction = createLateTextError(guard);
    expect(redaction.push(Buffer.from('\n\n')).toString()).toBe('\n\n');
    expect(redaction.push(Buffer.from('\n{"a":"')).toString()).toBe('\n');
    const long = 'y'.repeat(9000);
    expect(redaction.push(Buffer.from(long)).toString()).toBe(`{"a":"${long}`);
    expect(redaction.push(Buffer.from('"}')).toString()).toBe('"}');
    expect(redaction.end()).toHaveLength(0);
  });
});

test('joinRedactions passes what the first holds back through the second', () => {
  const shout: KeyRedaction = {
    push: (chunk) => Buffer.from(chunk.toString().toUpperCase()),
    end: () => Buffer.from('!'),
  };
  expect(sent(joinRedactions(createLateTextError(guard), shout), 'some text', 4)).toBe(
    'SOME TEXT!',
  );
});
