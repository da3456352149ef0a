import { describe, expect, test } from '@jest/globals';

import type { ReasoningInput } from '../../../src/ir/llm.ts';
import type { ModelEndpoint } from '../../../src/llm/model-endpoint.ts';
import { modelBody } from '../../../src/llm/model-body.ts';
import { readModelRequest } from '../../../src/llm/model-request.ts';
import { reasoningInputOf } from '../../../src/llm/reasoning-input.ts';

function edited(endpoint: ModelEndpoint, text: string, reasoning: ReasoningInput): string {
  const request = readModelRequest(endpoint, Buffer.from(text));
  if ('message' in request) throw new Error(request.message);
  const body = modelBody(request, { reasoning }).toString();
  JSON.parse(body);
  return body;
}

const calls = '"tool_calls":[{"id":"1"}]';

describe('reasoning that clients send back', () => {
  test.each([
    [`{"role":"assistant",${calls}}`, `{"reasoning_content":"","role":"assistant",${calls}}`],
    [
      `{"role":"assistant","reasoning_content":null,${calls}}`,
      `{"role":"assistant","reasoning_content":"",${calls}}`,
    ],
    [
      `{"role":"assistant","reasoning":"a\\n😀",${calls}}`,
      `{"reasoning_content":"a\\n😀","role":"assistant","reasoning":"a\\n😀",${calls}}`,
    ],
    [
      `{"role":"assistant","reasoning":{"x":1},${calls}}`,
      `{"reasoning_content":"","role":"assistant","reasoning":{"x":1},${calls}}`,
    ],
    [`{"role":"assistant","reasoning_content":"kept",${calls}}`, undefined],
    [
      '{"role":"assistant","tool_calls":null}',
      '{"reasoning_content":"","role":"assistant","tool_calls":null}',
    ],
    ['{"role":"assistant","content":"x"}', undefined],
    [`{"role":"assistant","prefix":true,${calls}}`, undefined],
    [
      `{"role":"assistant","prefix":false,${calls}}`,
      `{"reasoning_content":"","role":"assistant","prefix":false,${calls}}`,
    ],
    [`{"role":"user",${calls}}`, undefined],
    [`{"role":"assistant","role":"assistant",${calls}}`, undefined],
    ['"tool_calls"', undefined],
    ['[{"tool_calls":1}]', undefined],
  ])('PAD %s', (message, expected) => {
    const text = (one: string): string => `{"messages":[{"role":"user","content":"q"}, ${one}]}`;
    expect(edited('chat', text(message), 'PAD')).toBe(text(expected ?? message));
  });

  test('PAD, each message of the assistant where there are tools', () => {
    const turn = `{"role":"assistant","reasoning_content":"r",${calls}},{"role":"tool","content":"1"}`;
    const text = `{"messages":[${turn},{"role":"assistant","content":"a"},{"role":"user","content":"q"}]}`;
    const padded = '{"reasoning_content":"","role":"assistant","content":"a"}';
    expect(edited('chat', text, 'PAD')).toBe(
      text.replace('{"role":"assistant","content":"a"}', padded),
    );
    const offered = '{"tools":[],"messages":[{"role":"assistant","content":"a"}]}';
    expect(edited('chat', offered, 'PAD')).toBe(`{"tools":[],"messages":[${padded}]}`);
  });

  test.each([
    [
      '{"role":"assistant","reasoning_content":"x","content":"c"}',
      '{"role":"assistant","content":"c"}',
    ],
    ['{"reasoning":"y","role":"assistant","reasoning_content":"x"}', '{"role":"assistant"}'],
    ['{"role":"user","reasoning_content":"x"}', undefined],
    ['{"role":"assistant","content":"reasoning"}', undefined],
  ])('STRIP %s', (message, expected) => {
    const text = (one: string): string => `{"messages":[${one},${one}],"n":1}`;
    expect(edited('chat', text(message), 'STRIP')).toBe(text(expected ?? message));
  });

  test('STRIP takes blocks of thinking out of messages', () => {
    const thinking = '{"type":"thinking","thinking":"x","signature":"s"}';
    const text = `{"messages":[{"role":"assistant","content":[${thinking},{"type":"text","text":"t"},{"type":"redacted_thinking"}]},{"role":"user","content":"thinking"}]}`;
    expect(edited('messages', text, 'STRIP')).toBe(
      '{"messages":[{"role":"assistant","content":[{"type":"text","text":"t"}]},{"role":"user","content":"thinking"}]}',
    );
  });

  test('STRIP takes items of reasoning out of the input of responses', () => {
    const text = '{"input":[{"type":"reasoning","summary":[]},{"role":"user","content":"q"}]}';
    const expected = '{"input":[{"role":"user","content":"q"}]}';
    expect(edited('responses', text, 'STRIP')).toBe(expected);
    expect(edited('responses', '{"input":"reasoning"}', 'STRIP')).toBe('{"input":"reasoning"}');
  });

  test.each(['chat', 'messages', 'responses', 'completions'] as const)('KEEP, %s', (endpoint) => {
    const text = `{"messages":[{"role":"assistant","reasoning":"r",${calls}}],"input":[{"type":"reasoning"}]}`;
    expect(edited(endpoint, text, 'KEEP')).toBe(text);
  });
});

describe('rule for reasoning of a server', () => {
  test.each([
    [{ authority: 'api.deepseek.com' }, 'PAD'],
    [{ authority: 'proxy.example', engine: 'DEEPSEEK' as const }, 'PAD'],
    [{ authority: 'vllm.example', engine: 'VLLM' as const }, 'KEEP'],
    [{ authority: 'r1.example' }, 'KEEP'],
    [{ authority: 'api.deepseek.com', reasoningInput: 'STRIP' as const }, 'STRIP'],
  ])('%j', (settings, rule) => {
    const backend = { provider: 'deepseek', credential: { kind: 'none' }, ...settings } as const;
    expect(reasoningInputOf(backend)).toBe(rule);
  });
});
