import { afterEach, describe, expect, test } from '@jest/globals';
import type { ServerResponse } from 'node:http';

import type { AccountConcurrency, LlmBackend } from '../../../src/ir/llm.ts';
import {
  cluster,
  createScope,
  requireToken,
  route,
  table,
  virtualHost,
  type Gateway,
} from '../../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

const server: LlmBackend = {
  provider: 'openai',
  credential: { kind: 'none' },
  authority: 'models',
};

/** One at a time, nine in line. */
const one: AccountConcurrency = { account: 'ns/main', limit: 1, maxWaiting: 9, waitMs: 5000 };

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** Until something is as it is meant to be; the test ends by its time limit if it never is. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

/** Model servers that answer when the test says so, by falling priority. */
async function held(...concurrencies: readonly (AccountConcurrency | undefined)[]) {
  const open: { readonly server: number; readonly body: string; answer: ServerResponse }[] = [];
  let closed = 0;
  const clusters = await Promise.all(
    concurrencies.map(async (concurrency, index) => {
      const { port } = await scope.upstream((request, answer) => {
        request.on('data', (chunk: Buffer) => {
          open.push({ server: index, body: String(chunk), answer });
        });
        answer.on('close', () => (closed += 1));
      });
      const llm = { ...server, ...(concurrency && { concurrency }) };
      return cluster(port, { name: `m${index}`, llm });
    }),
  );
  const up = cluster(1, {
    endpoints: [],
    pools: clusters.map(({ name }) => [{ cluster: name, weight: 1 }]),
  });
  const host = virtualHost({ routes: [route({ jwt: requireToken })] });
  const gateway = await scope.gateway(table(host, [up, ...clusters]));
  return { open, gateway, closed: () => closed, ask: asking(gateway) };
}

function asking(gateway: Gateway) {
  return (user: string, signal: AbortSignal | null = null): Promise<Response> =>
    fetch(`${gateway.url()}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer user:${user}` },
      body: JSON.stringify({ model: user }),
      signal,
    });
}

const askedBy = ({ body }: { readonly body: string }): string => body.replaceAll(/.*:"|"}/g, '');

describe('requests of an account', () => {
  test('wait for each other, callers in turn', async () => {
    const { open, ask } = await held(one);
    const answers = [ask('a1')];
    await until(() => open.length === 1);
    for (const user of ['a', 'a', 'a', 'b', 'c']) {
      answers.push(ask(user));
      await turn();
      await turn();
    }
    for (let count = 1; count < 6; count += 1) {
      open.at(-1)?.answer.end('{}');
      await until(() => open.length === count + 1);
    }
    open.at(-1)?.answer.end('{}');
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(open.map(askedBy).join(' ')).toBe('a1 a b c a a');
  });

  test('go to the next server while the first is full, and wait where all are', async () => {
    const { open, ask } = await held(one, { ...one, account: 'ns/other' });
    const answers = ['a', 'b', 'c'].map((user) => ask(user));
    await until(() => open.length === 2);
    expect(new Set(open.map((request) => request.server))).toEqual(new Set([0, 1]));
    open.find((request) => request.server === 1)?.answer.end('{}');
    await until(() => open.length === 3);
    expect(open[2]?.server).toBe(1);
    for (const { answer } of open) answer.end('{}');
    await Promise.all(answers);
  });

  test('are refused with 429 when their time is over, and are not sent', async () => {
    const { open, ask, gateway } = await held({ ...one, waitMs: 20 });
    const first = ask('a');
    await until(() => open.length === 1);
    const late = await ask('b');
    expect([late.status, late.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await late.json()).toMatchObject({ error: { type: 'concurrency_limit' } });
    expect(await gateway.nextLine()).toMatchObject({
      status: 429,
      reason: 'concurrency',
      upstream: 'm0',
    });
    open[0]?.answer.end('{}');
    await first;
    expect(open).toHaveLength(1);
  });

  test('are refused at once where nobody may wait', async () => {
    const { open, ask } = await held({ ...one, maxWaiting: 0 });
    const first = ask('a');
    await until(() => open.length === 1);
    expect((await ask('b')).status).toBe(429);
    open[0]?.answer.end('{}');
    await first;
  });

  test('leave the line when their client leaves it', async () => {
    const { open, ask, closed } = await held(one);
    const first = ask('a');
    await until(() => open.length === 1);
    const leaving = new AbortController();
    const second = ask('b', leaving.signal).catch(() => 'left');
    const third = ask('c');
    await turn();
    leaving.abort();
    expect(await second).toBe('left');
    await turn();
    open[0]?.answer.end('{}');
    await until(() => open.length === 2);
    expect(open.map(askedBy)).toEqual(['a', 'c']);
    open[1]?.answer.end('{}');
    await Promise.all([first, third]);
    expect(closed()).toBe(2);
  });

  test.each<readonly [string, (answer: ServerResponse, leave: () => void) => void]>([
    ['answered', (answer) => answer.end('{}')],
    ['answered with an error', (answer) => answer.writeHead(500).end('{}')],
    ['cut before an answer', (answer) => void answer.socket?.destroy()],
    [
      'cut in an answer',
      (answer) => {
        answer.write('{');
        setTimeout(() => answer.socket?.destroy(), 5);
      },
    ],
    ['left by its client', (_answer, leave) => leave()],
  ])('give their slot back when one is %s', async (_name, end) => {
    const { open, ask } = await held(one);
    const leaving = new AbortController();
    const first = ask('a', leaving.signal)
      .then((answer) => answer.text())
      .catch(() => undefined);
    await until(() => open.length === 1);
    const second = ask('b');
    end(open[0]!.answer, () => leaving.abort());
    await until(() => open.length === 2);
    open[1]?.answer.end('{}');
    expect((await second).status).toBe(200);
    await first;
  });

  test('of another version of the table count too', async () => {
    const { open, ask, gateway } = await held(one);
    const first = ask('a');
    await until(() => open.length === 1);
    const { port } = await scope.upstream((_request, answer) => answer.end('{}'));
    const llm = { ...server, concurrency: { ...one, waitMs: 20 } };
    const host = virtualHost({ routes: [route({ jwt: requireToken })] });
    await gateway.swap(table(host, [cluster(port, { llm })]));
    expect((await ask('b')).status).toBe(429);
    open[0]?.answer.end('{}');
    await (await first).text();
    expect((await ask('b')).status).toBe(200);
  });
});
