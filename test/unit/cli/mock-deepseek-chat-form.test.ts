import { describe, expect, it } from '@jest/globals';

import { chatForm, type MockChatWish } from '../../../src/cli/mock-deepseek-chat-form.ts';
import { chatStyles } from '../../../src/cli/mock-deepseek-chat-style.ts';
import { mockDialectFacts, mockDialects } from '../../../src/cli/mock-deepseek-dialect.ts';
import { mockError } from '../../../src/cli/mock-deepseek-error.ts';
import type { MockReply } from '../../../src/cli/mock-deepseek-reply.ts';
import { recordedStreams } from '../../support/recorded-streams.ts';

const reply: MockReply = {
  number: 7,
  created: 1_790_000_000,
  model: 'm',
  reasoning: ['a', ' b'],
  content: ['c', ' d'],
  toolCalls: [],
  finishReason: 'stop',
  usage: { prompt: 130, cached: 128, reasoning: 2, completion: 4 },
  reasoningForm: 'reasoning_content',
};
const wish = (more: Partial<MockChatWish> = {}): MockChatWish => ({
  dialect: 'deepseek',
  chat: { includeUsage: true },
  behaviour: {},
  ...more,
});

interface Chunk {
  readonly choices: readonly { readonly delta: object; readonly finish_reason: unknown }[];
  readonly usage?: object | null;
}
const chunksOf = (more: Partial<MockChatWish>, said: MockReply = reply): readonly Chunk[] =>
  chatForm(wish(more))
    .events(said)
    .map(({ data }) => data as Chunk);
const deltas = (chunks: readonly Chunk[]): readonly object[] =>
  chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));

/** Names of members at the three levels that matter. */
function shape(chunk: Chunk): string {
  const [choice] = chunk.choices;
  const parts = [chunk, choice ?? {}, choice?.delta ?? {}, chunk.usage ?? {}];
  return parts.map((part) => Object.keys(part).toSorted().join()).join(' | ');
}

describe('chat completions of the stand-in', () => {
  const recordings = { deepseek: 'deepseek-usage-chunk.sse', 'llama.cpp': 'llama-cpp-chat.sse' };
  it.each(mockDialects)('of %s have the members of the recorded stream', (dialect) => {
    const name = (recordings as Record<string, string>)[dialect] ?? `${dialect}-chat.sse`;
    const bytes = recordedStreams().find((one) => one.name === name)!.bytes;
    const lines = bytes.toString().split('\n');
    const recorded = lines
      .filter((line) => line.startsWith('data: {'))
      .map((line) => shape(JSON.parse(line.slice(6)) as Chunk));
    const { reasoningForm } = mockDialectFacts[dialect];
    const made = chunksOf({ dialect }, { ...reply, reasoningForm }).map(shape);
    // The first chunk is not of interest: it says nothing.
    expect(new Set(made.slice(1))).toEqual(new Set(recorded.slice(1)));
  });

  it('are one document, without reasoning when there was none', () => {
    const text = JSON.stringify(chatForm(wish()).document({ ...reply, reasoning: [] }));
    expect(text).toContain('"content":"c d"');
    expect(text).not.toContain('reasoning_content');
  });

  it('are one chunk a word, between a first with the role and a last with the reason', () => {
    expect(chunksOf({ chat: { includeUsage: false } })).toHaveLength(6);
    const asked = chunksOf({});
    expect(asked).toHaveLength(7);
    expect(asked.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 130, completion_tokens: 4, total_tokens: 134 },
    });
  });

  it.each([
    ['deepseek', true],
    ['vllm', false],
    ['ollama', false],
  ] as const)('of %s bring usage unasked: %s', (dialect, brings) => {
    const last = chunksOf({ dialect, chat: { includeUsage: false } }).at(-1);
    expect(last?.usage !== undefined).toBe(brings);
  });

  it('bring no usage when the script says so', () => {
    const chunks = chunksOf({ behaviour: { usage: false } });
    expect(chunks.every(({ usage }) => !usage)).toBe(true);
    expect(chatForm(wish({ behaviour: { usage: false } })).document(reply)).not.toHaveProperty(
      'usage',
    );
  });

  it('of vLLM bring usage in every chunk on demand', () => {
    const chunks = chunksOf({
      dialect: 'vllm',
      chat: { includeUsage: true, continuousUsage: true },
    });
    expect(chunks.slice(0, 5).every(({ usage }) => usage)).toBe(true);
  });

  it.each([
    ['reasoning', [{ reasoning: 'a' }, { reasoning: ' b' }]],
    ['both', [{ reasoning: 'a', reasoning_content: 'a' }]],
    ['tags', [{ content: '<think>' }, { content: '\n' }, { content: 'a' }]],
    ['implicit', [{ content: 'a' }, { content: ' b' }, { content: '\n' }, { content: '</think>' }]],
  ] as const)('have reasoning in the form %s', (reasoningForm, expected) => {
    const chunks = chunksOf({ dialect: 'vllm' }, { ...reply, reasoningForm });
    expect(deltas(chunks).slice(1, 1 + expected.length)).toEqual(expected);
  });

  it('split tags where the script says so', () => {
    const said = { ...reply, reasoningForm: 'tags' as const };
    const chunks = chunksOf({ dialect: 'vllm', behaviour: { chunkChars: 4 } }, said);
    expect(deltas(chunks)[1]).toEqual({ content: '<thi' });
  });

  const calls = [{ name: 'f', arguments: '{"city":"Bonn"}' }];
  it('begin a call with its name and send its arguments in pieces', () => {
    const chunks = chunksOf({}, { ...reply, toolCalls: calls, finishReason: 'tool_calls' });
    const [head, ...pieces] = deltas(chunks).filter((delta) => 'tool_calls' in delta);
    const id = 'call_00_000000000007';
    const call = { index: 0, id, type: 'function', function: { name: 'f', arguments: '' } };
    expect(head).toEqual({ tool_calls: [call] });
    expect(pieces).toHaveLength(3);
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('tool_calls');
  });

  it('of Ollama send a call as a whole', () => {
    const chunks = chunksOf({ dialect: 'ollama' }, { ...reply, toolCalls: calls });
    const found = deltas(chunks).filter((delta) => 'tool_calls' in delta);
    expect(found).toMatchObject([{ tool_calls: [{ index: 0, function: calls[0] }] }]);
    expect(chatStyles.ollama.wholeCalls).toBe(true);
  });

  it.each(mockDialects)('of %s wrap an error in the middle of a stream', (dialect) => {
    const { data } = chatForm(wish({ dialect })).failure(mockError(500, 'broken'));
    expect(data).toMatchObject({ error: { message: 'broken' } });
  });
});
