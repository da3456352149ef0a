import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { labDomain, labRoute } from './lab-services.ts';

export interface LabAnswer {
  readonly status: number;
  readonly body: string;
}

export interface LabRequest {
  /** Of the gateway. */
  readonly url: string;
  readonly host: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const agent = new Agent({ keepAlive: true });

/** Sends a request over connections that are kept; throws when there is no answer. */
export function askGateway({ url, host, path, headers }: LabRequest): Promise<LabAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, { agent, headers: { ...headers, host } });
    asked.on('response', (response: IncomingMessage) => {
      const status = response.statusCode ?? 0;
      text(response).then((body) => resolve({ status, body }), reject);
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** Asks again and again for the route that changes, until its answer is right; gives the moment of the first right answer. */
export async function untilAnswer(
  url: string,
  index: number,
  isRight: (answer: LabAnswer) => boolean,
  withinMs = 20_000,
): Promise<number> {
  const end = performance.now() + withinMs;
  let last: LabAnswer | undefined;
  while (performance.now() < end) {
    // Before it listens there is no answer at all.
    last = await askGateway({ url, host: labDomain(index), path: labRoute }).catch(() => undefined);
    if (last && isRight(last)) return performance.now();
    await delay(1);
  }
  throw new Error(`no right answer within ${withinMs} ms; the last: ${JSON.stringify(last)}`);
}
