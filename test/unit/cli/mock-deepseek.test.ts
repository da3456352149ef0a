import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createMockDeepseek, type MockDeepseek } from '../../../src/cli/mock-deepseek.ts';
import { mockDeepseekCommand } from '../../../src/cli/mock-deepseek-command.ts';
import { runCommand, startCommand } from '../../support/command-run.ts';

const question = { model: 'deepseek-flash', messages: [{ role: 'user', content: 'Hi there' }] };

interface Chunk {
  choices: { delta: Record<string, unknown>; finish_reason: string | null }[];
  usage?: Record<string, unknown> | null;
}

describe('DeepSeek stand-in', () => {
  let standIn: MockDeepseek;
  beforeAll(async () => {
    standIn = await createMockDeepseek({ apiKeys: ['sk-good'] });
  });
  beforeEach(() => standIn.script([]));
  afterAll(() => standIn.close());

  const ask = (
    body: unknown,
    {
      headers = {},
      path = '/chat/completions',
      signal,
    }: { headers?: Record<string, string>; path?: string; signal?: AbortSignal } = {},
  ): Promise<Response> =>
    fetch(`${standIn.url}${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-good', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...(signal ? { signal } : {}),
    });
  const stream = (more: object = {}, headers: Record<string, string> = {}): Promise<Response> =>
    ask({ ...question, stream: true, ...more }, { headers });
  const events = (text: string): string[] => text.split('\n\n').filter((event) => event !== '');
  const chunks = (text: string): Chunk[] =>
    events(text)
      .filter((event) => event.startsWith('data: {'))
      .map((event) => JSON.parse(event.slice(6)) as Chunk);
  const lastRequest = () => standIn.requests().at(-1)!;
  /** The journal learns of an end from the socket, a moment after the client. */
  async function untilState(state: string): Promise<void> {
    const deadline = performance.now() + 2000;
    while (lastRequest().state !== state && performance.now() < deadline) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(lastRequest().state).toBe(state);
  }

  it.each(['/chat/completions', '/v1/chat/completions'])('answers %s as JSON', async (path) => {
    const response = await ask(question, { path });
    expect(response.headers.get('x-seekgate-stand-in')).toBe('deepseek');
    expect(await response.json()).toMatchObject({
      object: 'chat.completion',
      model: 'deepseek-flash',
      choices: [
        {
          message: {
            role: 'assistant',
            content: 'Hello from the DeepSeek stand-in. You wrote: Hi there',
            reasoning_content: 'The user wrote: Hi there I will answer briefly.',
          },
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 2,
        completion_tokens: 18,
        total_tokens: 20,
        prompt_cache_hit_tokens: 0,
        prompt_cache_miss_tokens: 2,
        completion_tokens_details: { reasoning_tokens: 9 },
      },
    });
  });

  it('streams reasoning first, then content, the other one null, usage last, then [DONE]', async () => {
    const response = await stream();
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const text = await response.text();
    const deltas = chunks(text).map(({ choices }) => choices[0]!.delta);
    const reasoning = deltas.slice(1, 10);
    const content = deltas.slice(10, -1);
    expect(deltas[0]).toEqual({ role: 'assistant', content: null, reasoning_content: '' });
    expect(new Set(reasoning.map((delta) => delta.content))).toEqual(new Set([null]));
    expect(new Set(content.map((delta) => delta.reasoning_content))).toEqual(new Set([null]));
    expect(content.map((delta) => delta.content).join('')).toMatch(/^Hello .* Hi there$/);
    const last = chunks(text).at(-1)!;
    expect([last.choices[0]!.finish_reason, last.usage]).toEqual(['stop', expect.anything()]);
    expect(events(text).at(-1)).toBe('data: [DONE]');
  });

  it('sends usage in a chunk without choices on include_usage', async () => {
    const text = await (await stream({ stream_options: { include_usage: true } })).text();
    const all = chunks(text);
    expect(all.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 20 } });
    expect(new Set(all.slice(0, -1).map(({ usage }) => usage))).toEqual(new Set([null]));
  });

  it('says the same for the same request', async () => {
    const texts = [await (await stream()).text(), await (await stream()).text()];
    const [one, two] = texts.map((text) => text.replace(/"(?:id|created)":[^,]*/g, ''));
    expect(one).toBe(two);
  });

  it('leaves reasoning out when thinking is disabled', async () => {
    const body = await (await ask({ ...question, thinking: { type: 'disabled' } })).text();
    expect(body).not.toContain('reasoning_content');
  });

  it('stops at max_tokens with finish_reason length, the thoughts counted', async () => {
    const body = await (await ask({ ...question, max_tokens: 11 })).json();
    expect(body).toMatchObject({
      choices: [{ message: { content: 'Hello from' }, finish_reason: 'length' }],
    });
  });

  it('lists its models and the balance', async () => {
    const headers = { authorization: 'Bearer sk-good' };
    const models = await (await fetch(`${standIn.url}/v1/models`, { headers })).json();
    expect(models).toMatchObject({
      object: 'list',
      data: expect.arrayContaining([
        { id: 'deepseek-v4-pro', object: 'model', owned_by: 'deepseek' },
      ]),
    });
    const balance = await (await fetch(`${standIn.url}/user/balance`, { headers })).json();
    expect(balance).toMatchObject({
      is_available: true,
      balance_infos: [{ total_balance: '10.00' }],
    });
  });

  it('answers 404 and 405 elsewhere', async () => {
    const headers = { authorization: 'Bearer sk-good' };
    const status = async (path: string, method = 'GET') =>
      (await fetch(`${standIn.url}${path}`, { headers, method })).status;
    expect(await status('/nothing')).toBe(404);
    expect(await status('/models', 'POST')).toBe(405);
    expect(await status('/chat/completions')).toBe(405);
  });

  it('repeats the last four characters of a wrong key, as DeepSeek does', async () => {
    const response = await ask(question, { headers: { authorization: 'Bearer sk-bad-1234' } });
    expect([response.status, await response.json()]).toEqual([
      401,
      {
        error: {
          message: 'Authentication Fails, Your api key: ****1234 is invalid',
          type: 'authentication_error',
          param: null,
          code: 'invalid_request_error',
        },
      },
    ]);
    expect((await ask(question, { headers: { authorization: 'Basic eA==' } })).status).toBe(401);
  });

  const toolTurn = { role: 'assistant', content: '', tool_calls: [{ id: 'c1' }] };
  it.each([
    ['what is no JSON', '{', 400, 'parse'],
    ['a model it does not know', { ...question, model: 'gpt-4' }, 400, 'Model Not Exist'],
    ['no model', { messages: [] }, 422, 'missing field `model`'],
    ['no messages', { model: 'deepseek-flash' }, 422, 'missing field `messages`'],
    [
      'a tool turn without its reasoning',
      { ...question, messages: [toolTurn] },
      400,
      'must be passed back to the API',
    ],
  ])('refuses %s', async (_title, body, status, message) => {
    const response = await ask(body);
    expect([response.status, await response.json()]).toEqual([
      status,
      { error: expect.objectContaining({ message: expect.stringContaining(message) }) },
    ]);
  });

  it.each([400, 401, 402, 422, 429, 500, 503])('fails with %d by a script', async (status) => {
    standIn.script([{ status, times: 1 }]);
    const response = await ask(question);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      error: { message: expect.any(String), param: null },
    });
    expect((await ask(question)).status).toBe(200);
  });

  it('takes the first rule that fits', async () => {
    standIn.script([
      { match: { stream: true }, status: 500 },
      { match: { contains: 'weather' }, content: 'Sunny.' },
      { match: { path: '/models' }, status: 503 },
      { match: { key: 'sk-good', model: 'deepseek-v4-pro' }, status: 402 },
    ]);
    const contentOf = async (body: object): Promise<unknown> => (await ask(body)).text();
    const weather = { ...question, messages: [{ role: 'user', content: 'the weather?' }] };
    expect(await contentOf(weather)).toContain('"content":"Sunny."');
    expect(await contentOf(question)).toContain('Hello');
    expect((await ask({ ...question, model: 'deepseek-v4-pro' })).status).toBe(402);
    expect((await stream()).status).toBe(500);
  });

  it('fails by a header of the request', async () => {
    const response = await ask(question, { headers: { 'x-mock-status': '503' } });
    expect(response.status).toBe(503);
    const bad = await ask(question, { headers: { 'x-mock-fault': 'explode' } });
    expect([bad.status, await bad.text()]).toEqual([400, expect.stringContaining('headers.fault')]);
  });

  it('ends with insufficient_system_resource in a 200', async () => {
    const headers = { 'x-mock-finish-reason': 'insufficient_system_resource' };
    expect(await (await stream({}, headers)).text()).toContain('"insufficient_system_resource"');
  });

  it('comments while it thinks in a stream, and sends blank lines before JSON', async () => {
    const headers = { 'x-mock-think-ms': '30', 'x-mock-keep-alive-ms': '10' };
    expect(events(await (await stream({}, headers)).text()).slice(0, 3)).toEqual([
      ': keep-alive',
      ': keep-alive',
      ': keep-alive',
    ]);
    const text = await (await ask(question, { headers })).text();
    expect(text).toMatch(/^\n\n\n\{/);
  });

  it('cuts a stream after some chunks', async () => {
    const response = await stream({}, { 'x-mock-fault': 'reset', 'x-mock-after-chunks': '2' });
    await expect(response.text()).rejects.toThrow();
    await untilState('cut');
    expect(lastRequest().chunks).toBe(2);
  });

  it('cuts the connection before any answer', async () => {
    await expect(stream({}, { 'x-mock-fault': 'reset' })).rejects.toThrow();
    await untilState('cut');
    expect(lastRequest().status).toBe(0);
  });

  it('ends a stream without [DONE]', async () => {
    const text = await (await stream({}, { 'x-mock-fault': 'truncate' })).text();
    expect([chunks(text).length, text.includes('[DONE]')]).toEqual([1, false]);
  });

  it('sends what is no JSON', async () => {
    const headers = { 'x-mock-fault': 'malformed' };
    const text = await (await stream({}, headers)).text();
    expect(() => JSON.parse(events(text).at(-2)!.slice(6))).toThrow();
    await expect((await ask(question, { headers })).json()).rejects.toThrow();
  });

  it.each(['stall', 'hang'])('knows that the client left during %s', async (fault) => {
    const abort = new AbortController();
    const headers = { 'x-mock-fault': fault, 'x-mock-keep-alive-ms': '5' };
    const before = standIn.requests().length;
    const asked = ask({ ...question, stream: true }, { headers, signal: abort.signal }).then(
      (response) => response.text(),
    );
    while (standIn.requests().length === before)
      await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    await expect(asked).rejects.toThrow();
    await untilState('left');
  });

  it('streams as slowly as it is told', async () => {
    const started = performance.now();
    await (await stream({}, { 'x-mock-chunk-delay-ms': '5', 'x-mock-delay-ms': '20' })).text();
    // 20 chunks with 19 pauses; a timer may fire a millisecond early.
    expect(performance.now() - started).toBeGreaterThan(100);
  });

  it('takes so many requests at a time and no more', async () => {
    const busy = await createMockDeepseek({ concurrency: 1 });
    const options = {
      method: 'POST',
      headers: { authorization: 'Bearer sk-any' },
      body: JSON.stringify({ ...question, stream: true }),
    };
    const url = `${busy.url}/chat/completions`;
    const slow = await fetch(url, {
      ...options,
      headers: { ...options.headers, 'x-mock-fault': 'stall' },
    });
    expect((await fetch(url, options)).status).toBe(429);
    await slow.body?.cancel();
    await busy.close();
  });

  it('shows what arrived, keys included, and forgets it on demand', async () => {
    await ask(question, { headers: { 'x-role': 'admin' } });
    const list = async (): Promise<unknown[]> =>
      (await (await fetch(`${standIn.url}/__requests`)).json()) as unknown[];
    expect((await list()).at(-1)).toMatchObject({
      method: 'POST',
      path: '/chat/completions',
      headers: { authorization: 'Bearer sk-good', 'x-role': 'admin' },
      body: question,
      status: 200,
    });
    await fetch(`${standIn.url}/__requests`, { method: 'DELETE' });
    expect(await list()).toEqual([]);
  });

  it('takes a new script while it runs, and keeps the old one if the new is bad', async () => {
    const post = (body: string): Promise<Response> =>
      fetch(`${standIn.url}/__script`, { method: 'POST', body });
    expect((await post('- {status: 402}')).status).toBe(200);
    expect((await post('- {status: 999}')).status).toBe(400);
    expect((await ask(question)).status).toBe(402);
    expect((await post('[]')).status).toBe(200);
    expect((await ask(question)).status).toBe(200);
    expect((await fetch(`${standIn.url}/__other`)).status).toBe(404);
  });
});

describe('mock-deepseek', () => {
  it('names itself a stand-in in help and at the start, and stays up until it is stopped', async () => {
    expect(mockDeepseekCommand.usage).toContain('not DeepSeek');
    const command = startCommand(mockDeepseekCommand, ['--port', '0', '--model', 'r1']);
    const [, url = ''] =
      /^DeepSeek stand-in .*: (http:\S+)\n$/.exec(await command.until(/\n/)) ?? [];
    const response = await fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-secret' },
      body: JSON.stringify({ ...question, model: 'r1' }),
    });
    expect(response.status).toBe(200);
    await response.text();
    const { code, stderr } = await command.stop();
    expect(code).toBe(0);
    expect(stderr).toContain('"deepseek stand-in: request"');
    expect(stderr).not.toContain('sk-secret');
  });

  it('refuses a script that is not there', async () => {
    const run = runCommand(mockDeepseekCommand, ['--port', '0', '--script', '/nowhere.yaml']);
    await expect(run).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });
});
