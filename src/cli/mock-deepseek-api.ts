import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { chatForm } from './mock-deepseek-chat-form.ts';
import type { MockChat } from './mock-deepseek-chat.ts';
import { mockDialectFacts, type MockReasoningForm } from './mock-deepseek-dialect.ts';
import { mockEmbeddings } from './mock-deepseek-embedding.ts';
import { apiPath, mockEndpoint, type MockEndpoint } from './mock-deepseek-endpoint.ts';
import { mockError, type MockError } from './mock-deepseek-error.ts';
import type { MockForm } from './mock-deepseek-form.ts';
import type { MockEntry } from './mock-deepseek-journal.ts';
import { keyOf, refusalOf } from './mock-deepseek-key.ts';
import type { MockNames } from './mock-deepseek-model-name.ts';
import { pause, writeJson, writeStream, type MockOutput } from './mock-deepseek-output.ts';
import { mockPage } from './mock-deepseek-page.ts';
import { mockReply } from './mock-deepseek-reply.ts';
import {
  behaviourOfHeaders,
  withKey,
  type MockBehaviour,
  type MockMatch,
} from './mock-deepseek-rule.ts';
import type { MockSlots } from './mock-deepseek-slots.ts';
import type { MockState } from './mock-deepseek-state.ts';

/** What an answer depends on besides the request. */
export interface MockApiContext {
  readonly names: MockNames;
  /** Keys that are accepted; none: any. */
  readonly keys: () => readonly string[];
  readonly state: () => MockState;
  readonly slots: MockSlots;
  readonly clock: Clock;
  /** The rule of the script for a request, used up by the call. */
  readonly behaviourFor: (request: MockMatch) => MockBehaviour;
}

/** One exchange. */
export interface MockExchange {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly entry: MockEntry;
  readonly gone: AbortSignal;
}

interface Asked {
  readonly endpoint: MockEndpoint | undefined;
  readonly chat: MockChat | MockError | undefined;
  /** Path without query, and without `/v1` where the API begins there. */
  readonly path: string;
}

/** Answers a request to the API; rejects when the client is gone before the answer is complete. */
export async function answerMockApi(
  exchange: MockExchange,
  context: MockApiContext,
): Promise<void> {
  const asked = askedOf(exchange, context);
  const key = keyOf(exchange.message.headers, asked.path);
  const behaviour = behaviourOf(exchange, context, { asked, key });
  if ('body' in behaviour) return sendJson(exchange.response, behaviour.status, behaviour.body);
  const output = { ...exchange, clock: context.clock, behaviour };
  const form = formOf(asked, behaviour, context);
  const refusal =
    refusalOf(key, behaviour, { ...context, url: exchange.message.url ?? '' }) ??
    (await admit(asked, exchange, context));
  if (behaviour.delayMs) await pause(output, behaviour.delayMs);
  if (behaviour.fault === 'hang') await pause(output, 2 ** 31 - 1);
  if (behaviour.fault === 'reset' && behaviour.afterChunks === undefined) {
    exchange.entry.cutting();
    exchange.response.destroy();
    return;
  }
  if (refusal !== undefined) sendRefusal(output, refusal, form);
  else if (asked.endpoint === undefined) answerPage(output, asked.path, context);
  else await answerGenerated(output, { asked, form }, context);
}

/** Takes a slot for what can be answered, or says why it cannot. */
async function admit(
  { chat }: Asked,
  { message, gone }: MockExchange,
  { slots, state, names }: MockApiContext,
): Promise<MockError | undefined> {
  if (chat === undefined || message.method !== 'POST') return undefined;
  if ('status' in chat) return chat;
  const documented = mockDialectFacts[names.dialect].concurrency[chat.model];
  const most = state().concurrency ?? documented ?? Number.POSITIVE_INFINITY;
  if (slots.of(chat.model) >= most) return mockError(429);
  await slots.enter(chat.model, gone);
  return undefined;
}

function askedOf({ message, entry }: MockExchange, { names, state }: MockApiContext): Asked {
  const url = message.url ?? '';
  const api = apiPath(url, names.dialect);
  const endpoint = api === undefined ? undefined : mockEndpoint(api, names.dialect);
  const { reasoningInput } = state();
  const chat = endpoint?.read(entry.request.body, {
    ...names,
    beta: endpoint.beta,
    ...(reasoningInput === undefined ? {} : { reasoningInput }),
  });
  return { endpoint, chat, path: api ?? url.split('?')[0] ?? '' };
}

function behaviourOf(
  { message }: MockExchange,
  context: MockApiContext,
  { asked: { chat, path }, key }: { readonly asked: Asked; readonly key: string | undefined },
): MockBehaviour | MockError {
  try {
    const behaviour = context.behaviourFor({
      path,
      ...(key === undefined ? {} : { key }),
      ...(chat === undefined || 'status' in chat
        ? {}
        : { model: chat.model, stream: chat.stream, contains: chat.question }),
    });
    return withKey({ ...behaviour, ...behaviourOfHeaders(message.headers) }, key ?? '');
  } catch (thrown) {
    if (thrown instanceof AppError) return mockError(400, thrown.message);
    throw thrown;
  }
}

/** How answers of this endpoint are written; what has none refuses like a chat. */
function formOf(
  { endpoint, chat }: Asked,
  behaviour: MockBehaviour,
  { names: { dialect } }: MockApiContext,
): MockForm {
  const wish = chat === undefined || 'status' in chat ? { includeUsage: false } : chat;
  return (endpoint?.form ?? chatForm)({ dialect, chat: wish, behaviour });
}

async function answerGenerated(
  output: MockOutput & MockExchange,
  { asked: { chat }, form }: { readonly asked: Asked; readonly form: MockForm },
  { names }: MockApiContext,
): Promise<void> {
  if (output.message.method !== 'POST') return sendNothing(output.response, 405);
  if (chat === undefined || 'status' in chat) return sendNothing(output.response, 404);
  const reply = mockReply(chat, output.behaviour, {
    number: output.entry.request.number,
    created: Math.floor(output.clock.now() / 1000),
    reasoningForm: reasoningFormOf(chat, output.behaviour, names),
  });
  await (chat.stream ? writeStream : writeJson)(output, reply, form);
}

function reasoningFormOf(
  { inContent }: MockChat,
  behaviour: MockBehaviour,
  { dialect, reasoningForm }: MockNames,
): MockReasoningForm {
  if (behaviour.reasoningForm !== undefined) return behaviour.reasoningForm;
  if (inContent && dialect === 'sglang') return 'implicit';
  if (inContent && dialect === 'llama.cpp') return 'tags';
  return reasoningForm ?? mockDialectFacts[dialect].reasoningForm;
}

function answerPage(
  { message, response, entry }: MockOutput & MockExchange,
  path: string,
  { names, slots, state }: MockApiContext,
): void {
  if (path === '/embeddings' && names.dialect !== 'deepseek') {
    const found = mockEmbeddings(entry.request.body, names);
    const refused = 'status' in found;
    return sendJson(response, refused ? found.status : 200, refused ? found.body : found);
  }
  const { waiting, running, kvUsage = 0, healthy = true, balance = 10 } = state();
  const page = mockPage(message.url ?? '', {
    names,
    load: () => ({
      running: running ?? slots.running(),
      waiting: waiting ?? slots.waiting(),
      kvUsage,
    }),
    healthy: () => healthy,
    slots: () => state().slots ?? Number.POSITIVE_INFINITY,
    balance: () => balance,
  });
  if (page === undefined) sendNothing(response, 404);
  else if (message.method !== 'GET') sendNothing(response, 405);
  else if (typeof page.body === 'object') sendJson(response, page.status, page.body);
  else response.writeHead(page.status, { 'content-type': 'text/plain' }).end(page.body);
}

function sendRefusal(output: MockOutput, error: MockError, form: MockForm): void {
  const { retryAfter, headers } = output.behaviour;
  const extra = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  for (const [name, value] of Object.entries({ ...headers, ...extra })) {
    output.response.setHeader(name, value);
  }
  sendJson(output.response, error.status, form.refusal(error));
}

function sendNothing(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': '0' }).end();
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
