import { describe, expect, test } from '@jest/globals';

import type { ModelEndpoint } from '../../../src/llm/model-endpoint.ts';
import { modelBody, type ModelEdits } from '../../../src/llm/model-body.ts';
import { readModelRequest } from '../../../src/llm/model-request.ts';

function edited(endpoint: ModelEndpoint, text: string, edits: ModelEdits): string {
  const request = readModelRequest(endpoint, Buffer.from(text));
  if ('message' in request) throw new Error(request.message);
  const body = modelBody(request, edits).toString();
  // Whatever was cut and put in: it is still one JSON object.
  JSON.parse(body);
  return body;
}

describe('modelBody', () => {
  const all: ModelEdits = { model: 'm', includeUsage: true, userId: 'u' };
  test.each<[ModelEndpoint, string, ModelEdits, string]>([
    ['chat', '{"model":"m", "n":1e400}', { model: 'm' }, '{"model":"m", "n":1e400}'],
    ['chat', '{"model":"o" ,"n":1.0}', { model: 'a"b' }, '{"model":"a\\"b" ,"n":1.0}'],
    ['chat', '{"n":1}', { model: 'm' }, '{"model":"m","n":1}'],
    ['chat', ' { } ', { model: 'm' }, ' {"model":"m" } '],
    ['chat', '{"stream":true}', {}, '{"stream":true}'],
    [
      'chat',
      '{"stream":true}',
      { includeUsage: true },
      '{"stream_options":{"include_usage":true},"stream":true}',
    ],
    ['chat', '{"stream":false}', { includeUsage: true }, '{"stream":false}'],
    ['messages', '{"stream":true}', { includeUsage: true }, '{"stream":true}'],
    ['responses', '{"stream":true}', { includeUsage: true }, '{"stream":true}'],
    [
      'chat',
      '{"stream":true,"stream_options":{"a":1}}',
      { includeUsage: true },
      '{"stream":true,"stream_options":{"include_usage":true,"a":1}}',
    ],
    [
      'completions',
      '{"stream":true,"stream_options":{"include_usage":false}}',
      { includeUsage: true },
      '{"stream":true,"stream_options":{"include_usage":true}}',
    ],
    [
      'chat',
      '{"stream":true,"stream_options":{}}',
      { includeUsage: true },
      '{"stream":true,"stream_options":{"include_usage":true}}',
    ],
    [
      'chat',
      '{"stream":true,"stream_options":null}',
      { includeUsage: true },
      '{"stream":true,"stream_options":{"include_usage":true}}',
    ],
    ['chat', '{"user_id":"c"}', { userId: 'u' }, '{"user_id":"u"}'],
    ['chat', '{}', { userId: 'u' }, '{"user_id":"u"}'],
    ['chat', '{"user_id":"c"}', { userId: '' }, '{}'],
    ['chat', '{"a":1,"user_id":"c"}', { userId: '' }, '{"a":1}'],
    ['chat', '{"user_id":"c" , "a":1}', { userId: '' }, '{"a":1}'],
    ['chat', '{"user_id":"c"}', { userId: '', model: 'm' }, '{"model":"m"}'],
    [
      'messages',
      '{"metadata":{"user_id":"c","x":1}}',
      { userId: 'u' },
      '{"metadata":{"user_id":"u","x":1}}',
    ],
    ['messages', '{"metadata":{"user_id":"c","x":1}}', { userId: '' }, '{"metadata":{"x":1}}'],
    ['messages', '{"metadata":{"x":1}}', { userId: 'u' }, '{"metadata":{"user_id":"u","x":1}}'],
    ['messages', '{"metadata":null}', { userId: 'u' }, '{"metadata":{"user_id":"u"}}'],
    ['messages', '{"metadata":null}', { userId: '' }, '{"metadata":null}'],
    ['messages', '{"a":1}', { userId: 'u' }, '{"metadata":{"user_id":"u"},"a":1}'],
    ['messages', '{"user_id":"c"}', { userId: 'u' }, '{"metadata":{"user_id":"u"}}'],
    [
      'chat',
      '{"metadata":{"user_id":"c"},"stream":true}',
      all,
      '{"model":"m","stream_options":{"include_usage":true},"user_id":"u","metadata":{},"stream":true}',
    ],
  ])('%s %s', (endpoint, text, edits, expected) => {
    expect(edited(endpoint, text, edits)).toBe(expected);
  });

  test('what is sent is the body of the client where nothing is changed', () => {
    const request = readModelRequest('chat', Buffer.from('{"model":"m"}'));
    if ('message' in request) throw new Error(request.message);
    expect(modelBody(request, { model: 'm', reasoning: 'STRIP' })).toBe(request.body);
  });
});
