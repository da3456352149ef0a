import type { MockDialect } from './mock-deepseek-dialect.ts';

/** What the metrics of a model server show. */
export interface MockLoad {
  readonly running: number;
  readonly waiting: number;
  /** From 0 to 1. */
  readonly kvUsage: number;
}

type Metric = readonly [name: string, help: string, value: (load: MockLoad) => number];

const running = (load: MockLoad): number => load.running;
const waiting = (load: MockLoad): number => load.waiting;
const kvUsage = (load: MockLoad): number => load.kvUsage;

const metrics: Readonly<Partial<Record<MockDialect, readonly Metric[]>>> = {
  vllm: [
    ['vllm:num_requests_running', 'Requests in execution.', running],
    ['vllm:num_requests_waiting', 'Requests waiting to be processed.', waiting],
    ['vllm:kv_cache_usage_perc', 'KV cache in use, 1 is all of it.', kvUsage],
  ],
  sglang: [
    ['sglang:num_running_reqs', 'Requests in execution.', running],
    ['sglang:num_queue_reqs', 'Requests in the waiting queue.', waiting],
    ['sglang:token_usage', 'Token pool in use.', kvUsage],
  ],
  'llama.cpp': [
    ['llamacpp:requests_processing', 'Requests processing.', running],
    ['llamacpp:requests_deferred', 'Requests deferred.', waiting],
  ],
};

const labels: Readonly<Partial<Record<MockDialect, (model: string) => string>>> = {
  vllm: (model) => `{engine="0",model_name="${model}"}`,
  sglang: (model) => `{model_name="${model}",engine_type="unified"}`,
};

/** The page of metrics in Prometheus' text form; nothing for servers without one. */
export function mockMetrics(
  dialect: MockDialect,
  model: string,
  load: MockLoad,
): string | undefined {
  const label = labels[dialect]?.(model) ?? '';
  return metrics[dialect]
    ?.map(([name, help, value]) =>
      [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name}${label} ${value(load)}`, ''].join(
        '\n',
      ),
    )
    .join('');
}
