import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

import type { Clock } from '../base/clock.ts';
import type { MockEntry } from './mock-deepseek-journal.ts';
import { completion, completionChunks, type MockReply } from './mock-deepseek-reply.ts';
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
  includeUsage: boolean,
): Promise<void> {
  const { response, behaviour } = output;
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  });
  response.flushHeaders();
  await think(output, ': keep-alive\n\n');
  const chunks = completionChunks(reply, includeUsage);
  const limit = behaviour.fault === undefined ? chunks.length : (behaviour.afterChunks ?? 1);
  for (const [index, chunk] of chunks.slice(0, limit).entries()) {
    if (index > 0 && behaviour.chunkDelayMs) await pause(output, behaviour.chunkDelayMs);
    await write(output, `data: ${JSON.stringify(chunk)}\n\n`);
    output.entry.sent();
  }
  await endStream(output);
}

async function endStream(output: MockOutput): Promise<void> {
  const { response, behaviour, entry } = output;
  if (behaviour.fault !== undefined && behaviour.fault !== 'stall') entry.cutting();
  switch (behaviour.fault) {
    case 'reset':
      response.destroy();
      return;
    case 'stall':
      for (;;) {
        await write(output, ': keep-alive\n\n');
        await pause(output, behaviour.keepAliveMs ?? keepAliveMs);
      }
    case 'truncate':
      response.end();
      return;
    case 'malformed':
      response.end('data: {"id":\n\ndata: [DONE]\n\n');
      return;
    default:
      response.end('data: [DONE]\n\n');
  }
}

/** Sends an answer as JSON; while it thinks, blank lines come before the document. */
export async function writeJson(output: MockOutput, reply: MockReply): Promise<void> {
  const { response, behaviour } = output;
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  await think(output, '\n');
  const body = JSON.stringify(completion(reply));
  if (behaviour.fault === undefined) {
    output.entry.sent();
    response.end(body);
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

/** Honours back-pressure: the stand-in never buffers more than the socket takes. */
async function write({ response, gone }: MockOutput, text: string): Promise<void> {
  gone.throwIfAborted();
  if (!response.write(text)) await once(response, 'drain', { signal: gone });
}
