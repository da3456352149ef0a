import { afterEach, describe, expect, test } from '@jest/globals';

import { createPublished } from '../../../src/dataplane/published.ts';
import { prepareProgram, type Program } from '../../../src/dataplane/program.ts';
import { endpointStates, isWatched } from '../../../src/dataplane/upstream-watch.ts';
import type { Cluster } from '../../../src/ir/cluster.ts';
import type { HealthCheck, OutlierDetection } from '../../../src/ir/health.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { cluster, createScope, table, virtualHost } from '../../support/gateway.ts';

const scope = createScope();
afterEach(scope.close);

const healthCheck: HealthCheck = {
  probe: {
    kind: 'http',
    path: '/health',
    host: 'up',
    method: 'GET',
    headers: [],
    expected: [[200, 201]],
  },
  timeoutMs: 30_000,
  intervals: {
    usualMs: 1000,
    noTrafficMs: 1000,
    unhealthyMs: 1000,
    unhealthyEdgeMs: 1000,
    healthyEdgeMs: 1000,
    initialJitterMs: 0,
    jitterMs: 0,
  },
  unhealthyThreshold: 1,
  healthyThreshold: 1,
  reuseConnection: true,
};
const outlierDetection: OutlierDetection = {
  intervalMs: 1000,
  baseEjectionMs: 60_000,
  maxEjectionPercent: 100,
  consecutive5xx: { count: 1, enforcing: 100 },
  consecutiveGatewayFailure: { count: 5, enforcing: 0 },
  successRate: { enforcing: 0, minimumHosts: 5, requestVolume: 100, stdevFactor: 1900 },
};

async function rig() {
  const clock = createFakeClock();
  let asked = 0;
  let waiting = (): void => {};
  let status = 200;
  const { port } = await scope.upstream((_request, response) => {
    asked += 1;
    response.writeHead(status).end();
    waiting();
  });
  const changes: string[] = [];
  const programOf = (clusters: readonly Cluster[], former?: Program): Program =>
    prepareProgram(
      table(virtualHost(), clusters),
      {},
      {
        clock,
        random: () => 0,
        localAddresses: 'on',
        prepareStage: () => ({ authenticate: () => Promise.reject(new Error('unused')) }),
        healthChanged: (name, health) =>
          void changes.push(
            `${name} ${health.label === `127.0.0.1:${port}`} ${health.state(true)}`,
          ),
      },
      former,
    );
  const up = (more: Partial<Cluster> = {}): Cluster =>
    cluster(port, { healthCheck, panicThreshold: 0, ...more });
  /** Moves the clock on and waits for the check that falls due, if one has to. */
  const check = async (): Promise<void> => {
    const seen = new Promise<void>((resolve) => (waiting = resolve));
    clock.advance(1000);
    await seen;
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    clock,
    programOf,
    up,
    check,
    changes,
    asked: () => asked,
    answer: (next: number) => void (status = next),
  };
}

const stateOf = (program: Program): string => {
  const upstream = program.upstreams.get('up');
  return upstream ? [...endpointStates(upstream.cluster, upstream.endpoints).keys()].join() : '';
};

describe('endpoints of a cluster', () => {
  test('are checked while a program that names it is in force, and no longer', async () => {
    const { clock, programOf, up, check, asked, changes } = await rig();
    const published = createPublished(programOf([]));
    const first = programOf([up()]);
    clock.advance(10_000);
    expect([asked(), stateOf(first)]).toEqual([0, 'unchecked']);
    published.swap(first);
    await check();
    expect([asked(), stateOf(first), changes]).toEqual([1, 'healthy', ['up true healthy']]);
    // A request that has not ended keeps the connections of the program, but no checks.
    first.enter();
    published.swap(programOf([], first));
    clock.advance(60_000);
    expect(asked()).toBe(1);
    first.leave();
  });

  test('keep their state when the cluster changes', async () => {
    const { programOf, up, check, answer, asked } = await rig();
    const published = createPublished(programOf([]));
    const first = programOf([up()]);
    published.swap(first);
    answer(500);
    await check();
    expect(stateOf(first)).toBe('unhealthy');
    const second = programOf([up({ maxConnections: 7, balancer: { kind: 'random' } })], first);
    expect(stateOf(second)).toBe('unhealthy');
    expect(second.upstreams.get('up')?.nextEndpoint()).toBeUndefined();
    published.swap(second);
    // The former interval goes on: nothing is asked at once.
    expect(asked()).toBe(1);
    answer(200);
    await check();
    expect([asked(), stateOf(second)]).toEqual([2, 'healthy']);
    published.swap(programOf([], second));
  });

  test('a program with the same cluster goes on as if nothing was', async () => {
    const { clock, programOf, up, check, asked } = await rig();
    const published = createPublished(programOf([]));
    const first = programOf([up()]);
    published.swap(first);
    await check();
    const second = programOf([up(), cluster(1, { name: 'other' })], first);
    published.swap(second);
    await check();
    expect([asked(), stateOf(second)]).toEqual([2, 'healthy']);
    published.swap(programOf([], second));
    clock.advance(60_000);
    expect(asked()).toBe(2);
  });

  test('ejected ones are taken in again when nobody asks for outlier detection any more', async () => {
    const { programOf } = await rig();
    const published = createPublished(programOf([]));
    const watched = cluster(1, { outlierDetection, panicThreshold: 0 });
    const first = programOf([watched]);
    published.swap(first);
    first.upstreams.get('up')?.endpoints[0]?.health?.answered(500);
    expect([stateOf(first), first.upstreams.get('up')?.nextEndpoint()]).toEqual([
      'ejected',
      undefined,
    ]);
    const second = programOf([{ ...watched, maxConnections: 5 }], first);
    published.swap(second);
    expect(stateOf(second)).toBe('ejected');
    const third = programOf([cluster(1, { healthCheck })], second);
    published.swap(third);
    expect(stateOf(third)).toBe('unchecked');
    published.swap(programOf([], third));
  });
});

test('a cluster that asks for neither is not watched', () => {
  expect(isWatched(cluster(1))).toBe(false);
  expect(isWatched(cluster(1, { outlierDetection }))).toBe(true);
  expect(isWatched(cluster(1, { healthCheck }))).toBe(true);
});

test.each([
  ['VLLM', 1],
  ['OLLAMA', 0],
] as const)(
  'the queue of %s is read while a program with it is in force',
  async (engine, reads) => {
    const { clock, programOf } = await rig();
    const readings: string[] = [];
    const server = await scope.upstream(({ url = '' }, response) => {
      readings.push(url);
      response.end('vllm:num_requests_waiting 3\n');
    });
    const credential = { kind: 'none' } as const;
    const llm = { provider: 'openai', engine, credential, authority: 'r1' } as const;
    const published = createPublished(programOf([]));
    const first = programOf([cluster(server.port, { llm })]);
    clock.advance(60_000);
    expect(readings).toEqual([]);
    published.swap(first);
    clock.advance(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(readings).toEqual(Array(reads).fill('/metrics'));
    const waiting = first.upstreams.get('up')?.endpoints[0]?.queue?.reading?.waiting;
    expect(waiting).toBe(reads === 0 ? undefined : 3);
    published.swap(programOf([], first));
    clock.advance(60_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(readings).toHaveLength(reads);
  },
);
