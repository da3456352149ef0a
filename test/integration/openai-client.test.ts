import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import OpenAI, { AuthenticationError, PermissionDeniedError } from 'openai';

import type { MockDeepseek } from '../../src/cli/mock-deepseek.ts';
import {
  clientQuestion,
  expectReport,
  scriptForReport,
  type ClientReport,
} from '../support/client-report.ts';
import type { GatewayProcess } from '../support/gateway-process.ts';
import { startModelGateway, type ModelGateway } from '../support/model-gateway.ts';

const messages = [{ role: 'user' as const, content: 'Why is the sky blue?' }];
const model = 'deepseek-flash';
const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'get_weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } } },
    },
  },
];
const weather = [{ role: 'user' as const, content: 'What is the weather in Bonn?' }];

describe('the official OpenAI client, with a JWT as its API key', () => {
  let rig: ModelGateway;
  let deepseek: MockDeepseek;
  let gateway: GatewayProcess;
  let developer = '';

  beforeAll(async () => {
    rig = await startModelGateway();
    ({ deepseek, gateway } = rig);
    developer = await rig.sign({ role: 'developer' });
  }, 60_000);
  beforeEach(() => deepseek.script([]));
  afterAll(() => rig.stop());

  const client = (apiKey: string): OpenAI =>
    new OpenAI({ apiKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 });

  it('chats, and DeepSeek sees its own key and no token', async () => {
    const completion = await client(developer).chat.completions.create({
      model,
      messages,
    });
    expect(completion.choices[0]?.message.content).toContain('You wrote: Why is the sky blue?');
    const { headers, rawHeaders } = deepseek.requests().at(-1)!;
    expect(headers.authorization).toBe(`Bearer ${rig.deepseekKey}`);
    expect(rawHeaders.join('\n')).not.toContain(developer.split('.')[2]);
  });

  it('streams thoughts and content, piece by piece, with usage', async () => {
    deepseek.script([{ chunkDelayMs: 10 }]);
    const stream = await client(developer).chat.completions.create({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const said = { reasoning: '', content: '' };
    const arrivals: number[] = [];
    let tokens = 0;
    for await (const chunk of stream) {
      const delta: { reasoning_content?: string | null; content?: string | null } =
        chunk.choices[0]?.delta ?? {};
      said.reasoning += delta.reasoning_content ?? '';
      said.content += delta.content ?? '';
      tokens = chunk.usage?.total_tokens ?? tokens;
      arrivals.push(performance.now());
    }
    expect(said.reasoning).toContain('The user wrote: Why is the sky blue?');
    expect(said.content).toContain('Hello from the DeepSeek stand-in.');
    expect(tokens).toBeGreaterThan(10);
    // Twenty chunks, ten milliseconds apart: a gateway that buffers would deliver them all at once.
    expect(arrivals.at(-1)! - arrivals[0]!).toBeGreaterThan(100);
  });

  it('gets what every other client gets, with tools and in JSON mode too', async () => {
    scriptForReport(deepseek);
    expectReport(await report(client(developer), client(await rig.sign({ role: 'guest' }))));
  });

  it('uses the Responses API, streamed and not', async () => {
    deepseek.script([{ content: 'Blue light.', reasoning: 'Sky.' }]);
    const answer = await client(developer).responses.create({ model, input: clientQuestion });
    expect([answer.output_text, answer.usage?.output_tokens]).toEqual(['Blue light.', 3]);
    const stream = await client(developer).responses.create({
      model,
      input: clientQuestion,
      stream: true,
    });
    let text = '';
    for await (const event of stream) {
      if (event.type === 'response.output_text.delta') text += event.delta;
      if (event.type === 'response.completed') text += ` ${event.response.status}`;
    }
    expect(text).toBe('Blue light. completed');
    expect(deepseek.requests().at(-1)).toMatchObject({
      path: '/v1/responses',
      headers: { authorization: `Bearer ${rig.deepseekKey}` },
    });
  });

  it('fills in the middle at the beta base', async () => {
    deepseek.script([{ content: 'return a + b' }]);
    const beta = new OpenAI({ apiKey: developer, baseURL: `${gateway.url}/beta`, maxRetries: 0 });
    const body = { model: 'deepseek-v4-pro', prompt: 'def add(a, b):', suffix: '# end' };
    const answer = await beta.completions.create(body);
    expect(answer.choices[0]?.text).toBe('return a + b');
    let text = '';
    for await (const chunk of await beta.completions.create({ ...body, stream: true })) {
      text += chunk.choices[0]?.text ?? '';
    }
    expect(text).toBe('return a + b');
  });

  it('lists models', async () => {
    const models = await client(developer).models.list();
    expect(models.data.map(({ id }) => id)).toContain('deepseek-flash');
  });

  it('gets PermissionDeniedError for a valid token with another claim', async () => {
    const guest = client(await rig.sign({ role: 'guest' }));
    const before = deepseek.requests().length;
    const asked = guest.chat.completions.create({ model, messages });
    await expect(asked).rejects.toThrow(PermissionDeniedError);
    await expect(asked).rejects.toMatchObject({ status: 403 });
    expect(deepseek.requests()).toHaveLength(before);
  });

  it('gets AuthenticationError for what is no token, and for a token that has expired', async () => {
    const expired = await rig.sign({ role: 'developer' }, '-5m');
    for (const apiKey of ['sk-a-key-of-deepseek', expired]) {
      const asked = client(apiKey).chat.completions.create({ model, messages });
      await expect(asked).rejects.toThrow(AuthenticationError);
    }
  });

  it('stops DeepSeek when it aborts', async () => {
    deepseek.script([{ chunkDelayMs: 20, repeat: 1000 }]);
    const stream = await client(developer).chat.completions.create({
      model,
      messages,
      stream: true,
    });
    let chunks = 0;
    for await (const _chunk of stream) {
      chunks += 1;
      if (chunks === 3) stream.controller.abort();
    }
    const request = deepseek.requests().at(-1)!;
    const deadline = performance.now() + 2000;
    while (request.state === 'open' && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(request.state).toBe('left');
    expect(request.chunks).toBeLessThan(50);
  });

  it('leaves neither token nor key in the log of the gateway', async () => {
    // Lines are written in batches.
    const deadline = performance.now() + 2000;
    while (!gateway.log().includes('"status":403') && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(gateway.log()).toContain('"status":403');
    expect(gateway.log()).not.toContain(rig.deepseekKey);
    expect(gateway.log()).not.toContain(developer.split('.')[1]);
  });
});

async function report(client: OpenAI, guest: OpenAI): Promise<ClientReport> {
  return {
    chat: await chat(client),
    stream: await stream(client),
    tools: await toolTurn(client),
    toolStream: await toolStream(client),
    json: await jsonMode(client),
    denied: await guest.chat.completions.create({ model, messages }).then(
      () => 200,
      ({ status }: PermissionDeniedError) => status,
    ),
  };
}

interface Reasoned {
  readonly content?: string | null;
  readonly reasoning_content?: string | null;
}

async function chat({ chat: { completions } }: OpenAI): Promise<ClientReport['chat']> {
  const { choices, usage } = await completions.create({ model, messages });
  const message: Reasoned = choices[0]?.message ?? {};
  return {
    content: message.content ?? '',
    reasoning: message.reasoning_content ?? '',
    tokens: usage?.total_tokens ?? 0,
  };
}

async function stream({ chat: { completions } }: OpenAI): Promise<ClientReport['stream']> {
  const said = { content: '', reasoning: '', tokens: 0, pieces: 0 };
  const body = { model, messages, stream_options: { include_usage: true } };
  for await (const { choices, usage } of await completions.create({ ...body, stream: true })) {
    const delta: Reasoned = choices[0]?.delta ?? {};
    said.content += delta.content ?? '';
    said.reasoning += delta.reasoning_content ?? '';
    said.tokens = usage?.total_tokens ?? said.tokens;
    said.pieces += 1;
  }
  return said;
}

/** The library has no field for reasoning, so the second request comes without. */
async function toolTurn({ chat: { completions } }: OpenAI): Promise<ClientReport['tools']> {
  const asked = await completions.create({ model, messages: weather, tools });
  const call = asked.choices[0]?.message.tool_calls?.[0];
  if (call?.type !== 'function') throw new Error('no call');
  const answered = await completions.create({
    model,
    tools,
    messages: [
      ...weather,
      { role: 'assistant', content: '', tool_calls: [call] },
      { role: 'tool', tool_call_id: call.id, content: '12 degrees' },
    ],
  });
  const { city } = JSON.parse(call.function.arguments) as { city: string };
  return { name: call.function.name, city, answer: answered.choices[0]?.message.content ?? '' };
}

async function toolStream({ chat: { completions } }: OpenAI): Promise<ClientReport['toolStream']> {
  const said = { name: '', json: '' };
  const body = { model, messages: weather, tools };
  for await (const { choices } of await completions.create({ ...body, stream: true })) {
    for (const call of choices[0]?.delta.tool_calls ?? []) {
      said.name += call.function?.name ?? '';
      said.json += call.function?.arguments ?? '';
    }
  }
  return { name: said.name, city: (JSON.parse(said.json) as { city: string }).city };
}

async function jsonMode({ chat: { completions } }: OpenAI): Promise<unknown> {
  const { choices } = await completions.create({
    model,
    messages: [{ role: 'user', content: 'The colour of the sky as JSON' }],
    response_format: { type: 'json_object' },
  });
  return JSON.parse(choices[0]?.message.content ?? '');
}
