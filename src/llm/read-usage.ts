import { isRecord, type JsonRecord } from './json-record.ts';
import type { TokenUsage } from './token-usage.ts';

/** Usage of chat completions, completions and embeddings; undefined: there is none, or it is none. */
export function readChatUsage(value: unknown): TokenUsage | undefined {
  if (!isRecord(value)) return undefined;
  const input = countOf(value['prompt_tokens']);
  if (input === undefined) return undefined;
  const prompt = detailsOf(value, 'prompt_tokens_details');
  const completion = detailsOf(value, 'completion_tokens_details');
  return usageOf(input, countOf(value['completion_tokens']), {
    // DeepSeek says the same twice.
    cacheHitTokens: countOf(value['prompt_cache_hit_tokens']) ?? countOf(prompt['cached_tokens']),
    cacheMissTokens: countOf(value['prompt_cache_miss_tokens']),
    // SGLang has it outside.
    reasoningTokens: countOf(completion['reasoning_tokens']) ?? countOf(value['reasoning_tokens']),
  });
}

/** Usage of messages; what comes later in a stream is put over `before`. */
export function readMessagesUsage(value: unknown, before: JsonRecord = {}): TokenUsage | undefined {
  if (!isRecord(value)) return undefined;
  const all = { ...before, ...value };
  const fresh = countOf(all['input_tokens']);
  if (fresh === undefined) return undefined;
  const read = countOf(all['cache_read_input_tokens']);
  const written = countOf(all['cache_creation_input_tokens']);
  // The prompt is told of in three parts there.
  return usageOf(fresh + (read ?? 0) + (written ?? 0), countOf(all['output_tokens']), {
    cacheHitTokens: read,
    cacheMissTokens: read === undefined ? undefined : fresh + (written ?? 0),
    reasoningTokens: countOf(detailsOf(all, 'output_tokens_details')['reasoning_tokens']),
  });
}

/** Usage of responses. */
export function readResponsesUsage(value: unknown): TokenUsage | undefined {
  if (!isRecord(value)) return undefined;
  const input = countOf(value['input_tokens']);
  if (input === undefined) return undefined;
  return usageOf(input, countOf(value['output_tokens']), {
    cacheHitTokens: countOf(detailsOf(value, 'input_tokens_details')['cached_tokens']),
    cacheMissTokens: undefined,
    reasoningTokens: countOf(detailsOf(value, 'output_tokens_details')['reasoning_tokens']),
  });
}

type Parts = Record<'cacheHitTokens' | 'cacheMissTokens' | 'reasoningTokens', number | undefined>;

function usageOf(inputTokens: number, output: number | undefined, parts: Parts): TokenUsage {
  const { cacheHitTokens, cacheMissTokens, reasoningTokens } = parts;
  return {
    inputTokens,
    outputTokens: output ?? 0,
    ...(cacheHitTokens === undefined ? {} : { cacheHitTokens }),
    ...(cacheMissTokens === undefined ? {} : { cacheMissTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
}

function detailsOf(record: JsonRecord, name: string): JsonRecord {
  const details = record[name];
  return isRecord(details) ? details : {};
}

/** What is no count of tokens is nothing: a server must not be able to say that less than nothing was used. */
function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
