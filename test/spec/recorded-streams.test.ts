import { describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';

import { recordedStreams, type RecordedStream } from '../support/recorded-streams.ts';

interface Delta {
  readonly content?: string | null;
  readonly reasoning?: string | null;
  readonly reasoning_content?: string | null;
}

interface Chunk {
  readonly choices?: readonly { readonly index: number; readonly delta: Delta }[];
  readonly usage?: unknown;
  readonly error?: unknown;
}

/** By the rules of the recordings, which are simpler than those of the wire: one `data` line an event. */
function dataOf({ bytes }: RecordedStream): readonly Record<string, unknown>[] {
  return bytes
    .toString('utf8')
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice('data: '.length)) as Record<string, unknown>);
}

function textOf(chunks: readonly Chunk[], index: number): { reasoning: string; content: string } {
  const said = { reasoning: '', content: '' };
  for (const { delta } of chunks
    .flatMap(({ choices = [] }) => choices)
    .filter((choice) => choice.index === index)) {
    said.reasoning += delta.reasoning_content ?? delta.reasoning ?? '';
    said.content += delta.content ?? '';
  }
  return said;
}

const withoutTags = ({ content }: { content: string }): { reasoning: string; content: string } => {
  const [thought = '', said = ''] = content.replace(/^<think>/, '').split('</think>');
  return { reasoning: thought, content: said };
};

describe('recorded streams', () => {
  const streams = recordedStreams();
  const chats = streams.filter(({ expected }) => expected.endpoint === 'chat');

  it('are all of the files', () => {
    const files = readdirSync('test/fixtures/streams').filter((name) => name.endsWith('.sse'));
    expect(files.toSorted()).toEqual(streams.map(({ name }) => name).toSorted());
    expect(new Set(streams.map(({ expected }) => expected.dialect)).size).toBe(5);
  });

  it.each(chats.map((stream) => [stream.name, stream] as const))(
    '%s says what is expected of it',
    (_name, stream) => {
      const { expected } = stream;
      const chunks = dataOf(stream) as unknown as readonly Chunk[];
      for (const [index, choice] of (expected.choices ?? [expected]).entries()) {
        const said = textOf(chunks, index);
        const wanted = { reasoning: choice.reasoning, content: choice.content };
        expect(expected.thinkTags === undefined ? said : withoutTags(said)).toEqual(wanted);
      }
      expect(chunks.findLast(({ usage }) => usage)?.usage).toEqual(expected.usage);
      expect(chunks.some(({ error }) => error !== undefined)).toBe(expected.error ?? false);
    },
  );

  it.each(['messages', 'responses'])('of %s have types and no [DONE]', (endpoint) => {
    const found = streams.filter(({ expected }) => expected.endpoint === endpoint);
    expect(found.length).toBeGreaterThan(1);
    for (const stream of found) {
      expect(stream.bytes.includes('[DONE]')).toBe(false);
      expect(dataOf(stream).every(({ type }) => typeof type === 'string')).toBe(true);
    }
  });
});
