import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { MockReasoningForm } from '../../src/cli/mock-deepseek-dialect.ts';
import type { MockRule } from '../../src/cli/mock-deepseek-rule.ts';
import { createMockDeepseek, type MockDeepseek } from '../../src/cli/mock-deepseek.ts';
import { startModelGateway, type ModelGateway } from '../support/model-gateway.ts';

/** Each server, the engine it is called in manifests, and the model that it has. */
const servers = {
  vllm: { engine: 'VLLM', model: 'deepseek-ai/DeepSeek-R1' },
  sglang: { engine: 'SGLANG', model: 'deepseek-ai/DeepSeek-R1' },
  ollama: { engine: 'OLLAMA', model: 'deepseek-r1:8b' },
  'llama.cpp': { engine: 'LLAMA_CPP', model: 'deepseek-r1' },
} as const;
type Dialect = keyof typeof servers | 'deepseek';
const modelOf = (dialect: Dialect): string =>
  dialect === 'deepseek' ? 'deepseek-flash' : servers[dialect].model;

const reasoning = 'The sky is blue, <b>they say</b>, at ½ past 咖啡 ☕.';
const content = 'Blue 👍🏽 </thin> data: [DONE] "quoted".';

const forms: readonly (readonly [Dialect, MockReasoningForm, string])[] = [
  ['deepseek', 'reasoning_content', '/deepseek'],
  ['vllm', 'reasoning', '/vllm'],
  ['vllm', 'both', '/vllm'],
  ['vllm', 'tags', '/vllm'],
  ['vllm', 'implicit', '/vllm-implicit'],
  ['sglang', 'reasoning_content', '/sglang'],
  ['sglang', 'implicit', '/sglang-implicit'],
  ['ollama', 'reasoning', '/ollama'],
  ['llama.cpp', 'reasoning_content', '/llama.cpp'],
  ['llama.cpp', 'tags', '/llama.cpp'],
];
const wires: readonly (readonly [string, MockRule])[] = [
  ['as it comes', {}],
  ['with CR LF, in writes of 7 bytes', { crlf: true, pieceBytes: 7 }],
  ['in chunks of 2 characters', { chunkChars: 2 }],
];
const matrix = forms.flatMap(([dialect, form, path]) =>
  wires.map(([wire, rule]) => [dialect, form, wire, { path, rule }] as const),
);

const route = (path: string, upstream: string): string => `
      - matchers: [{prefix: ${path}/}]
        options: {prefixRewrite: /}
        routeAction: {single: {upstream: {name: ${upstream}}}}`;

function upstream(name: string, port: number, more: string): string {
  return `
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: {name: ${name}}
spec: {ai: {${more.includes('DEEPSEEK') ? 'deepseek' : 'openai'}: {customHost: {host: 127.0.0.1, port: ${port}}, ${more}}}}
---`;
}

interface Chunk {
  readonly choices: readonly {
    readonly delta?: Readonly<Record<string, unknown>>;
    readonly message?: Readonly<Record<string, string | null>>;
    readonly finish_reason: string | null;
  }[];
  readonly usage?: { readonly total_tokens: number } | null;
}

describe('reasoning and usage through the gateway, whatever answers', () => {
  let rig: ModelGateway;
  let token = '';
  const standIns = new Map<Dialect, MockDeepseek>();
  beforeAll(async () => {
    const names = Object.keys(servers) as (keyof typeof servers)[];
    for (const dialect of names) standIns.set(dialect, await createMockDeepseek({ dialect }));
    rig = await startModelGateway((port) => ({
      routes: [
        route('/deepseek', 'deepseek'),
        ...names.map((name) => route(`/${name}`, name)),
        ...['vllm', 'sglang'].map((name) => route(`/${name}-implicit`, `${name}-implicit`)),
      ].join(''),
      upstreams: [
        upstream('deepseek', port, 'engine: DEEPSEEK, authToken: {secretRef: {name: key}}'),
        ...names.map((name) => {
          const { engine } = servers[name];
          return upstream(name, standIns.get(name)!.port, `engine: ${engine}`);
        }),
        ...(['vllm', 'sglang'] as const).map((name) => {
          const more = `engine: ${servers[name].engine}, reasoning: {thinkTags: IMPLICIT}`;
          return upstream(`${name}-implicit`, standIns.get(name)!.port, more);
        }),
      ].join(''),
    }));
    standIns.set('deepseek', rig.deepseek);
    token = await rig.sign({ role: 'developer' });
  }, 60_000);
  afterAll(async () => {
    await rig.stop();
    for (const [name, one] of standIns) if (name !== 'deepseek') await one.close();
  });

  const ask = async (path: string, dialect: Dialect, more: object = {}): Promise<string> => {
    const response = await fetch(`${rig.url}${path}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: modelOf(dialect),
        messages: [{ role: 'user', content: 'Hi' }],
        ...more,
      }),
    });
    return response.text();
  };

  const prepare = (dialect: Dialect, form: MockReasoningForm, rule: MockRule): void =>
    standIns.get(dialect)!.script([{ reasoning, content, reasoningForm: form, ...rule }]);

  it.each(forms)('%s, %s: calls of tools', async (dialect, form, path) => {
    const toolCalls = [{ name: 'get_weather', arguments: { city: 'Zürich' } }];
    prepare(dialect, form, { toolCalls, content: '' });
    const streamed = chunksOf(await ask(path, dialect, { stream: true }));
    expect(calledIn(streamed)).toBe('get_weather{"city":"Zürich"}');
    expect(streamed.at(-1)!.choices[0]!.finish_reason).toBe('tool_calls');
    expect(textOf(streamed, 'reasoning_content').trim()).toBe(reasoning);
    expect(textOf(streamed, 'content').trim()).toBe('');
  });

  it.each(matrix)('%s, %s, %s: one shape', async (dialect, form, _wire, { path, rule }) => {
    prepare(dialect, form, rule);
    const whole = JSON.parse(await ask(path, dialect)) as Chunk;
    const { message } = whole.choices[0]!;
    expect(Object.keys(message!)).not.toContain('reasoning');
    expect({ ...message, content: String(message!['content']).trim() }).toMatchObject({
      reasoning_content: expect.stringContaining(reasoning),
      content,
    });

    const streamed = chunksOf(await ask(path, dialect, { stream: true }));
    expect(textOf(streamed, 'content').trim()).toBe(content);
    expect(textOf(streamed, 'reasoning_content').trim()).toBe(reasoning);
    expect(textOf(streamed, 'reasoning')).toBe('');
    // Who did not ask for usage gets no chunk without choices.
    expect(streamed.every(({ choices }) => choices.length > 0)).toBe(true);

    const asked = { stream: true, stream_options: { include_usage: true } };
    const counted = chunksOf(await ask(path, dialect, asked));
    expect(counted.filter(({ choices }) => choices.length === 0)).toHaveLength(1);
    expect(counted.at(-1)!.usage!.total_tokens).toBe(whole.usage!.total_tokens);
  });
});

interface CallDelta {
  readonly function?: { readonly name?: string; readonly arguments?: string };
}

/** Name and arguments of the one call, joined. */
function calledIn(chunks: readonly Chunk[]): string {
  return chunks
    .flatMap(({ choices }) => choices)
    .flatMap(({ delta }) => (delta?.['tool_calls'] ?? []) as readonly CallDelta[])
    .map(({ function: called }) => `${called?.name ?? ''}${called?.arguments ?? ''}`)
    .join('');
}

/** By the standard's line ends, and without the comments. */
function chunksOf(text: string): readonly Chunk[] {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.startsWith('data:'));
  const data = lines.map((line) => line.slice('data:'.length).trim());
  expect(data.at(-1)).toBe('[DONE]');
  return data.slice(0, -1).map((one) => JSON.parse(one) as Chunk);
}

function textOf(chunks: readonly Chunk[], field: string): string {
  return chunks
    .flatMap(({ choices }) => choices)
    .map(({ delta }) => (delta?.[field] ?? '') as string)
    .join('');
}
