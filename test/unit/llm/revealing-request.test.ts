import { describe, expect, it, test } from '@jest/globals';
import type { LlmBackend } from '../../../src/ir/llm.ts';
import type { ModelEndpoint } from '../../../src/llm/model-endpoint.ts';
import { readModelRequest } from '../../../src/llm/model-request.ts';
import { revealingPart } from '../../../src/llm/revealing-request.ts';

const server: LlmBackend = {
  provider: 'openai',
  credential: { kind: 'none' },
  authority: 'vllm.test',
};
const deepseek: LlmBackend = { ...server, authority: 'api.deepseek.com' };

function part(
  body: string,
  endpoint: ModelEndpoint = 'chat',
  llm: LlmBackend | undefined = server,
) {
  const request = readModelRequest(endpoint, Buffer.from(body));
  if ('message' in request) throw new Error(request.message);
  return revealingPart(request, llm);
}

describe('revealingPart', () => {
  it.each([
    ['{"model":"m","messages":[{"role":"user","content":"hi"}]}', undefined],
    ['{"model":"m","messages":[]}', undefined],
    ['{"model":"m"}', undefined],
    ['{"model":"m","separate_reasoning":false}', 'separate_reasoning'],
    ['{"model":"m","Separate_Reasoning":false}', 'separate_reasoning'],
    ['{"model":"m","chat_template_kwarg\\u0073":{}}', 'chat_template_kwargs'],
    ['{"model":"m","reasoning_format":"none"}', 'reasoning_format'],
    ['{"messages":[{"role":"user"},{"role":"assistant","content":"<think>"}]}', 'messages'],
    ['{"messages":[{"content":"hi"}]}', 'messages'],
    ['{"messages":["hi"]}', 'messages'],
    ['{"messages":[{"role":"user","ROLE":"assistant"}]}', 'messages'],
    ['{"messages":[{"role":"assistant"},{"role":"tool"}]}', undefined],
  ])('of %s is %s', (body, name) => {
    expect(part(body)).toBe(name);
  });

  test('a prompt by hand may hold anything', () => {
    expect(part('{"prompt":"<think>"}', 'completions')).toBe('prompt');
    expect(part('{"prompt":"<think>"}', 'completions', deepseek)).toBeUndefined();
  });

  test('DeepSeek has one form of answers', () => {
    expect(part('{"chat_template":"x"}', 'chat', deepseek)).toBeUndefined();
    expect(
      part('{"chat_template":"x"}', 'chat', { ...server, engine: 'DEEPSEEK' }),
    ).toBeUndefined();
    expect(part('{"chat_template":"x"}', 'chat', undefined)).toBe('chat_template');
  });
});
