import type { MockDeepseek } from '../../src/cli/mock-deepseek.ts';

/** A chunk of a streamed chat. */
interface MockChunk {
  readonly choices: readonly {
    readonly delta: Readonly<Record<string, unknown>>;
    readonly finish_reason: string | null;
  }[];
  readonly usage?: Readonly<Record<string, unknown>> | null;
}

/** Asks a DeepSeek stand-in that takes the key `sk-good`. */
export interface MockClient {
  readonly standIn: MockDeepseek;
  readonly ask: (body: unknown, more?: MockAsk) => Promise<Response>;
  readonly stream: (body?: object, headers?: Record<string, string>) => Promise<Response>;
  readonly events: (text: string) => readonly string[];
  readonly chunks: (text: string) => readonly MockChunk[];
  /** Until the last request is in that state, which the stand-in knows a moment after the client; for two seconds at most. */
  readonly untilState: (state: string) => Promise<void>;
}

interface MockAsk {
  readonly headers?: Record<string, string>;
  readonly path?: string;
  readonly signal?: AbortSignal;
}

export const question = {
  model: 'deepseek-flash',
  messages: [{ role: 'user', content: 'Hi there' }],
};

export function createMockClient(standIn: MockDeepseek): MockClient {
  const ask: MockClient['ask'] = (body, { headers, path = '/chat/completions', signal } = {}) =>
    fetch(`${standIn.url}${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-good', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...(signal ? { signal } : {}),
    });
  const events = (text: string): readonly string[] =>
    text.split('\n\n').filter((event) => event !== '');
  return {
    standIn,
    ask,
    stream: (body = {}, headers = {}) => ask({ ...question, stream: true, ...body }, { headers }),
    events,
    chunks: (text) =>
      events(text)
        .filter((event) => event.startsWith('data: {'))
        .map((event) => JSON.parse(event.slice(6)) as MockChunk),
    untilState: async (state) => {
      const deadline = performance.now() + 2000;
      while (standIn.requests().at(-1)?.state !== state) {
        if (performance.now() > deadline) throw new Error(`the request is not ${state}`);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
  };
}
