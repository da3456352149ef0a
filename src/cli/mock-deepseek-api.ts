import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { readChat, type MockChat } from './mock-deepseek-chat.ts';
import { mockError, wrongKeyError, type MockError } from './mock-deepseek-error.ts';
import type { MockEntry } from './mock-deepseek-journal.ts';
import { pause, writeJson, writeStream, type MockOutput } from './mock-deepseek-output.ts';
import { mockReply } from './mock-deepseek-reply.ts';
import { behaviourOfHeaders, type MockBehaviour, type MockMatch } from './mock-deepseek-rule.ts';

/** What an answer depends on besides the request. */
export interface MockApiContext {
  readonly apiKeys: readonly string[];
  readonly models: readonly string[];
  readonly clock: Clock;
  readonly concurrency: number;
  /** Chat requests that are being answered, this one included. */
  readonly active: () => number;
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

/** Answers a request to DeepSeek's API; rejects when the client is gone before the answer is complete. */
export async function answerMockApi(
  exchange: MockExchange,
  context: MockApiContext,
): Promise<void> {
  const path = apiPath(exchange.message);
  const { body } = exchange.entry.request;
  const chat = path === '/chat/completions' ? readChat(body, context.models) : undefined;
  const key = bearer(exchange.message);
  const behaviour = behaviourOf(exchange, context, {
    path,
    ...(key === undefined ? {} : { key }),
    ...(chat === undefined || 'status' in chat
      ? {}
      : { model: chat.model, stream: chat.stream, contains: chat.question }),
  });
  if ('body' in behaviour) {
    sendError(exchange.response, behaviour);
    return;
  }
  const output = { ...exchange, clock: context.clock, behaviour };
  if (behaviour.delayMs) await pause(output, behaviour.delayMs);
  if (behaviour.fault === 'hang') await pause(output, 2 ** 31 - 1);
  if (behaviour.fault === 'reset' && behaviour.afterChunks === undefined) {
    exchange.entry.cutting();
    exchange.response.destroy();
    return;
  }
  const refusal = refusalOf(key, behaviour, context);
  if (refusal !== undefined) sendError(exchange.response, refusal);
  else if (chat === undefined) answerRead(exchange, path, context);
  else await answerChat(output, chat, exchange);
}

function behaviourOf(
  { message }: MockExchange,
  context: MockApiContext,
  request: MockMatch,
): MockBehaviour | MockError {
  try {
    return { ...context.behaviourFor(request), ...behaviourOfHeaders(message.headers) };
  } catch (thrown) {
    if (thrown instanceof AppError) return mockError(400, thrown.message);
    throw thrown;
  }
}

function refusalOf(
  key: string | undefined,
  behaviour: MockBehaviour,
  context: MockApiContext,
): MockError | undefined {
  if (behaviour.status === 401 && key !== undefined) return wrongKeyError(key);
  if (behaviour.status !== undefined) return mockError(behaviour.status);
  if (key === undefined) return mockError(401);
  if (context.apiKeys.length > 0 && !context.apiKeys.includes(key)) return wrongKeyError(key);
  return context.active() > context.concurrency ? mockError(429) : undefined;
}

async function answerChat(
  output: MockOutput,
  chat: MockChat | MockError,
  exchange: MockExchange,
): Promise<void> {
  if (exchange.message.method !== 'POST') return sendNothing(exchange.response, 405);
  if ('status' in chat) return sendError(exchange.response, chat);
  const created = Math.floor(output.clock.now() / 1000);
  const { number } = exchange.entry.request;
  const reply = mockReply(chat, output.behaviour, { number, created });
  if (chat.stream) await writeStream(output, reply, chat.includeUsage);
  else await writeJson(output, reply);
}

function answerRead(
  { message, response }: MockExchange,
  path: string,
  context: MockApiContext,
): void {
  const found =
    path === '/models' ? modelList(context.models) : path === '/user/balance' && balance;
  if (!found) sendNothing(response, 404);
  else if (message.method !== 'GET') sendNothing(response, 405);
  else sendJson(response, 200, found);
}

/** The API is the same with and without `/v1` in front. */
function apiPath({ url = '' }: IncomingMessage): string {
  return (url.split('?')[0] ?? '').replace(/^\/v1(?=\/)/, '');
}

function bearer({ headers }: IncomingMessage): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

function modelList(models: readonly string[]): object {
  const data = models.map((id) => ({ id, object: 'model', owned_by: 'deepseek' }));
  return { object: 'list', data };
}

const balance = {
  is_available: true,
  balance_infos: [
    {
      currency: 'USD',
      total_balance: '10.00',
      granted_balance: '0.00',
      topped_up_balance: '10.00',
    },
  ],
};

function sendError(response: ServerResponse, error: MockError): void {
  sendJson(response, error.status, error.body);
}

function sendNothing(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': '0' }).end();
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
