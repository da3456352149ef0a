import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createMockDeepseek } from '../../../src/cli/mock-deepseek.ts';
import { createMockClient, question, type MockClient } from '../../support/mock-client.ts';

describe('DeepSeek stand-in', () => {
  let client: MockClient;
  beforeAll(async () => {
    client = createMockClient(await createMockDeepseek({ apiKeys: ['sk-good'] }));
  });
  beforeEach(() => client.standIn.script([]));
  afterAll(() => client.standIn.close());

  it.each([400, 401, 402, 422, 429, 500, 503])('fails with %d by a script', async (status) => {
    client.standIn.script([{ status, times: 1 }]);
    const response = await client.ask(question);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      error: { message: expect.any(String), param: null },
    });
    expect((await client.ask(question)).status).toBe(200);
  });

  it('says when to come again, by a header of the script', async () => {
    client.standIn.script([{ status: 429, retryAfter: 2, message: 'Slow down.' }]);
    const response = await client.ask(question);
    expect([response.headers.get('retry-after'), await response.text()]).toEqual([
      '2',
      expect.stringContaining('Slow down.'),
    ]);
  });

  it.each([
    ['/anthropic/v1/messages', { max_tokens: 9 }, 'thinking'],
    ['/responses', { input: 'Hi' }, 'reasoning_text'],
    ['/beta/completions', { prompt: 'Hi' }, 'text_completion'],
  ])('answers at %s', async (path, more, text) => {
    const response = await client.ask({ ...question, ...more }, { path });
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining(text)]);
  });

  it('takes the first rule that fits', async () => {
    client.standIn.script([
      { match: { stream: true }, status: 500 },
      { match: { contains: 'weather' }, content: 'Sunny.' },
      { match: { path: '/models' }, status: 503 },
      { match: { key: 'sk-good', model: 'deepseek-v4-pro' }, status: 402 },
    ]);
    const contentOf = async (body: object): Promise<unknown> => (await client.ask(body)).text();
    const weather = { ...question, messages: [{ role: 'user', content: 'the weather?' }] };
    expect(await contentOf(weather)).toContain('"content":"Sunny."');
    expect(await contentOf(question)).toContain('Hello');
    expect((await client.ask({ ...question, model: 'deepseek-v4-pro' })).status).toBe(402);
    expect((await client.stream()).status).toBe(500);
  });

  it('fails by a header of the request', async () => {
    const response = await client.ask(question, { headers: { 'x-mock-status': '503' } });
    expect(response.status).toBe(503);
    const bad = await client.ask(question, { headers: { 'x-mock-fault': 'explode' } });
    expect([bad.status, await bad.text()]).toEqual([400, expect.stringContaining('headers.fault')]);
  });

  it('shows what arrived, keys included, and forgets it on demand', async () => {
    await client.ask(question, { headers: { 'x-role': 'admin' } });
    const list = async (): Promise<unknown[]> =>
      (await (await fetch(`${client.standIn.url}/__requests`)).json()) as unknown[];
    expect((await list()).at(-1)).toMatchObject({
      method: 'POST',
      path: '/chat/completions',
      headers: { authorization: 'Bearer sk-good', 'x-role': 'admin' },
      body: question,
      status: 200,
    });
    await fetch(`${client.standIn.url}/__requests`, { method: 'DELETE' });
    expect(await list()).toEqual([]);
  });

  it('takes a new script while it runs, and keeps the old one if the new is bad', async () => {
    const post = (body: string): Promise<Response> =>
      fetch(`${client.standIn.url}/__script`, { method: 'POST', body });
    expect((await post('- {status: 402}')).status).toBe(200);
    expect((await post('- {status: 999}')).status).toBe(400);
    expect((await client.ask(question)).status).toBe(402);
    expect((await post('[]')).status).toBe(200);
    expect((await client.ask(question)).status).toBe(200);
    expect((await fetch(`${client.standIn.url}/__other`)).status).toBe(404);
  });
});
