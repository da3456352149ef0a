import { afterEach, describe, expect, it } from '@jest/globals';

import type { MockDialect } from '../../../src/cli/mock-deepseek-dialect.ts';
import { mockEmbeddings } from '../../../src/cli/mock-deepseek-embedding.ts';
import { mockMetrics } from '../../../src/cli/mock-deepseek-metrics.ts';
import { mockPage } from '../../../src/cli/mock-deepseek-page.ts';
import {
  createMockDeepseek,
  type MockDeepseek,
  type MockDeepseekOptions,
} from '../../../src/cli/mock-deepseek.ts';

let standIn: MockDeepseek | undefined;
afterEach(() => standIn?.close());

async function start(
  dialect: MockDialect,
  more: MockDeepseekOptions = {},
): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const { url } = (standIn = await createMockDeepseek({ dialect, ...more }));
  return (path, init) => fetch(`${url}${path}`, init);
}

const chat = (model: string, more: object = {}): RequestInit => ({
  method: 'POST',
  body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }], ...more }),
});

describe('self-hosted servers that the stand-in can be', () => {
  it.each([
    ['vllm', 'deepseek-ai/DeepSeek-R1', 'reasoning'],
    ['sglang', 'any', 'reasoning_content'],
    ['ollama', 'deepseek-r1:8b', 'reasoning'],
    ['llama.cpp', 'any', 'reasoning_content'],
  ] as const)('%s answers without a key, thoughts in %s', async (dialect, model, field) => {
    const ask = await start(dialect);
    const response = await ask('/v1/chat/completions', chat(model));
    expect(response.headers.get('x-seekgate-stand-in')).toBe(dialect);
    const { choices } = (await response.json()) as { choices: { message: object }[] };
    expect(choices[0]!.message).toHaveProperty(field, expect.stringContaining('Hi'));
  });

  it.each([
    ['vllm', ['/health', '/metrics'], ['/v1/models'], ['/chat/completions', '/slots']],
    ['sglang', ['/health', '/health_generate', '/metrics'], ['/v1/models'], ['/slots']],
    ['ollama', ['/', '/api/tags', '/v1/models'], [], ['/health', '/metrics']],
    ['llama.cpp', ['/health', '/v1/models'], ['/metrics', '/slots', '/props'], ['/ping']],
  ] as const)('%s guards some pages by its key', async (dialect, open, guarded, missing) => {
    const ask = await start(dialect, { apiKeys: ['sk-a'] });
    const status = async (path: string, headers = {}) => (await ask(path, { headers })).status;
    expect(await Promise.all(open.map((path) => status(path)))).toEqual(open.map(() => 200));
    expect(await Promise.all(guarded.map((path) => status(path)))).toEqual(guarded.map(() => 401));
    const key = { authorization: 'Bearer sk-a' };
    expect(await Promise.all(guarded.map((path) => status(path, key)))).toEqual(
      guarded.map(() => 200),
    );
    expect(await Promise.all(missing.map((path) => status(path, key)))).toEqual(
      missing.map(() => 404),
    );
  });

  it('shows who waits, truly or as it is told', async () => {
    const ask = await start('vllm', { state: { slots: 1 } });
    const model = 'deepseek-ai/DeepSeek-R1';
    const leave = new AbortController();
    const stall = { headers: { 'x-mock-fault': 'stall' }, signal: leave.signal };
    const first = await ask('/v1/chat/completions', { ...chat(model, { stream: true }), ...stall });
    const second = ask('/v1/chat/completions', chat(model));
    const waiting = async () =>
      /waiting\{.*\} (\d+)/.exec(await (await ask('/metrics')).text())?.[1];
    while ((await waiting()) !== '1') await new Promise((resolve) => setTimeout(resolve, 1));
    standIn?.state({ waiting: 9 });
    expect(await waiting()).toBe('9');
    leave.abort();
    await first.body?.cancel().catch(() => undefined);
    expect((await second).status).toBe(200);
  });

  it('is unwell when it is told so', async () => {
    const ask = await start('llama.cpp', { state: { healthy: false } });
    expect((await ask('/health')).status).toBe(503);
    expect((await ask('/v1/chat/completions', chat('any'))).status).toBe(503);
    standIn?.state({ healthy: true, slots: 0 });
    expect((await ask('/slots?fail_on_no_slot=1')).status).toBe(503);
    expect((await ask('/slots')).status).toBe(200);
  });

  it.each([
    ['vllm', { error: { type: 'NotFoundError', code: 404 } }],
    ['ollama', { error: { message: 'model "x" not found' } }],
  ] as const)('%s refuses an unknown model in its own words', async (dialect, body) => {
    const response = await (await start(dialect))('/v1/chat/completions', chat('x'));
    expect([response.status, await response.json()]).toMatchObject([404, body]);
  });

  it.each([
    ['sglang', { separate_reasoning: false }, /^The user wrote[^<]*<\/think>/],
    ['llama.cpp', { reasoning_format: 'none' }, /^<think>\n/],
  ] as const)('%s leaves reasoning in the content on demand', async (dialect, wish, text) => {
    const response = await (await start(dialect))('/v1/chat/completions', chat('any', wish));
    const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
    expect(choices[0]!.message.content).toMatch(text);
  });

  it('embeds the same text the same way', () => {
    const names = { dialect: 'vllm', models: ['e'] } as const;
    const one = mockEmbeddings({ model: 'e', input: ['a b', 'c'] }, names);
    expect(one).toMatchObject({ data: [{ index: 0 }, { index: 1 }], usage: { total_tokens: 3 } });
    expect(mockEmbeddings({ model: 'e', input: ['a b', 'c'] }, names)).toEqual(one);
    expect(mockEmbeddings({ model: 'x', input: 'a' }, names)).toMatchObject({ status: 404 });
    expect(mockEmbeddings({ model: 'e', input: 7 }, names)).toMatchObject({ status: 422 });
    expect(mockEmbeddings('', names)).toMatchObject({ status: 422 });
  });

  it('has no metrics where there are none', () => {
    const load = { running: 1, waiting: 2, kvUsage: 0.5 };
    expect(mockMetrics('ollama', 'm', load)).toBeUndefined();
    expect(mockMetrics('sglang', 'm', load)).toContain('sglang:num_queue_reqs{model_name="m"');
    expect(mockMetrics('llama.cpp', 'm', load)).toContain('\nllamacpp:requests_deferred 2\n');
  });

  it('has no pages of others', () => {
    const context = {
      names: { dialect: 'deepseek' } as const,
      load: () => ({ running: 0, waiting: 0, kvUsage: 0 }),
      healthy: () => true,
      slots: () => 1,
      balance: () => 0,
    };
    expect(mockPage('/metrics', context)).toBeUndefined();
    expect(mockPage('/v1/user/balance', context)?.body).toMatchObject({ is_available: false });
  });
});
