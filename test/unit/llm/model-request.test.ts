import { describe, expect, test } from '@jest/globals';

import { readModelRequest } from '../../../src/llm/model-request.ts';

const read = (text: string) => readModelRequest('chat', Buffer.from(text));

describe('readModelRequest', () => {
  test.each([
    ['{"model":"m"}', { model: 'm', stream: false, asksUsage: false, namesOthers: false }],
    ['{"model":"m","stream":true}', { model: 'm', stream: true }],
    ['{"model":"m","stream":null}', { stream: false }],
    ['{"mod\\u0065l":"\\u006d"}', { model: 'm' }],
    ['{"stream_options":{"include_usage":true}}', { model: undefined, asksUsage: true }],
    ['{"stream_options":{"include_usage":false}}', { asksUsage: false }],
    ['{"stream_options":null}', { asksUsage: false }],
    ['{"stream_options":{}}', { asksUsage: false }],
    ['{"x":{"model":"a","model":"b","stream":1},"model":"m"}', { model: 'm', stream: false }],
    ['{"x":1,"x":2,"X":3}', { model: undefined }],
    ['{"models":["a"],"model":"m"}', { namesOthers: true }],
    ['{"fallbacks":null}', { namesOthers: true }],
    ['{"extra_body":{"model":"a"}}', { namesOthers: true }],
    ['{"content_policy_fallbacks":[]}', { namesOthers: true }],
    ['{"context_window_fallback_dict":{}}', { namesOthers: true }],
    ['{"providerOptions":{}}', { namesOthers: true }],
    ['{"Preset":"p"}', { namesOthers: true }],
    ['{"modalities":["text"]}', { namesOthers: false }],
    ['{"tools":[{"type":"image_generation","model":"b"}]}', { namesOthers: true }],
    ['{"tools":[{"type":"x"},{"Model":"b"}]}', { namesOthers: true }],
    [
      '{"tools":[{"type":"function","function":{"parameters":{"properties":{"model":{}}}}},1]}',
      { namesOthers: false },
    ],
    [`{"tools":[${'1,'.repeat(100_000)}1]}`, { namesOthers: true }],
    ['{"tools":{"model":"b"}}', { namesOthers: false }],
    ['{"metadata":{"user_id":"u"}}', {}],
    ['{"metadata":null}', {}],
  ])('%s', (text, expected) => {
    expect(read(text)).toMatchObject({ endpoint: 'chat', body: Buffer.from(text), ...expected });
  });

  test.each([
    ['', 'a JSON object'],
    ['[]', 'a JSON object'],
    ['{"model":"m"', 'a JSON object'],
    ['{"model":"m"}{}', 'a JSON object'],
    ['\ufeff{"model":"m"}', 'a JSON object'],
    ['{"model":null}', '`model`'],
    ['{"model":7}', '`model`'],
    ['{"model":["m"]}', '`model`'],
    ['{"model":""}', '`model`'],
    ['{"model":"a","model":"a"}', '`model`'],
    ['{"model":"a","mod\\u0065l":"b"}', '`model`'],
    ['{"Model":"a"}', '`model`'],
    ['{"model":"a","MODEL":"b"}', '`model`'],
    ['{"stream":true,"\\u017ftream":false}', '`stream`'],
    ['{"toKens":1,"fallbac\u212as":[]}', '`fallbacks`'],
    ['{"messages":[],"messages":[]}', '`messages`'],
    ['{"stream":"true"}', '`stream`'],
    ['{"stream":1}', '`stream`'],
    ['{"stream_options":[]}', '`stream_options`'],
    ['{"stream_options":{"include_usage":1}}', '`stream_options.include_usage`'],
    [
      '{"stream_options":{"include_usage":true,"include_usage":false}}',
      '`stream_options.include_usage`',
    ],
    ['{"stream_options":{"Include_Usage":true}}', '`stream_options.include_usage`'],
    ['{"metadata":"x"}', '`metadata`'],
    ['{"metadata":{"user_id":"a","User_ID":"b"}}', '`metadata.user_id`'],
  ])('refuses %s', (text, part) => {
    const refusal = read(text);
    expect(refusal).toHaveProperty('message', expect.stringContaining(part));
  });

  test('refuses bytes that are no UTF-8, and repeats nothing of a body', () => {
    const bytes = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
    expect(readModelRequest('chat', bytes)).toHaveProperty('message');
    expect(JSON.stringify(read('my secret prompt'))).not.toContain('secret');
  });
});
