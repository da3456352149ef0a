import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createMockDeepseek, type MockDeepseek } from '../../src/cli/mock-deepseek.ts';
import type { MockRule } from '../../src/cli/mock-deepseek-rule.ts';
import type { LlmBackend } from '../../src/ir/llm.ts';
import {
  cluster,
  createScope,
  route,
  table,
  virtualHost,
  type Gateway,
} from '../support/gateway.ts';

const key = 'sk-failover0123456789';
const firstTokenMs = 400;

/** What the first server does; the second one is well. */
const before: readonly (readonly [what: string, rule: MockRule, onlyStreams?: true])[] = [
  ['no balance', { status: 402 }],
  ['too many requests', { status: 429 }],
  ['too many requests, with a time', { status: 429, retryAfter: 60 }],
  ['an error', { status: 500 }],
  ['overload', { status: 503 }],
  ['a connection that is cut', { fault: 'reset' }],
  ['no resources', { finishReason: 'insufficient_system_resource', afterChunks: 0 }],
  ['no first token, and no head', { fault: 'hang' }, true],
  ['no first token, but comments', { fault: 'stall', afterChunks: 0, keepAliveMs: 50 }, true],
];

/** Once the client has something. */
const behind: readonly (readonly [what: string, rule: MockRule])[] = [
  ['a connection that is cut', { fault: 'reset', afterChunks: 4 }],
  ['an end without an end', { fault: 'truncate', afterChunks: 4 }],
  ['an error', { fault: 'error', afterChunks: 4 }],
];

describe('failover between model servers', () => {
  const scope = createScope();
  let first: MockDeepseek;
  let second: MockDeepseek;
  let gateway: Gateway;

  beforeAll(async () => {
    first = await createMockDeepseek({ apiKeys: [key] });
    second = await createMockDeepseek({ dialect: 'vllm', models: ['r1'] });
  });
  afterAll(async () => {
    await first.close();
    await second.close();
  });

  /** Each time anew, so that nobody is passed over for what it did before. */
  beforeEach(async () => {
    const server = (name: string, { url }: MockDeepseek, llm: Partial<LlmBackend>) => {
      const { port, host: authority } = new URL(url);
      const settings: LlmBackend = {
        provider: 'openai',
        credential: { kind: 'none' },
        authority,
        ...llm,
      };
      return cluster(Number(port), { name, llm: settings });
    };
    const clusters = [
      server('first', first, {
        provider: 'deepseek',
        engine: 'DEEPSEEK',
        credential: { kind: 'secret', secret: 'ns.key' },
      }),
      server('second', second, { engine: 'VLLM', model: 'r1' }),
    ];
    const pools = clusters.map(({ name }) => [{ cluster: name, weight: 1 }]);
    const host = virtualHost({ routes: [route({ llm: { timeouts: { firstTokenMs } } })] });
    gateway = await scope.gateway(
      table(host, [cluster(1, { endpoints: [], pools }), ...clusters]),
      {
        secrets: { 'ns.key': key },
      },
    );
    second.script([{ content: 'from the second', reasoning: 'thoughts of the second' }]);
  });

  const ask = (stream: boolean): Promise<Response> =>
    fetch(`${gateway.url()}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({
        model: 'deepseek-flash',
        messages: [{ role: 'user', content: 'Hi' }],
        stream,
      }),
    });

  afterEach(scope.close);

  /** What the queues are read by is not counted. */
  const postedTo = (server: MockDeepseek): number =>
    server.requests().filter(({ method }) => method === 'POST').length;

  const counts = (): (() => readonly number[]) => {
    const from = [first, second].map(postedTo);
    return () => [first, second].map((server, index) => postedTo(server) - (from[index] ?? 0));
  };

  const cases = before.flatMap(([what, rule, onlyStreams]) =>
    onlyStreams === true
      ? [[what, true, rule] as const]
      : [[what, true, rule] as const, [what, false, rule] as const],
  );

  it.each(cases)('%s (stream: %s): the other server answers', async (_what, stream, rule) => {
    first.script([{ content: 'from the first', reasoning: 'thoughts of the first', ...rule }]);
    const asked = counts();
    const response = await ask(stream);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).not.toMatch(/first/);
    expect(textOf(text, stream)).toBe('from the second');
    expect(asked()).toEqual([1, 1]);
    const line = await gateway.nextLine();
    expect([line['upstream'], line['aborted']]).toEqual(['second', undefined]);
  });

  it.each(behind)('%s in mid-stream: no end that looks like one', async (_what, rule) => {
    first.script([{ content: 'one two three four five six', chunkDelayMs: 20, ...rule }]);
    const asked = counts();
    const response = await ask(true);
    const { text, isBroken } = await readAsFar(response);
    expect(text).toContain('"The"');
    expect(text).not.toMatch(/second|\[DONE\]/);
    expect(isBroken || text.includes('"error"')).toBe(true);
    expect(asked()).toEqual([1, 0]);
  });

  it('with both away the last answer goes out', async () => {
    first.script([{ status: 503 }]);
    second.script([{ status: 429, message: 'the second is busy' }]);
    const response = await ask(false);
    expect(response.status).toBe(429);
    expect(await response.text()).toContain('the second is busy');
  });

  it('who failed is passed over, until it is well', async () => {
    first.script([{ status: 503, times: 1 }]);
    const asked = counts();
    for (let turn = 0; turn < 3; turn += 1) await (await ask(false)).text();
    expect(asked()).toEqual([1, 3]);
  });
});

interface Message {
  readonly content?: string | null;
}

function textOf(text: string, stream: boolean): string {
  if (!stream) {
    const { choices } = JSON.parse(text) as { choices: readonly { message: Message }[] };
    return choices[0]?.message.content ?? '';
  }
  const chunks = text
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice(6)) as { choices: readonly { delta: Message }[] });
  return chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
}

/** What comes until the connection ends, in whatever way. */
async function readAsFar({ body }: Response) {
  let text = '';
  try {
    for await (const piece of body ?? []) text += Buffer.from(piece).toString();
    return { text, isBroken: false };
  } catch {
    return { text, isBroken: true };
  }
}
