import { describe, expect, it } from '@jest/globals';

import { explainRequest } from '../../../src/dataplane/explain.ts';
import { askedRequest, type WrittenRequest } from '../../../src/ir/asked-request.ts';
import type { Explanation } from '../../../src/ir/explanation.ts';
import type { RoutingTable } from '../../../src/ir/table.ts';
import {
  cluster,
  emptyTable,
  listener,
  matcher,
  program,
  requireToken,
  route,
  table,
  virtualHost,
} from '../../support/gateway.ts';

function explain(
  routing: RoutingTable,
  written: Partial<WrittenRequest> = {},
): Promise<Explanation> {
  const asked = askedRequest({ url: 'http://a.test/', ...written });
  if (typeof asked === 'string') throw new Error(asked);
  return explainRequest(program(routing), asked);
}

const host = virtualHost({
  routes: [
    route({ name: 'closed', matchers: [matcher('/closed')], jwt: requireToken }),
    route({
      name: 'split',
      matchers: [matcher('/split')],
      action: {
        kind: 'forward',
        destinations: [
          { cluster: 'up', weight: 3 },
          { cluster: 'gone', weight: 1 },
          { cluster: 'off', weight: 0 },
        ],
        timeoutMs: 0,
      },
    }),
    route({
      name: 'direct',
      matchers: [matcher('/direct')],
      action: { kind: 'direct', status: 418, body: 'tea' },
    }),
    route({ name: 'all' }),
  ],
});
const routing = table(host, [cluster(8080)]);

describe('explainRequest', () => {
  it('tells where a request would go', async () => {
    const explanation = await explain(routing);
    expect(explanation).toMatchObject({
      listener: 'default',
      virtualHost: 'ns.host',
      route: 'all',
      clusters: [{ cluster: 'up', weight: 1, endpoints: ['127.0.0.1:8080'] }],
    });
    expect(explanation.answer).toBeUndefined();
    expect(explanation.steps.at(-1)).toEqual({
      stage: 'forward',
      outcome: 'pass',
      notes: ['cluster up at 127.0.0.1:8080'],
    });
  });

  it('tells the answer of the gateway', async () => {
    expect((await explain(routing, { url: 'http://a.test/closed' })).answer).toEqual({
      status: 401,
      body: 'Jwt is missing',
      headers: ['www-authenticate', 'Bearer realm="http://a.test/closed"'],
      reason: 'jwt_missing',
      detail: 'fake',
    });
    const direct = await explain(routing, { url: 'http://a.test/direct', method: 'HEAD' });
    expect(direct.answer).toMatchObject({ status: 418, body: '', reason: '' });
  });

  it('looks at each cluster of several, those with a weight', async () => {
    const { clusters, answer } = await explain(routing, { url: 'http://a.test/split' });
    expect(clusters).toMatchObject([
      { cluster: 'up', weight: 3 },
      { cluster: 'gone', weight: 1, refusal: { status: 503, reason: 'no_cluster' } },
    ]);
    expect(answer).toBeUndefined();
  });

  it.each([
    ['canary', ['127.0.0.1:2'], undefined],
    ['gone', [], { status: 503, reason: 'no_endpoint' }],
  ])('names the endpoints of the subset %s alone', async (stage, endpoints, refusal) => {
    const up = cluster(0, {
      endpoints: [
        { host: '127.0.0.1', port: 1, weight: 1, labels: { stage: 'primary' } },
        { host: '127.0.0.1', port: 2, weight: 1, labels: { stage: 'canary' } },
      ],
      subsets: { selectors: [{ keys: ['stage'], single: false }], fallback: 'none' },
    });
    const destinations = [{ cluster: 'up', weight: 1, subset: { stage } }];
    const action = { kind: 'forward', destinations, timeoutMs: 0 } as const;
    const routes = [route({ action })];
    const { clusters, steps } = await explain(table(virtualHost({ routes }), [up]));
    expect(clusters).toMatchObject([{ subset: { stage }, endpoints }]);
    if (refusal !== undefined) expect(clusters[0]?.refusal).toMatchObject(refusal);
    expect(steps.at(-1)?.notes[0]).toContain(`cluster up, subset {"stage":"${stage}"}`);
  });

  it('tells when no cluster can be asked', async () => {
    const empty = table(virtualHost(), [cluster(0, { endpoints: [] })]);
    expect((await explain(empty)).answer).toMatchObject({
      status: 503,
      body: 'no healthy upstream',
    });
    expect((await explain(table(virtualHost()))).answer).toMatchObject({ reason: 'no_cluster' });
  });

  it.each<[string, Partial<WrittenRequest>, string]>([
    ['by its name', { listener: 'two' }, 'two'],
    ['by the port', { url: 'http://x.test:8002/' }, 'two'],
    ['by the host', { url: 'http://b.test/' }, 'two'],
    ['else the first', { url: 'http://x.test/' }, 'one'],
    ['by the scheme', { url: 'https://a.test/' }, 'secure'],
    ['none', { listener: 'other' }, ''],
  ])('finds the listener %s', async (_name, written, expected) => {
    const [a, b] = ['a', 'b'].map((name) =>
      virtualHost({ name, domains: [`${name}.test`], routes: [route({ name: 'r' })] }),
    );
    if (a === undefined || b === undefined) throw new Error('no hosts');
    const several: RoutingTable = {
      ...emptyTable,
      virtualHosts: { a, b },
      listeners: [
        listener({ name: 'one', port: 8001, virtualHosts: ['a'] }),
        listener({ name: 'two', port: 8002, virtualHosts: ['b'] }),
        listener({ name: 'secure', port: 8443, tls: true, virtualHosts: [] }),
      ],
    };
    expect((await explain(several, written)).listener).toBe(expected);
  });

  it('tells of bytes that are no request', async () => {
    const { answer, steps } = await explain(routing, { method: 'get' });
    expect(answer).toMatchObject({ status: 400, body: 'Bad Request' });
    expect(steps.at(-1)).toMatchObject({ stage: 'parser', outcome: '400' });
  });
});
