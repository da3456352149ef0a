import { expect, it } from '@jest/globals';
import { UsageTail } from '../../../src/llm/usage-tail.ts';

it.each<[string, unknown]>([
  ['{"data":[],"usage":{"prompt_tokens":8,"total_tokens":8}}', { inputTokens: 8, outputTokens: 0 }],
  [
    '{"usage": { "prompt_tokens": 8, "prompt_tokens_details": {"cached_tokens": 2} }, "model":"m"}\n',
    { inputTokens: 8, outputTokens: 0, cacheHitTokens: 2 },
  ],
  ['{"data":[]}', undefined],
  ['{"usage":{"prompt_tokens":', undefined],
  ['{"usage":null}', undefined],
])('of %s', (text, usage) => {
  for (const size of [1, 7, text.length]) {
    const tail = new UsageTail();
    tail.push(Buffer.from(' '.repeat(9000)));
    for (let at = 0; at < text.length; at += size) {
      tail.push(Buffer.from(text.slice(at, at + size)));
    }
    expect(tail.usage).toEqual(usage);
  }
});
