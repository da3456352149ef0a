import type { MockChat } from './mock-deepseek-chat.ts';
import type { MockBehaviour } from './mock-deepseek-rule.ts';

/** A complete answer before it is put on the wire; the same request and script give the same one. */
export interface MockReply {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly reasoning: readonly string[];
  readonly content: readonly string[];
  readonly finishReason: string;
  readonly usage: Readonly<Record<string, unknown>>;
}

/** Thinks up an answer: one word is one token is one chunk. */
export function mockReply(
  chat: MockChat,
  behaviour: MockBehaviour,
  stamp: { readonly number: number; readonly created: number },
): MockReply {
  const thought = behaviour.reasoning ?? `The user wrote: ${chat.question} I will answer briefly.`;
  const answer =
    behaviour.content ?? `Hello from the DeepSeek stand-in. You wrote: ${chat.question}`;
  const said = Array.from({ length: behaviour.repeat ?? 1 }, () => answer).join(' ');
  const reasoning = chat.thinking ? words(thought).slice(0, chat.maxTokens) : [];
  const all = words(said);
  // Chain of thought counts against max_tokens.
  const content = all.slice(0, Math.max(0, chat.maxTokens - reasoning.length));
  const cut = content.length < all.length ? 'length' : 'stop';
  return {
    id: `00000000-0000-4000-8000-${String(stamp.number).padStart(12, '0')}`,
    created: stamp.created,
    model: chat.model,
    reasoning,
    content,
    finishReason: behaviour.finishReason ?? cut,
    usage: usage(words(chat.prompt).length, reasoning.length, content.length),
  };
}

/** The whole answer as one JSON document. */
export function completion(reply: MockReply): object {
  const message = {
    role: 'assistant',
    content: reply.content.join(''),
    ...(reply.reasoning.length > 0 ? { reasoning_content: reply.reasoning.join('') } : {}),
  };
  const choice = { index: 0, message, logprobs: null, finish_reason: reply.finishReason };
  return { ...frame(reply, 'chat.completion'), choices: [choice], usage: reply.usage };
}

/** The answer as chunks: reasoning first, then content, the other one null; usage in the last, or in one without choices. */
export function completionChunks(reply: MockReply, includeUsage: boolean): readonly object[] {
  const chunk = (delta: object, finishReason: string | null, rest: object): object => ({
    ...frame(reply, 'chat.completion.chunk'),
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
    ...rest,
  });
  const none = includeUsage ? { usage: null } : {};
  const start = { role: 'assistant', content: null, reasoning_content: '' };
  const end = { content: '', reasoning_content: null };
  return [
    chunk(start, null, none),
    ...reply.reasoning.map((text) => chunk({ content: null, reasoning_content: text }, null, none)),
    ...reply.content.map((text) => chunk({ content: text, reasoning_content: null }, null, none)),
    chunk(end, reply.finishReason, includeUsage ? none : { usage: reply.usage }),
    ...(includeUsage
      ? [{ ...frame(reply, 'chat.completion.chunk'), choices: [], usage: reply.usage }]
      : []),
  ];
}

function frame(reply: MockReply, object: string): object {
  const { id, created, model } = reply;
  return { id, object, created, model, system_fingerprint: 'fp_stand_in' };
}

function usage(prompt: number, reasoning: number, content: number): MockReply['usage'] {
  // The context cache works in units of 64 tokens; here every whole unit counts as found.
  const hit = Math.floor(prompt / 64) * 64;
  return {
    prompt_tokens: prompt,
    completion_tokens: reasoning + content,
    total_tokens: prompt + reasoning + content,
    prompt_tokens_details: { cached_tokens: hit },
    completion_tokens_details: { reasoning_tokens: reasoning },
    prompt_cache_hit_tokens: hit,
    prompt_cache_miss_tokens: prompt - hit,
  };
}

/** Words with the space before them: joined again they are the text. */
function words(text: string): readonly string[] {
  return text.match(/\s*\S+/g) ?? [];
}
