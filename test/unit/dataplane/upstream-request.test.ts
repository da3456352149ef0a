import { describe, expect, test } from '@jest/globals';
import type { Dispatcher } from 'undici';

import type { Slot } from '../../../src/dataplane/account.ts';
import type { Call } from '../../../src/dataplane/call.ts';
import type { Denial } from '../../../src/dataplane/denial.ts';
import type { EndpointPool } from '../../../src/dataplane/endpoint-pool.ts';
import { Upstream } from '../../../src/dataplane/upstream.ts';
import { UpstreamRequest } from '../../../src/dataplane/upstream-request.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { cluster } from '../../support/gateway.ts';

function sending(
  options: { readonly method?: string; readonly body?: Buffer; readonly slot?: Slot } = {},
) {
  const clock = createFakeClock();
  const log: string[] = [];
  const action = { kind: 'forward', destinations: [], timeoutMs: 1000 };
  const call = {
    cluster: 'up',
    streamIdleMs: 0,
    exchange: { route: { route: { action } } },
    context: {
      clock,
      limits: { pendingRequests: 1 },
      metrics: { upstreamFailed: (_name: string, kind: string) => void log.push(`failed ${kind}`) },
    },
    deny: ({ status, headers = [] }: Denial) =>
      void log.push(['deny', status, ...headers].join(' ')),
  } as unknown as Call;
  const upstream = new Upstream(cluster(1, { maxConnections: 1 }), {
    secrets: {},
    localAddresses: 'on',
  });
  const pool = { dispatch: () => void log.push('dispatch') };
  const endpoint = { serverName: 'a', pool } as unknown as EndpointPool;
  const create = (): UpstreamRequest =>
    new UpstreamRequest(call, upstream, endpoint, {
      method: options.method ?? 'GET',
      path: '/',
      headers: [],
      body: options.body ?? null,
      ...(options.slot && { slot: options.slot }),
    });
  return { clock, log, upstream, create };
}

function controllerOf(log: string[]): Dispatcher.DispatchController {
  return { abort: () => void log.push('abort') } as unknown as Dispatcher.DispatchController;
}

const stale = Object.assign(new Error('x'), { code: 'ECONNRESET' });

describe('UpstreamRequest', () => {
  test('the timeout of the route answers 504 and lets go of the upstream', () => {
    const { clock, log, create, upstream } = sending();
    const one = create();
    one.start();
    const controller = controllerOf(log);
    one.onRequestStart(controller);
    clock.advance(1000);
    expect(log).toEqual(['dispatch', 'failed timeout', 'abort', 'deny 504']);
    expect(upstream.active).toBe(1);
    one.onResponseError(controller, new Error('aborted'));
    expect(upstream.active).toBe(0);
    expect(log).toHaveLength(4);
  });

  test('one that waits in line is sent when a connection is free', () => {
    const { log, create, upstream } = sending();
    const [first, second, third] = [create(), create(), create()];
    first.start();
    second.start();
    third.start();
    expect(log).toEqual(['dispatch', 'failed overflow', 'deny 503 x-envoy-overloaded true']);
    first.onResponseEnd();
    expect(log.at(-1)).toBe('dispatch');
    expect([upstream.active, upstream.waiting]).toEqual([1, 0]);
  });

  test('one that left the line is never sent', () => {
    const { log, create, upstream } = sending();
    const [first, second] = [create(), create()];
    first.start();
    second.start();
    second.cancel();
    first.onResponseEnd();
    expect(log).toEqual(['dispatch']);
    expect(upstream.active).toBe(0);
  });

  test('one that was cancelled while it connected is aborted when it is connected', () => {
    const { log, create } = sending();
    const one = create();
    one.start();
    one.cancel();
    one.onRequestStart(controllerOf(log));
    expect(log).toEqual(['dispatch', 'abort']);
  });

  test.each([
    ['GET', undefined, 2],
    ['OPTIONS', undefined, 2],
    ['DELETE', undefined, 1],
    ['GET', Buffer.from('x'), 1],
    ['POST', Buffer.from('x'), 1],
  ])('%s with the body %s on a stale connection is sent %i times', (method, body, times) => {
    const { log, create } = sending({ method, ...(body && { body }) });
    const one = create();
    one.start();
    for (let turn = 0; turn < 2; turn += 1) {
      one.onRequestStart(controllerOf([]));
      one.onResponseError(null, stale);
    }
    expect(log.filter((line) => line === 'dispatch')).toHaveLength(times);
    expect(log.at(-1)).toBe('deny 503');
  });

  test('nothing is sent twice once an answer has begun', () => {
    const { log, create } = sending();
    const one = create();
    one.start();
    one.onRequestStart(controllerOf([]));
    one.onResponseStarted();
    one.onResponseError(null, stale);
    expect(log).toEqual(['dispatch', 'failed reset', 'deny 503']);
  });

  test.each<readonly [string, (one: UpstreamRequest, waits: UpstreamRequest) => void]>([
    ['the answer is whole', (one) => one.onResponseEnd()],
    ['the connection breaks', (one) => one.onResponseError(null, new Error('x'))],
    ['the client leaves while it connects', (one) => one.cancel()],
    [
      'the client leaves while it is answered',
      (one) => {
        one.onRequestStart(controllerOf([]));
        one.cancel();
        one.onResponseError(null, new Error('aborted'));
      },
    ],
    ['the client leaves while it waits for a connection', (_one, waits) => waits.cancel()],
  ])('gives the slot of its account back when %s', (_name, end) => {
    let freed = 0;
    const { create } = sending({ slot: { free: () => (freed += 1) } });
    const [one, waits] = [create(), create()];
    one.start();
    waits.start();
    end(one, waits);
    expect(freed).toBeGreaterThan(0);
  });

  test('keeps the slot while an aborted request is still on its connection', () => {
    let freed = 0;
    const { create } = sending({ slot: { free: () => (freed += 1) } });
    const one = create();
    one.start();
    one.onRequestStart(controllerOf([]));
    one.cancel();
    expect(freed).toBe(0);
    one.onResponseError(null, new Error('aborted'));
    expect(freed).toBe(1);
  });
});
