import { readFileSync } from 'node:fs';

/** What a correct reader gets out of a recorded stream; see test/fixtures/streams/README.md. */
interface RecordedAnswer {
  readonly dialect: 'deepseek' | 'vllm' | 'sglang' | 'ollama' | 'llama.cpp';
  readonly endpoint: 'chat' | 'messages' | 'responses';
  readonly thinkTags?: 'OPENED' | 'IMPLICIT';
  readonly reasoning?: string;
  readonly content?: string;
  readonly choices?: readonly { readonly reasoning: string; readonly content: string }[];
  readonly toolCalls?: readonly {
    readonly id: string;
    readonly name: string;
    readonly arguments: string;
  }[];
  readonly finishReason?: string;
  readonly usage?: Readonly<Record<string, unknown>>;
  readonly usageIn?: 'last chunk' | 'chunk without choices' | 'every chunk';
  readonly error?: true;
}

export interface RecordedStream {
  readonly name: string;
  readonly bytes: Buffer;
  readonly expected: RecordedAnswer;
}

const folder = new URL('../fixtures/streams/', import.meta.url);

/** All recorded streams of model servers, by name. */
export function recordedStreams(): readonly RecordedStream[] {
  const expected = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')) as Readonly<
    Record<string, RecordedAnswer>
  >;
  return Object.entries(expected).map(([name, answer]) => ({
    name,
    bytes: readFileSync(new URL(name, folder)),
    expected: answer,
  }));
}
