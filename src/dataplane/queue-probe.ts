import { Client } from 'undici';

import type { ModelEngine } from '../ir/llm.ts';
import type { PreparedBackend } from '../llm/backend.ts';
import { queueMetricsPath, readQueueDepth, type QueueDepth } from '../llm/queue-depth.ts';
import type { EndpointPool } from './endpoint-pool.ts';

/** A server with many models has some hundred kilobytes of metrics. */
const mostBytes = 8 * 1024 * 1024;

/** Asks a model server how many requests it has; undefined: it does not say. */
export interface QueueProbe {
  readonly ask: (signal: AbortSignal) => Promise<QueueDepth | undefined>;
  readonly close: () => void;
}

/** Reads the metrics of the server, on one connection made as those for requests. */
export function createQueueProbe(
  engine: ModelEngine,
  { settings, key }: PreparedBackend,
  pool: EndpointPool,
): QueueProbe {
  // Some ask for the key here too; it is one that they get with every request.
  const authorization = key === undefined ? [] : ['authorization', `Bearer ${key}`];
  const headers = ['host', settings.authority, 'user-agent', 'seekgate', ...authorization];
  let client: Client | undefined;
  const close = (): void => {
    client?.destroy().catch(() => undefined);
    client = undefined;
  };
  return {
    close,
    ask: async (signal) => {
      client ??= new Client(pool.origin, { connect: pool.connector(), pipelining: 1 });
      try {
        const options = { path: queueMetricsPath, method: 'GET', headers, signal } as const;
        const { statusCode, body } = await client.request(options);
        const text = await textUpTo(body, mostBytes);
        if (text === undefined) close();
        return text !== undefined && statusCode === 200 ? readQueueDepth(engine, text) : undefined;
      } catch {
        close();
        return undefined;
      }
    },
  };
}

/** Undefined: there is more. */
async function textUpTo(body: AsyncIterable<Buffer>, limit: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
