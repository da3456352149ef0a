import type { MockDialect } from './mock-deepseek-dialect.ts';
import type { MockReply, MockUsage } from './mock-deepseek-reply.ts';

/** What tells the chat completions of one server from those of another. */
export interface MockChatStyle {
  /** Members of every document and chunk. */
  readonly frame: (reply: MockReply, object: string) => object;
  readonly choice: (delta: object, finishReason: string | null) => object;
  /** Delta of a first chunk that says nothing yet. */
  readonly first?: object;
  /** A delta with all members that this server sends. */
  readonly delta: (said: object) => object;
  readonly last: object;
  readonly usage: (usage: MockUsage) => object;
  /** Usage comes in the last chunk when the client did not ask for it. */
  readonly usageUnasked: boolean;
  readonly nullUsage: (asked: boolean) => object;
  readonly continuousUsage: boolean;
  /** Tool calls come in one piece. */
  readonly wholeCalls: boolean;
}

const three = ({ prompt, completion }: MockUsage): Readonly<Record<string, number>> => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
});

const plain = {
  last: {},
  usage: (usage: MockUsage) => ({ usage: three(usage) }),
  usageUnasked: false,
  nullUsage: () => ({}),
  continuousUsage: false,
  wholeCalls: false,
  delta: (said: object) => said,
};

const chatId = ({ number }: MockReply): string => `chatcmpl-${String(number).padStart(24, '0')}`;

/** The form of each server, member by member as documented. */
export const chatStyles: Readonly<Record<MockDialect, MockChatStyle>> = {
  deepseek: {
    ...plain,
    frame: ({ number, created, model }, object) => ({
      id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
      object,
      created,
      model,
      system_fingerprint: 'fp_stand_in',
    }),
    choice: (delta, reason) => ({ index: 0, delta, logprobs: null, finish_reason: reason }),
    first: { role: 'assistant', content: null, reasoning_content: '' },
    delta: (said) =>
      'tool_calls' in said ? said : { content: null, reasoning_content: null, ...said },
    last: { content: '', reasoning_content: null },
    usage: deepseekUsage,
    usageUnasked: true,
    nullUsage: (asked) => (asked ? { usage: null } : {}),
  },
  vllm: {
    ...plain,
    frame: (reply, object) => ({
      id: chatId(reply),
      object,
      created: reply.created,
      model: reply.model,
    }),
    choice: (delta, reason) => ({
      index: 0,
      delta,
      logprobs: null,
      finish_reason: reason,
      ...(reason === null ? {} : { stop_reason: null }),
      token_ids: null,
    }),
    first: { role: 'assistant', content: '' },
    continuousUsage: true,
  },
  sglang: {
    ...plain,
    frame: ({ number, created, model }, object) => ({
      id: String(number).padStart(32, '0'),
      object,
      created,
      model,
    }),
    choice: (delta, reason) => ({
      index: 0,
      delta,
      logprobs: null,
      finish_reason: reason,
      matched_stop: reason === 'stop' ? 1 : null,
    }),
    first: { role: 'assistant', content: '', reasoning_content: null, tool_calls: null },
    delta: (said) => ({
      role: null,
      content: null,
      reasoning_content: null,
      tool_calls: null,
      ...said,
    }),
    last: { role: null, content: null, reasoning_content: null, tool_calls: null },
    usage: (usage) => ({
      usage: {
        ...three(usage),
        prompt_tokens_details: { cached_tokens: usage.cached },
        reasoning_tokens: usage.reasoning,
      },
    }),
    nullUsage: () => ({ usage: null }),
  },
  ollama: {
    ...plain,
    frame: ({ number, created, model }, object) => ({
      id: `chatcmpl-${number % 1000}`,
      object,
      created,
      model,
      system_fingerprint: 'fp_ollama',
    }),
    choice: (delta, reason) => ({ index: 0, delta, finish_reason: reason }),
    delta: (said) => ({ role: 'assistant', content: '', ...said }),
    last: { role: 'assistant', content: '' },
    wholeCalls: true,
  },
  'llama.cpp': {
    ...plain,
    frame: (reply, object) => ({
      created: reply.created,
      id: chatId(reply),
      model: reply.model,
      system_fingerprint: 'b7100-stand-in',
      object,
    }),
    choice: (delta, reason) => ({ finish_reason: reason, index: 0, delta }),
    first: { role: 'assistant', content: null },
    usage: (usage) => ({ usage: three(usage), timings: timings(usage) }),
  },
};

function deepseekUsage(usage: MockUsage): object {
  return {
    usage: {
      ...three(usage),
      prompt_tokens_details: { cached_tokens: usage.cached },
      completion_tokens_details: { reasoning_tokens: usage.reasoning },
      prompt_cache_hit_tokens: usage.cached,
      prompt_cache_miss_tokens: usage.prompt - usage.cached,
    },
  };
}

function timings({ prompt, cached, completion }: MockUsage): object {
  return {
    cache_n: cached,
    prompt_n: prompt - cached,
    prompt_ms: 10,
    predicted_n: completion,
    predicted_ms: 100,
  };
}
