import { afterEach, describe, expect, test } from '@jest/globals';

import type { Cluster } from '../../../src/ir/cluster.ts';
import type { HealthCheck } from '../../../src/ir/health.ts';
import type { LlmBackend } from '../../../src/ir/llm.ts';
import type { ForwardAction } from '../../../src/ir/table.ts';
import { cluster, createScope, route, table, virtualHost } from '../../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

const llm: LlmBackend = {
  provider: 'openai',
  credential: { kind: 'none' },
  authority: 'models',
};

/** How a server answers: a status, not at all, or by cutting the connection; the last holds for all that follow. */
type Script = readonly (number | 'cut' | 'silent')[];

interface Asked {
  readonly server: string;
  readonly body: string;
  readonly count: string;
}

/** Servers `0`, `1` and so on behind one upstream, each with a priority of its own unless they are put into one pool. */
async function pooled(
  scripts: readonly Script[],
  {
    action = {},
    member = {},
    isOnePool = false,
  }: {
    readonly action?: Partial<ForwardAction>;
    readonly member?: Partial<Cluster>;
    readonly isOnePool?: boolean;
  } = {},
) {
  const asked: Asked[] = [];
  const clusters = await Promise.all(
    scripts.map(async (script, index) => {
      let turn = 0;
      const server = await scope.upstream((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const body = Buffer.concat(chunks).toString();
          const count = String(request.headers['x-envoy-attempt-count']);
          asked.push({ server: `${index}`, body, count });
          const answer = script[Math.min(turn, script.length - 1)] ?? 200;
          turn += 1;
          if (answer === 'cut') request.socket.destroy();
          else if (answer !== 'silent') response.writeHead(answer).end(`by ${index}`);
        });
      });
      const own = { ...llm, model: `model-${index}` };
      return cluster(server.port, { name: `m${index}`, llm: own, ...member });
    }),
  );
  const members = clusters.map(({ name }) => ({ cluster: name, weight: 1 }));
  const pools = isOnePool ? [members] : members.map((one) => [one]);
  const up = cluster(1, { endpoints: [], pools });
  const destinations = [{ cluster: 'up', weight: 1 }];
  const forward: ForwardAction = { kind: 'forward', destinations, timeoutMs: 5000, ...action };
  const host = virtualHost({ routes: [route({ action: forward })] });
  const gateway = await scope.gateway(table(host, [up, ...clusters]));
  const ask = (signal: AbortSignal | null = null): Promise<Response> =>
    fetch(`${gateway.url()}/v1/chat/completions`, {
      method: 'POST',
      body: '{"model":"any","n":1}',
      signal,
    });
  const order = (): string => asked.map(({ server }) => server).join('');
  return { asked, order, gateway, ask };
}

const textOf = async (response: Response) => [response.status, await response.text()];

describe('ModelTries', () => {
  test.each([
    ['cut', [200, 'by 1'], '01'],
    // Without a key of the gateway that is about the key of the client.
    [401, [401, 'by 0'], '0'],
    [429, [200, 'by 1'], '01'],
    [500, [200, 'by 1'], '01'],
    [503, [200, 'by 1'], '01'],
  ] as const)('a first server that answers %s: %j', async (first, expected, asked) => {
    const { ask, order } = await pooled([[first], [200]]);
    expect(await textOf(await ask())).toEqual(expected);
    expect(order()).toBe(asked);
  });

  test('each server gets its own model, and all else as it was sent', async () => {
    const { ask, asked } = await pooled([[503], [429], [200]]);
    await (await ask()).text();
    expect(asked.map(({ body }) => body)).toEqual(
      ['0', '1', '2'].map((name) => `{"model":"model-${name}","n":1}`),
    );
  });

  test('when all fail the last answer goes out; those before it are counted', async () => {
    const { ask, order, gateway } = await pooled([[503], [429]]);
    expect(await textOf(await ask())).toEqual([429, 'by 1']);
    expect(order()).toBe('01');
    const { upstreamFailures } = gateway.metrics.snapshot();
    expect(upstreamFailures).toEqual([{ labels: ['m0', 'answer'], value: 1 }]);
  });

  test('a refusal of the request itself goes out at once', async () => {
    const { ask, order } = await pooled([[422], [200]]);
    expect(await textOf(await ask())).toEqual([422, 'by 0']);
    expect(order()).toBe('0');
  });

  test('a server that cannot be reached at all', async () => {
    const { ask, order, gateway } = await pooled([[200], [200]], {
      member: { endpoints: [{ host: '127.0.0.1', port: 1, weight: 1 }] },
    });
    expect((await ask()).status).toBe(503);
    expect(order()).toBe('');
    expect(await gateway.nextLine()).toMatchObject({ upstream: 'm1', reason: 'connect' });
  });

  test('who failed is passed over by the requests after that', async () => {
    const { ask, order } = await pooled([[503, 200], [200]]);
    for (let turn = 0; turn < 3; turn += 1) await (await ask()).text();
    expect(order()).toBe('0111');
  });

  test('one pool is shared in turn', async () => {
    const { ask, order } = await pooled([[200], [200]], { isOnePool: true });
    for (let turn = 0; turn < 4; turn += 1) await (await ask()).text();
    expect(order()).toBe('0101');
  });

  const retry = {
    on: ['5xx'],
    statusCodes: [],
    retries: 3,
    baseIntervalMs: 1,
    maxIntervalMs: 1,
  } as const;
  const attemptCount = { request: true, response: true };

  test('retries of the route go round all servers', async () => {
    const { ask, order, asked } = await pooled([[503], [503, 200]], {
      action: { retry, attemptCount },
    });
    const response = await ask();
    expect(await textOf(response)).toEqual([200, 'by 1']);
    expect(response.headers.get('x-envoy-attempt-count')).toBe('4');
    expect(order()).toBe('0101');
    expect(asked.map(({ count }) => count)).toEqual(['1', '2', '3', '4']);
  });

  test.each([
    [1, '012'],
    [3, '012012'.slice(0, 4)],
    [4, '012012'.slice(0, 5)],
  ])('%i retries of three servers: %s', async (retries, expected) => {
    const { ask, order } = await pooled([[503], [503], [503]], {
      action: { retry: { ...retry, retries } },
    });
    await (await ask()).text();
    expect(order()).toBe(expected);
  });

  const events = (...chunks: readonly object[]): string =>
    chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('');
  const choice = (delta: object, finish: string | null = null): object => ({
    choices: [{ index: 0, delta, finish_reason: finish }],
  });

  test.each([
    ['breaks off', events(choice({ content: 'a' })), true, 'm1'],
    ['has no resources', events(choice({}, 'insufficient_system_resource')), false, 'm1'],
    [
      'has an error that may be about the request',
      events({ error: { message: 'no' } }),
      false,
      'm0',
    ],
  ])('an answer that %s, and the request after it', async (_what, text, isCut, next) => {
    const first = await scope.upstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(text);
      setTimeout(() => (isCut ? response.destroy() : response.end()), 50);
    });
    const well = await scope.upstream((_request, response) => void response.end('{}'));
    const clusters = [first, well].map(({ port }, index) =>
      cluster(port, { name: `m${index}`, llm }),
    );
    const pools = clusters.map(({ name }) => [{ cluster: name, weight: 1 }]);
    const gateway = await scope.gateway(
      table(virtualHost(), [cluster(1, { endpoints: [], pools }), ...clusters]),
    );
    const tries: unknown[] = [];
    for (let turn = 0; turn < 2; turn += 1) {
      const response = await fetch(`${gateway.url()}/v1/chat/completions`, {
        method: 'POST',
        body: '{"model":"m","stream":true}',
      });
      await response.text().catch(() => 'cut');
      const { model } = await gateway.nextLine();
      tries.push(model);
    }
    expect(tries).toMatchObject([{ tries: isCut ? 1 : 2 }, { tries: next === 'm1' ? 1 : 2 }]);
  });

  test('a server that its health checks find unwell is not asked, until they find it well', async () => {
    let isWell = false;
    const first = await scope.upstream((request, response) => {
      response.writeHead(request.url === '/health' && !isWell ? 503 : 200).end('{}');
    });
    const second = await scope.upstream((_request, response) => void response.end('{}'));
    const everyMs = 20;
    const healthCheck: HealthCheck = {
      probe: {
        kind: 'http',
        path: '/health',
        host: 'm',
        method: 'GET',
        headers: [],
        expected: [[200, 201]],
      },
      timeoutMs: 1000,
      intervals: {
        usualMs: everyMs,
        noTrafficMs: everyMs,
        unhealthyMs: everyMs,
        unhealthyEdgeMs: everyMs,
        healthyEdgeMs: everyMs,
        initialJitterMs: 0,
        jitterMs: 0,
      },
      unhealthyThreshold: 1,
      healthyThreshold: 1,
      reuseConnection: true,
    };
    const clusters = [first, second].map(({ port }, index) =>
      cluster(port, { name: `m${index}`, llm, healthCheck }),
    );
    const pools = clusters.map(({ name }) => [{ cluster: name, weight: 1 }]);
    const gateway = await scope.gateway(
      table(virtualHost(), [cluster(1, { endpoints: [], pools }), ...clusters]),
    );
    const untilAnsweredBy = async (name: string): Promise<void> => {
      for (let by: unknown = ''; by !== name;) {
        const chat = { method: 'POST', body: '{"model":"m"}' };
        await (await fetch(`${gateway.url()}/v1/chat/completions`, chat)).text();
        by = (await gateway.nextLine())['upstream'];
      }
    };
    await untilAnsweredBy('m1');
    isWell = true;
    await untilAnsweredBy('m0');
  });

  test('retries end, and the last answer goes out', async () => {
    const { ask, order } = await pooled([[503]], { action: { retry } });
    expect(await textOf(await ask())).toEqual([503, 'by 0']);
    expect(order()).toBe('0000');
  });

  test('the time of one try leads to the next server', async () => {
    const perTry = { ...retry, perTryTimeoutMs: 50 };
    const { ask, order } = await pooled([['silent'], [200]], { action: { retry: perTry } });
    expect(await textOf(await ask())).toEqual([200, 'by 1']);
    expect(order()).toBe('01');
  });

  test('the time of the route is that of all tries together', async () => {
    const { ask, order } = await pooled([['silent'], [200]], { action: { timeoutMs: 300 } });
    expect(await textOf(await ask())).toEqual([504, 'upstream request timeout']);
    expect(order()).toBe('0');
  });

  test('a client that leaves ends the try that is under way, and no other follows', async () => {
    const { ask, asked, order, gateway } = await pooled([['silent'], [200]]);
    const aborting = new AbortController();
    const gone = ask(aborting.signal).catch(() => undefined);
    while (asked.length === 0) await new Promise((resolve) => void setTimeout(resolve, 5));
    aborting.abort();
    await gone;
    expect(await gateway.nextLine()).toMatchObject({ aborted: true, status: 0 });
    expect([order(), gateway.metrics.snapshot().inFlight]).toEqual(['0', 0]);
  });
});
