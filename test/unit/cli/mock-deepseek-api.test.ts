import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createMockDeepseek } from '../../../src/cli/mock-deepseek.ts';
import { createMockClient, question, type MockClient } from '../../support/mock-client.ts';

describe('answers of the DeepSeek stand-in', () => {
  let client: MockClient;
  beforeAll(async () => {
    client = createMockClient(await createMockDeepseek({ apiKeys: ['sk-good'] }));
  });
  afterAll(() => client.standIn.close());

  it.each(['/chat/completions', '/v1/chat/completions'])('answers %s as JSON', async (path) => {
    const response = await client.ask(question, { path });
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

  it('leaves reasoning out when thinking is disabled', async () => {
    const body = await (await client.ask({ ...question, thinking: { type: 'disabled' } })).text();
    expect(body).not.toContain('reasoning_content');
  });

  it('stops at max_tokens with finish_reason length, the thoughts counted', async () => {
    const body = await (await client.ask({ ...question, max_tokens: 11 })).json();
    expect(body).toMatchObject({
      choices: [{ message: { content: 'Hello from' }, finish_reason: 'length' }],
    });
  });

  it('lists its models and the balance', async () => {
    const headers = { authorization: 'Bearer sk-good' };
    const models = await (await fetch(`${client.standIn.url}/v1/models`, { headers })).json();
    expect(models).toMatchObject({
      object: 'list',
      data: expect.arrayContaining([
        { id: 'deepseek-v4-pro', object: 'model', owned_by: 'deepseek' },
      ]),
    });
    const balance = await (await fetch(`${client.standIn.url}/user/balance`, { headers })).json();
    expect(balance).toMatchObject({
      is_available: true,
      balance_infos: [{ total_balance: '10.00' }],
    });
  });

  it('answers 404 and 405 elsewhere', async () => {
    const headers = { authorization: 'Bearer sk-good' };
    const status = async (path: string, method = 'GET') =>
      (await fetch(`${client.standIn.url}${path}`, { headers, method })).status;
    expect(await status('/nothing')).toBe(404);
    expect(await status('/models', 'POST')).toBe(405);
    expect(await status('/chat/completions')).toBe(405);
  });

  it('repeats the last four characters of a wrong key, as DeepSeek does', async () => {
    const response = await client.ask(question, {
      headers: { authorization: 'Bearer sk-bad-1234' },
    });
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
    expect((await client.ask(question, { headers: { authorization: 'Basic eA==' } })).status).toBe(
      401,
    );
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
    const response = await client.ask(body);
    expect([response.status, await response.json()]).toEqual([
      status,
      { error: expect.objectContaining({ message: expect.stringContaining(message) }) },
    ]);
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
});
