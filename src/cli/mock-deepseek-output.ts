import type { ServerResponse } from 'node:http';

import type { Clock } from '../base/clock.ts';
import { mockError } from './mock-deepseek-error.ts';
import type { MockEvent, MockForm } from './mock-deepseek-form.ts';
import type { MockEntry } from './mock-deepseek-journal.ts';
import { writeBytes } from './mock-deepseek-pieces.ts';
import type { MockReply } from './mock-deepseek-reply.ts';
import type { MockBehaviour } from './mock-deepseek-rule.ts';

/** A response that is being written, and what the writer needs to know. */
export interface MockOutput {
  readonly response: ServerResponse;
  readonly clock: Clock;
  /** Aborts when the client is gone or the server stops. */
  readonly gone: AbortSignal;
  readonly behaviour: MockBehaviour;
  readonly entry: MockEntry;
}

const keepAliveMs = 1000;

/** Waits, or rejects as soon as the client is gone. */
export function pause(
  { clock, gone }: Pick<MockOutput, 'clock' | 'gone'>,
  ms: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (gone.aborted) return reject(gone.reason as Error);
    const stop = (): void => {
      cancel();
      reject(gone.reason as Error);
    };
    const cancel = clock.after(ms, () => {
      gone.removeEventListener('abort', stop);
      resolve();
    });
    gone.addEventListener('abort', stop, { once: true });
  });
}

/** Sends an answer as server-sent events, with the faults that were asked for. */
export async function writeStream(
  output: MockOutput,
  reply: MockReply,
  form: MockForm,
): Promise<void> {
  const { response, behaviour } = output;
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...behaviour.headers,
  });
  response.flushHeaders();
  await think(output, lines(output, ': keep-alive\n\n'));
  const events = form.events(reply);
  const limit = behaviour.fault === undefined ? events.length : (behaviour.afterChunks ?? 1);
  for (const [index, event] of events.slice(0, limit).entries()) {
    if (index > 0 && behaviour.chunkDelayMs) await pause(output, behaviour.chunkDelayMs);
    await writeEvent(output, event);
    output.entry.sent();
  }
  await endStream(output, form);
}

async function endStream(output: MockOutput, form: MockForm): Promise<void> {
  const { response, behaviour, entry } = output;
  const end = form.done && behaviour.done !== false ? lines(output, 'data: [DONE]\n\n') : '';
  const broken = behaviour.fault === 'reset' || behaviour.fault === 'truncate';
  if (broken || behaviour.fault === 'malformed') entry.cutting();
  switch (behaviour.fault) {
    case 'reset':
      response.destroy();
      return;
    case 'stall':
      for (;;) {
        await write(output, lines(output, ': keep-alive\n\n'));
        await pause(output, behaviour.keepAliveMs ?? keepAliveMs);
      }
    case 'truncate':
      response.end();
      return;
    case 'malformed':
      response.end(`data: {"id":\n\n${end}`);
      return;
    case 'error':
      await writeEvent(output, form.failure(mockError(behaviour.status ?? 500, behaviour.message)));
      response.end();
      return;
    default:
      if (end !== '') await write(output, end);
      response.end();
  }
}

/** Sends an answer as JSON; while it thinks, blank lines come before the document. */
export async function writeJson(
  output: MockOutput,
  reply: MockReply,
  form: MockForm,
): Promise<void> {
  const { response, behaviour } = output;
  response.writeHead(200, { 'content-type': 'application/json', ...behaviour.headers });
  response.flushHeaders();
  await think(output, '\n');
  if (behaviour.fault === 'error') {
    const error = mockError(behaviour.status ?? 500, behaviour.message);
    response.end(JSON.stringify(form.refusal(error)));
    return;
  }
  const body = JSON.stringify(form.document(reply));
  if (behaviour.fault === undefined) {
    output.entry.sent();
    await write(output, body);
    response.end();
    return;
  }
  await write(output, body.slice(0, body.length / 2));
  if (behaviour.fault === 'stall') await pause(output, 2 ** 31 - 1);
  output.entry.cutting();
  if (behaviour.fault === 'reset') response.destroy();
  else response.end();
}

async function think(output: MockOutput, keepAlive: string): Promise<void> {
  const { thinkMs = 0, keepAliveMs: every = keepAliveMs } = output.behaviour;
  for (let left = thinkMs; left > 0; left -= every) {
    await write(output, keepAlive);
    await pause(output, Math.min(every, left));
  }
}

function writeEvent(output: MockOutput, { name, data }: MockEvent): Promise<void> {
  const head = name === undefined ? '' : `event: ${name}\n`;
  return write(output, lines(output, `${head}data: ${JSON.stringify(data)}\n\n`));
}

function lines({ behaviour }: MockOutput, text: string): string {
  return behaviour.crlf ? text.replaceAll('\n', '\r\n') : text;
}

function write({ response, gone, behaviour }: MockOutput, text: string): Promise<void> {
  return writeBytes(response, text, { gone, size: behaviour.pieceBytes });
}
