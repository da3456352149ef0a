import { createDeepSeek, type DeepSeekProvider } from '@ai-sdk/deepseek';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { APICallError, generateText, isStepCount, Output, streamText, tool } from 'ai';
import { z } from 'zod';

import {
  clientQuestion,
  expectReport,
  scriptForReport,
  type ClientReport,
} from '../support/client-report.ts';
import { startModelGateway, type ModelGateway } from '../support/model-gateway.ts';

const prompt = clientQuestion;
const weather = 'What is the weather in Bonn?';
const tools = {
  get_weather: tool({
    description: 'The weather of a city.',
    inputSchema: z.object({ city: z.string() }),
    execute: () => '12 degrees',
  }),
};

// It says on the console that DeepSeek knows no schemas, only JSON.
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });

describe('the Vercel AI SDK with its DeepSeek provider, with a JWT as its API key', () => {
  let rig: ModelGateway;
  beforeAll(async () => {
    rig = await startModelGateway();
    scriptForReport(rig.deepseek);
  }, 60_000);
  afterAll(() => rig.stop());

  const provider = async (role: string): Promise<DeepSeekProvider> =>
    createDeepSeek({ apiKey: await rig.sign({ role }), baseURL: `${rig.url}/v1` });

  it('chats and streams, calls tools, gets JSON, and is refused', async () => {
    const deepseek = await provider('developer');
    const model = deepseek('deepseek-flash');
    const guest = (await provider('guest'))('deepseek-flash');
    const report: ClientReport = {
      chat: await chat(model),
      stream: await stream(model),
      tools: await toolTurn(model),
      toolStream: await toolStream(model),
      json: await jsonMode(model),
      denied: await denied(guest),
    };
    expectReport(report);
    const keys = rig.deepseek.requests().map(({ headers }) => headers.authorization);
    expect(new Set(keys)).toEqual(new Set([`Bearer ${rig.deepseekKey}`]));
  });
});

type Model = ReturnType<DeepSeekProvider>;

async function chat(model: Model): Promise<ClientReport['chat']> {
  const { text, reasoningText = '', usage } = await generateText({ model, prompt });
  return { content: text, reasoning: reasoningText, tokens: usage.totalTokens ?? 0 };
}

async function stream(model: Model): Promise<ClientReport['stream']> {
  const said = { content: '', reasoning: '', tokens: 0, pieces: 0 };
  const { fullStream, usage } = streamText({ model, prompt });
  for await (const part of fullStream) {
    if (part.type === 'text-delta') said.content += part.text;
    if (part.type === 'reasoning-delta') said.reasoning += part.text;
    if (part.type.endsWith('-delta')) said.pieces += 1;
  }
  said.tokens = (await usage).totalTokens ?? 0;
  return said;
}

/** The SDK goes through the whole turn itself, and sends the reasoning back. */
async function toolTurn(model: Model): Promise<ClientReport['tools']> {
  const stopWhen = isStepCount(3);
  const { text, steps } = await generateText({ model, prompt: weather, tools, stopWhen });
  return { ...calledBy(steps[0]?.toolCalls[0]), answer: text };
}

async function toolStream(model: Model): Promise<ClientReport['toolStream']> {
  const { toolCalls } = streamText({ model, prompt: weather, tools });
  return calledBy((await toolCalls)[0]);
}

function calledBy(call: { toolName: string; input: unknown } | undefined): {
  name: string;
  city: string;
} {
  if (call === undefined) throw new Error('no call');
  return { name: call.toolName, city: (call.input as { city: string }).city };
}

async function jsonMode(model: Model): Promise<unknown> {
  const schema = z.object({ color: z.string(), sure: z.boolean() });
  const { output } = await generateText({
    model,
    prompt: 'The colour of the sky as JSON',
    output: Output.object({ schema }),
  });
  return output;
}

async function denied(model: Model): Promise<number> {
  try {
    await generateText({ model, prompt, maxRetries: 0 });
    return 200;
  } catch (thrown) {
    return APICallError.isInstance(thrown) ? (thrown.statusCode ?? 0) : 0;
  }
}
