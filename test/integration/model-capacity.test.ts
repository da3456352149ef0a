import { afterEach, describe, expect, test } from '@jest/globals';
import { connect, type Socket } from 'node:net';

import { createMockDeepseek, type MockDeepseek } from '../../src/cli/mock-deepseek.ts';
import type { MockDialect } from '../../src/cli/mock-deepseek-dialect.ts';
import type { Cluster } from '../../src/ir/cluster.ts';
import type { LlmBackend, ModelEngine } from '../../src/ir/llm.ts';
import {
  cluster,
  createScope,
  requireToken,
  route,
  table,
  virtualHost,
  type Gateway,
} from '../support/gateway.ts';

const scope = createScope();
afterEach(scope.close);

async function mock(...parameters: Parameters<typeof createMockDeepseek>): Promise<MockDeepseek> {
  const server = await createMockDeepseek(...parameters);
  scope.later(server.close);
  return server;
}

const backend = (more: Partial<LlmBackend> = {}): LlmBackend => ({
  provider: 'openai',
  credential: { kind: 'none' },
  authority: 'models',
  ...more,
});

const gatewayTo = (...clusters: readonly Cluster[]): Promise<Gateway> =>
  scope.gateway(
    table(virtualHost({ name: 'ns.host', routes: [route({ jwt: requireToken })] }), clusters),
    { secrets: { key: 'sk-good' } },
  );

const endpointOf = ({ url }: MockDeepseek) => {
  return { host: '127.0.0.1', port: Number(new URL(url).port), weight: 1 };
};

async function ask(gateway: Gateway, model: string, user = 'ann'): Promise<number> {
  const answer = await fetch(`${gateway.url()}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer user:${user}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] }),
  });
  await answer.text();
  return answer.status;
}

const many = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => index);

/** Until something is as it is meant to be; the test ends by its time limit if it never is. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const chats = (server: MockDeepseek): number =>
  server.requests().filter(({ path }) => path.endsWith('/chat/completions')).length;

const dialects: readonly (readonly [MockDialect, ModelEngine])[] = [
  ['vllm', 'VLLM'],
  ['sglang', 'SGLANG'],
  ['llama.cpp', 'LLAMA_CPP'],
];

describe('the queues of model servers', () => {
  describe.each(['endpoints', 'pools'])('of %s', (form) => {
    test.each(dialects)('%s: requests go where none wait', async (dialect, engine) => {
      const servers = [
        await mock({ dialect, models: ['r1'] }),
        await mock({ dialect, models: ['r1'] }),
      ];
      const llm = backend({ engine });
      const endpoints = servers.map(endpointOf);
      const members = endpoints.map((one, index) =>
        cluster(1, { name: `m${index}`, llm, endpoints: [one] }),
      );
      const pools = [members.map(({ name }) => ({ cluster: name, weight: 1 }))];
      const gateway =
        form === 'pools'
          ? await gatewayTo(cluster(1, { endpoints: [], pools }), ...members)
          : await gatewayTo(cluster(1, { llm, endpoints }));
      const waitingAt = (index: number): number | undefined => {
        const { upstreams } = gateway.program();
        const name = form === 'pools' ? `m${index}` : 'up';
        return upstreams.get(name)?.endpoints[form === 'pools' ? 0 : index]?.queue?.reading
          ?.waiting;
      };
      const shares: number[][] = [];
      for (const [first, second] of [
        [7, 0],
        [0, 7],
      ] as const) {
        servers[0]?.state({ waiting: first, running: 8 });
        servers[1]?.state({ waiting: second, running: 8 });
        await until(() => waitingAt(0) === first && waitingAt(1) === second);
        const before = servers.map(chats);
        const statuses = await Promise.all(many(10).map(() => ask(gateway, 'r1')));
        expect(statuses).toEqual(Array(10).fill(200));
        shares.push(servers.map((server, index) => chats(server) - (before[index] ?? 0)));
      }
      expect(shares).toEqual([
        [0, 10],
        [10, 0],
      ]);
    });
  });
});

describe('the limit of an account', () => {
  const burst = async (limit: number | undefined): Promise<readonly number[]> => {
    const server = await mock({ concurrency: 2, script: [{ delayMs: 10 }] });
    const concurrency = { account: 'ns/a', limit: limit ?? 1, maxWaiting: 100, waitMs: 20_000 };
    const credential = { kind: 'secret', secret: 'key' } as const;
    const llm = backend({ credential, ...(limit === undefined ? {} : { concurrency }) });
    const gateway = await gatewayTo(cluster(1, { llm, endpoints: [endpointOf(server)] }));
    return Promise.all(many(20).map((turn) => ask(gateway, 'deepseek-flash', `user${turn % 5}`)));
  };

  test('keeps what the account would refuse in line', async () => {
    expect(new Set(await burst(undefined))).toEqual(new Set([200, 429]));
    expect(new Set(await burst(2))).toEqual(new Set([200]));
  });
});

test('as many streams as the account may have begin at once, above what connections are by default', async () => {
  const streams = 1100;
  const { port } = await scope.upstream((request, answer) => {
    request.resume();
    answer.writeHead(200, { 'content-type': 'text/event-stream' });
    answer.write('data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\n');
  });
  const concurrency = { account: 'ns/streams', limit: 2000, maxWaiting: 0, waitMs: 1 };
  const llm = backend({ concurrency });
  const gateway = await gatewayTo(cluster(port, { llm, maxConnections: 2000, maxRequests: 2000 }));
  const sockets: Socket[] = [];
  const begun = many(streams).map(() => {
    const socket = connect(gateway.port(), '127.0.0.1');
    sockets.push(socket);
    const body = '{"model":"m","stream":true,"messages":[]}';
    const head = [
      'POST /v1/chat/completions HTTP/1.1',
      'Host: a',
      'Authorization: Bearer user:ann',
    ];
    socket.write([...head, `Content-Length: ${body.length}`, '', body].join('\r\n'));
    return new Promise<string>((resolve) => {
      socket.on('data', (chunk: Buffer) => {
        const text = chunk.toString();
        if (text.includes('data: ')) resolve('begun');
        else if (!text.startsWith('HTTP/1.1 200')) resolve(text.slice(0, 15));
      });
      socket.on('error', ({ message }) => resolve(message));
    });
  });
  expect(new Set(await Promise.all(begun))).toEqual(new Set(['begun']));
  expect(gateway.program().upstreams.get('up')?.account?.active).toBe(streams);
  for (const socket of sockets) socket.destroy();
  await until(() => gateway.program().upstreams.get('up')?.account?.active === 0);
});
