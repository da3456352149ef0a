import { describe, expect, test } from '@jest/globals';

import { Accounts } from '../../../src/dataplane/accounts.ts';
import { Upstream } from '../../../src/dataplane/upstream.ts';
import type { LlmBackend } from '../../../src/ir/llm.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { cluster } from '../../support/gateway.ts';

const upstream = (maxConnections: number): Upstream =>
  new Upstream(cluster(1, { maxConnections }), { secrets: {}, localAddresses: 'on' });

describe('Upstream', () => {
  test('admits up to its limit, then in the order of the line', () => {
    const one = upstream(2);
    const admitted: string[] = [];
    const waiter = (name: string) => ({ admit: () => void admitted.push(name) });
    expect([one.tryEnter(), one.tryEnter(), one.tryEnter()]).toEqual([true, true, false]);
    const [a, b, c] = [waiter('a'), waiter('b'), waiter('c')];
    expect([one.queue(a, 2), one.queue(b, 2), one.queue(c, 2)]).toEqual([true, true, false]);
    one.unqueue(a);
    expect(one.queue(c, 2)).toBe(true);
    one.leave();
    one.leave();
    expect(admitted).toEqual(['b', 'c']);
    expect([one.active, one.waiting]).toEqual([2, 0]);
    one.leave();
    one.leave();
    expect(one.active).toBe(0);
  });

  test('a limit of 0 still lets one through', () => {
    expect(upstream(0).tryEnter()).toBe(true);
  });

  test.each([
    [{}, 1023, false],
    [{}, 1024, true],
    [{ maxRequests: 2 }, 1, false],
    [{ maxRequests: 2 }, 2, true],
    [{ maxRequests: 0 }, 0, true],
    [{ maxPendingRequests: 0 }, 0, true],
  ])('%j with %i under way is full: %s', (more, active, isFull) => {
    const limits = cluster(1, { maxConnections: 5000, ...more });
    const one = new Upstream(limits, { secrets: {}, localAddresses: 'on' });
    for (let count = 0; count < active; count += 1) one.tryEnter();
    expect(one.isFull).toBe(isFull);
  });

  test('a line of its own length', () => {
    const limits = cluster(1, { maxConnections: 1, maxPendingRequests: 1 });
    const one = new Upstream(limits, { secrets: {}, localAddresses: 'on' });
    const waiter = () => ({ admit: () => undefined });
    expect([one.queue(waiter(), 1024), one.queue(waiter(), 1024)]).toEqual([true, false]);
  });

  test('retries of its own number', () => {
    const limits = cluster(1, { maxRetries: 1 });
    const one = new Upstream(limits, { secrets: {}, localAddresses: 'on' });
    expect([one.tryRetry(), one.tryRetry()]).toEqual([true, false]);
    one.endRetry();
    expect(one.tryRetry()).toBe(true);
  });

  test('a model server keeps what is known of its failures, unless outliers are looked for', () => {
    const llm = { provider: 'openai', credential: { kind: 'none' }, authority: 'm' } as const;
    const heard: unknown[] = [];
    const parts = {
      secrets: {},
      localAddresses: 'on',
      serverChanged: (...told: unknown[]) => heard.push(told),
    } as const;
    const former = new Upstream(cluster(1, { llm }), parts);
    former.breaker?.failed(0);
    expect(heard).toEqual([['up', true]]);
    const next = new Upstream(cluster(2, { llm }), parts, former);
    expect(next.breaker).toBe(former.breaker);
    expect(next.breaker?.isOpen(0)).toBe(true);
    const consecutive = { count: 5, enforcing: 100 };
    const outlierDetection = {
      intervalMs: 1000,
      baseEjectionMs: 1000,
      maxEjectionPercent: 100,
      consecutive5xx: consecutive,
      consecutiveGatewayFailure: consecutive,
      successRate: { enforcing: 0, minimumHosts: 5, requestVolume: 100, stdevFactor: 1900 },
    };
    const watched = new Upstream(cluster(1, { llm, outlierDetection }), parts);
    expect([watched.breaker, upstream(1).breaker]).toEqual([undefined, undefined]);
  });

  test('takes its endpoints in turn', () => {
    const endpoints = [1, 2].map((port) => ({ host: '10.0.0.1', port, weight: 1 }));
    const two = new Upstream(cluster(1, { endpoints }), { secrets: {}, localAddresses: 'on' });
    expect([1, 2, 3].map(() => two.nextEndpoint()?.label)).toEqual([
      '10.0.0.1:1',
      '10.0.0.1:2',
      '10.0.0.1:1',
    ]);
    const none = new Upstream(cluster(1, { endpoints: [] }), { secrets: {}, localAddresses: 'on' });
    expect(none.nextEndpoint()).toBeUndefined();
  });

  test('shares the account with others, by the lowest limit of those in force', () => {
    const accounts = new Accounts(createFakeClock());
    const limited = (name: string, limit: number): Upstream => {
      const concurrency = { account: 'ns/a', limit, maxWaiting: 1, waitMs: 1 };
      const llm: LlmBackend = { ...server, concurrency };
      return new Upstream(cluster(1, { name, llm }), {
        secrets: {},
        localAddresses: 'on',
        accounts,
      });
    };
    const [one, two] = [limited('one', 5), limited('two', 3)];
    expect([two.account === one.account, one.account?.limit]).toEqual([true, 5]);
    for (const upstream of [one, two]) upstream.publish();
    two.publish();
    expect(one.account?.limit).toBe(3);
    two.unpublish();
    expect(one.account?.limit).toBe(3);
    two.unpublish();
    expect(one.account?.limit).toBe(5);
    one.hold();
    for (const upstream of [one, two]) upstream.release();
    expect(accounts.all()).toHaveLength(1);
    one.release();
    expect(accounts.all()).toEqual([]);
  });

  test('is as busy as its least busy endpoint', () => {
    const endpoints = [1, 2].map((port) => ({ host: '10.0.0.1', port, weight: 1 }));
    const llm: LlmBackend = { ...server, engine: 'VLLM' };
    const clock = createFakeClock();
    const two = new Upstream(cluster(1, { endpoints, llm }), {
      secrets: {},
      localAddresses: 'on',
      clock,
    });
    two.endpoints[0]?.queue?.record({ waiting: 4, running: 4 }, 0, 3000);
    two.endpoints[1]?.queue?.record({ waiting: 0, running: 9 }, 0, 3000);
    expect(two.load).toEqual({ waiting: 0, total: 9 });
    expect(new Set([1, 2, 3, 4].map(() => two.nextEndpoint()?.label))).toEqual(
      new Set(['10.0.0.1:2']),
    );
    two.endpoints[1]?.queue?.record({ waiting: 5, running: 9 }, 0, 3000);
    expect(two.nextEndpoint()?.label).toBe('10.0.0.1:1');
  });
});

const server: LlmBackend = {
  provider: 'openai',
  credential: { kind: 'none' },
  authority: 'r1',
};
