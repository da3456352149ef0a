import { afterEach, describe, expect, test } from '@jest/globals';

import type { LlmBackend } from '../../../src/ir/llm.ts';
import { cluster, createScope, table, virtualHost, type Gateway } from '../../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

const llm = (secret = 'key', more: Partial<LlmBackend> = {}): LlmBackend => ({
  provider: 'openai',
  authority: 'models',
  credential: { kind: 'secret', secret },
  ...more,
});

/** A server that takes one key at a time, and a gateway in front of it. */
async function keyed(key: string) {
  const asked: string[] = [];
  let good = key;
  const server = await scope.upstream((request, response) => {
    const sent = request.headers.authorization?.replace('Bearer ', '') ?? '';
    asked.push(sent);
    request.resume().on('end', () => {
      response.writeHead(sent === good ? 200 : 401).end(sent === good ? 'ok' : `bad key ${sent}`);
    });
  });
  const routing = (id: string) => table(virtualHost(), [cluster(server.port, { llm: llm(id) })]);
  const gateway = await scope.gateway(routing('sk-1'), { secrets: { 'sk-1': 'sk-old-0001' } });
  return {
    asked,
    accept: (next: string) => {
      good = next;
    },
    rotate: (id: string, value: string) => gateway.swap(routing(id), { [id]: value }),
    ask: () => ask(gateway),
  };
}

async function ask(gateway: Gateway): Promise<readonly [number, string]> {
  const response = await fetch(`${gateway.url()}/v1/chat/completions`, {
    method: 'POST',
    body: '{"model":"m"}',
  });
  return [response.status, await response.text()];
}

describe('a key that is refused', () => {
  test('is not tried again where it never was good', async () => {
    const { ask, asked } = await keyed('sk-new-0002');
    const began = performance.now();
    expect((await ask())[0]).toBe(502);
    expect(performance.now() - began).toBeLessThan(1_500);
    expect(asked).toEqual(['sk-old-0001']);
  });

  test('that was good is waited for, and the request is sent once more', async () => {
    const { ask, asked, accept, rotate } = await keyed('sk-old-0001');
    expect(await ask()).toEqual([200, 'ok']);
    accept('sk-new-0002');
    const waiting = Promise.all([ask(), ask()]);
    while (asked.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    await rotate('sk-2', 'sk-new-0002');
    expect(await waiting).toEqual([
      [200, 'ok'],
      [200, 'ok'],
    ]);
    const [old, next] = ['sk-old-0001', 'sk-new-0002'];
    expect(asked).toEqual([old, old, old, next, next]);
  });

  test('is refused when none comes, and then without waiting', async () => {
    const { ask, asked, accept } = await keyed('sk-old-0001');
    await ask();
    accept('sk-new-0002');
    const [status, body] = await ask();
    expect([status, JSON.parse(body)]).toMatchObject([502, { error: { type: 'upstream_auth' } }]);
    const began = performance.now();
    expect((await ask())[0]).toBe(502);
    expect(performance.now() - began).toBeLessThan(1_500);
    expect(asked).toEqual(['sk-old-0001', 'sk-old-0001', 'sk-old-0001']);
  });
});
