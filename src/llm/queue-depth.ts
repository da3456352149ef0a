import type { ModelEngine } from '../ir/llm.ts';

/** What a model server says of the requests it has. */
export interface QueueDepth {
  readonly waiting: number;
  readonly running: number;
}

/** Where servers say it; the others say nothing. */
export const queueMetricsPath = '/metrics';

const metricNames: Partial<
  Record<ModelEngine, { readonly waiting: string; readonly running: string }>
> = {
  VLLM: { waiting: 'vllm:num_requests_waiting', running: 'vllm:num_requests_running' },
  SGLANG: { waiting: 'sglang:num_queue_reqs', running: 'sglang:num_running_reqs' },
  LLAMA_CPP: { waiting: 'llamacpp:requests_deferred', running: 'llamacpp:requests_processing' },
};

/** Whether servers of this kind can tell how many requests wait. */
export function tellsQueueDepth(engine: ModelEngine | undefined): engine is ModelEngine {
  return engine !== undefined && metricNames[engine] !== undefined;
}

/**
 * Reads it from Prometheus' text format, over all models and workers of the server. Undefined: it is not there, or not a
 * number that can be right; then nothing is known.
 */
export function readQueueDepth(engine: ModelEngine, text: string): QueueDepth | undefined {
  const names = metricNames[engine];
  if (names === undefined) return undefined;
  const waiting = sumOf(text, names.waiting);
  const running = sumOf(text, names.running);
  if (typeof waiting !== 'number' || running === 'unreadable') return undefined;
  return { waiting, running: running ?? 0 };
}

/** Of all samples of a metric; undefined: there is none. */
function sumOf(text: string, name: string): number | 'unreadable' | undefined {
  let sum: number | undefined;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
    const isFirst = at === 0 || text[at - 1] === '\n';
    if (!isFirst) continue;
    const end = text.indexOf('\n', at);
    const rest = text.slice(at + name.length, end < 0 ? undefined : end);
    // Another metric, whose name is longer.
    if (!/^[ \t{]/.test(rest)) continue;
    const value = valueOf(rest);
    if (value === undefined) return 'unreadable';
    sum = (sum ?? 0) + value;
  }
  return sum;
}

/** Of a line behind the name: labels, if there are any, a number, and perhaps the time of it. */
function valueOf(rest: string): number | undefined {
  const labelsEnd = rest.startsWith('{') ? rest.lastIndexOf('}') : 0;
  if (labelsEnd < 0) return undefined;
  const fields = rest
    .slice(rest.startsWith('{') ? labelsEnd + 1 : 0)
    .trim()
    .split(/[ \t]+/);
  const [text = ''] = fields;
  const value = text === '' || fields.length > 2 ? NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
