import { describe, expect, test } from '@jest/globals';

import { readQueueDepth, tellsQueueDepth } from '../../../src/llm/queue-depth.ts';

const vllm = `# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="deepseek-ai/DeepSeek-R1"} 12.0
vllm:num_requests_running{engine="1",model_name="deepseek-ai/DeepSeek-R1"} 3.0
# HELP vllm:num_requests_waiting Number of requests waiting to be processed.
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{engine="0",model_name="deepseek-ai/DeepSeek-R1"} 5.0
vllm:num_requests_waiting{engine="1",model_name="deepseek-ai/DeepSeek-R1"} 0.0
vllm:num_requests_waiting_by_reason{engine="0",reason="capacity"} 99.0
`;

describe('readQueueDepth', () => {
  test.each([
    ['VLLM', vllm, { waiting: 5, running: 15 }],
    ['VLLM', vllm.replaceAll('\n', '\r\n'), { waiting: 5, running: 15 }],
    [
      'SGLANG',
      'sglang:num_running_reqs{model_name="r1"} 7.0\nsglang:num_queue_reqs{model_name="r1"} 2.0\n',
      { waiting: 2, running: 7 },
    ],
    [
      'LLAMA_CPP',
      'llamacpp:requests_processing 1\nllamacpp:requests_deferred 4',
      { waiting: 4, running: 1 },
    ],
    ['LLAMA_CPP', 'llamacpp:requests_deferred 4 1700000000000', { waiting: 4, running: 0 }],
    ['LLAMA_CPP', 'llamacpp:requests_deferred\t4e0', { waiting: 4, running: 0 }],
    ['VLLM', 'vllm:num_requests_waiting{a="}{ \\"9"} 3', { waiting: 3, running: 0 }],
  ] as const)('%s', (engine, text, depth) => {
    expect(readQueueDepth(engine, text)).toEqual(depth);
  });

  test.each([
    ['nothing of it', ''],
    ['metrics of another server', 'sglang:num_queue_reqs 2'],
    ['only the requests that run', 'vllm:num_requests_running 2'],
    ['a longer name', 'vllm:num_requests_waiting_total 2'],
    ['the name in a comment', '# vllm:num_requests_waiting 2'],
    ['the name in a label', 'up{m="vllm:num_requests_waiting 2"} 2'],
    ['no number', 'vllm:num_requests_waiting many'],
    ['no value', 'vllm:num_requests_waiting{a="b"} '],
    ['labels without an end', 'vllm:num_requests_waiting{a="b" 2'],
    ['not a number', 'vllm:num_requests_waiting NaN'],
    ['without end', 'vllm:num_requests_waiting +Inf'],
    ['less than none', 'vllm:num_requests_waiting -1'],
    ['too many fields', 'vllm:num_requests_waiting 1 2 3'],
    ['one good sample and one bad', 'vllm:num_requests_waiting 1\nvllm:num_requests_waiting x'],
    ['running requests that cannot be', 'vllm:num_requests_waiting 1\nvllm:num_requests_running x'],
  ])('knows nothing from %s', (_name, text) => {
    expect(readQueueDepth('VLLM', text)).toBeUndefined();
  });

  test('takes time in proportion to a hostile text', () => {
    const text = `vllm:num_requests_waiting{${'} '.repeat(500_000)}x`;
    const started = performance.now();
    expect(readQueueDepth('VLLM', text)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test('servers without such metrics', () => {
    expect(readQueueDepth('OLLAMA', 'vllm:num_requests_waiting 1')).toBeUndefined();
    const all = ['DEEPSEEK', 'OPENAI', 'VLLM', 'SGLANG', 'OLLAMA', 'LLAMA_CPP'] as const;
    expect(all.filter(tellsQueueDepth)).toEqual(['VLLM', 'SGLANG', 'LLAMA_CPP']);
    expect(tellsQueueDepth(undefined)).toBe(false);
  });
});
