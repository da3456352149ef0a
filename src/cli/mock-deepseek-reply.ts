import type { MockChat } from './mock-deepseek-chat.ts';
import type { MockReasoningForm } from './mock-deepseek-dialect.ts';
import type { MockBehaviour } from './mock-deepseek-rule.ts';
import { exampleOf, mockToolCalls, type MockToolCall } from './mock-deepseek-tool.ts';

/** A complete answer before it is put on the wire; the same request and script give the same one. */
export interface MockReply {
  /** A number of its own for each request, for ids. */
  readonly number: number;
  readonly created: number;
  readonly model: string;
  readonly reasoning: readonly string[];
  readonly content: readonly string[];
  readonly toolCalls: readonly MockToolCall[];
  /** In the words of chat completions. */
  readonly finishReason: string;
  readonly usage: MockUsage;
  readonly reasoningForm: MockReasoningForm;
}

/** Tokens of an answer. */
export interface MockUsage {
  readonly prompt: number;
  /** Of the prompt, found in the cache. */
  readonly cached: number;
  readonly reasoning: number;
  /** Reasoning included. */
  readonly completion: number;
}

/** What an answer depends on besides the request and the script. */
export interface MockStamp {
  readonly number: number;
  readonly created: number;
  readonly reasoningForm: MockReasoningForm;
}

/** Thinks up an answer: one word is one token is one chunk. */
export function mockReply(chat: MockChat, behaviour: MockBehaviour, stamp: MockStamp): MockReply {
  const calls = toolCalls(chat, behaviour);
  const thought = behaviour.reasoning ?? `The user wrote: ${chat.question} I will answer briefly.`;
  const limit = Math.min(chat.maxTokens, brokenOff(behaviour));
  const reasoning = chat.thinking ? words(thought).slice(0, limit) : [];
  const all = words(calls.length > 0 ? (behaviour.content ?? '') : contentOf(chat, behaviour));
  // Chain of thought counts against max_tokens.
  const content = all.slice(0, Math.max(0, limit - reasoning.length));
  const cut = content.length < all.length ? 'length' : 'stop';
  const spoken = calls.reduce((sum, call) => sum + words(call.arguments).length + 1, 0);
  const prompt = words(chat.prompt).length;
  const end = calls.length > 0 ? 'tool_calls' : cut;
  return {
    number: stamp.number,
    created: stamp.created,
    model: chat.model,
    reasoning: recut(reasoning, behaviour),
    content: recut(content, behaviour),
    toolCalls: calls,
    finishReason: behaviour.finishReason ?? end,
    usage: {
      prompt,
      // The context cache works in units of 64 tokens; here every whole unit counts as found.
      cached: Math.floor(prompt / 64) * 64,
      reasoning: reasoning.length,
      completion: reasoning.length + content.length + spoken,
    },
    reasoningForm: stamp.reasoningForm,
  };
}

/** A finish reason after some chunks ends the answer there. */
function brokenOff({ fault, finishReason, afterChunks }: MockBehaviour): number {
  const early = fault === undefined && finishReason !== undefined && afterChunks !== undefined;
  return early ? afterChunks : Number.POSITIVE_INFINITY;
}

function toolCalls(chat: MockChat, behaviour: MockBehaviour): readonly MockToolCall[] {
  if (behaviour.toolCalls === undefined) {
    return behaviour.content === undefined ? mockToolCalls(chat.tools) : [];
  }
  const { toolCalls: scripted } = behaviour;
  return scripted.map((call) => ({ name: call.name, arguments: JSON.stringify(call.arguments) }));
}

function contentOf(chat: MockChat, behaviour: MockBehaviour): string {
  const answer = behaviour.content ?? ownContent(chat);
  return Array.from({ length: behaviour.repeat ?? 1 }, () => answer).join(' ');
}

function ownContent({ question, json }: MockChat): string {
  const hello = 'Hello from the DeepSeek stand-in.';
  if (json === undefined) return `${hello} You wrote: ${question}`;
  const loose = { answer: hello, question };
  return JSON.stringify(Object.keys(json).length === 0 ? loose : exampleOf(json));
}

/** Words with the space before them: joined again they are the text. */
export function words(text: string): readonly string[] {
  return text.match(/\s*\S+/g) ?? [];
}

/** The same text in pieces of so many characters, where the script asks for it. */
export function recut(
  pieces: readonly string[],
  { chunkChars }: Pick<MockBehaviour, 'chunkChars'>,
): readonly string[] {
  if (chunkChars === undefined) return pieces;
  const characters = Array.from(pieces.join(''));
  return Array.from({ length: Math.ceil(characters.length / chunkChars) }, (_, index) =>
    characters.slice(index * chunkChars, (index + 1) * chunkChars).join(''),
  );
}
