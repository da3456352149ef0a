import { afterEach, describe, expect, test } from '@jest/globals';

import { EndpointPool } from '../../../src/dataplane/endpoint-pool.ts';
import { createHealthProbe } from '../../../src/dataplane/health-probe.ts';
import type { HealthCheck, HttpProbe } from '../../../src/ir/health.ts';
import { cluster, createScope } from '../../support/gateway.ts';

const scope = createScope();
afterEach(scope.close);

const http: HttpProbe = {
  kind: 'http',
  path: '/health',
  host: 'up_ns',
  method: 'GET',
  headers: [['x-a', 'b']],
  expected: [[200, 201]],
};
const never = new AbortController().signal;

function probeOf(port: number, probe: HealthCheck['probe'], more: object = {}) {
  const pool = new EndpointPool(
    cluster(port),
    { host: '127.0.0.1', port, weight: 1, ...more },
    { secrets: {}, localAddresses: 'on' },
  );
  return createHealthProbe({ probe, reuseConnection: true } as HealthCheck, pool);
}

describe('by HTTP', () => {
  test('asks as it is told, on one connection', async () => {
    const seen: string[] = [];
    let connections = 0;
    const { port, server } = await scope.upstream((request, response) => {
      const { method = '', url = '', headers } = request;
      seen.push([method, url, headers.host, headers['x-a'], headers['user-agent']].join(' '));
      response.end('fine');
    });
    server.on('connection', () => (connections += 1));
    const probe = probeOf(port, http);
    expect([await probe.ask(never), await probe.ask(never)]).toEqual(['passed', 'passed']);
    probe.close();
    expect(seen).toEqual(Array(2).fill('GET /health up_ns b seekgate/HC'));
    expect(connections).toBe(1);
  });

  test.each([
    [200, [[200, 201]], 'passed'],
    [204, [[200, 201]], 'refused'],
    [204, [[200, 300]], 'passed'],
    [300, [[200, 300]], 'refused'],
    [
      503,
      [
        [200, 300],
        [503, 504],
      ],
      'passed',
    ],
  ] as const)('%i of %j: %s', async (status, expected, result) => {
    const { port } = await scope.upstream((_request, response) => {
      response.writeHead(status).end();
    });
    const probe = probeOf(port, { ...http, expected });
    expect(await probe.ask(never)).toBe(result);
    probe.close();
  });

  test('a path and a method of its own for an endpoint', async () => {
    const { port } = await scope.upstream(({ method, url }, response) => {
      response.writeHead(method === 'HEAD' && url === '/own' ? 200 : 500).end();
    });
    const probe = probeOf(port, http, { healthPath: '/own', healthMethod: 'HEAD' });
    expect(await probe.ask(never)).toBe('passed');
    probe.close();
  });

  test('nobody there, no HTTP, no answer in time', async () => {
    const gone = await scope.upstream(() => undefined);
    await gone.close();
    const strange = await scope.rawUpstream((socket) => socket.end('hello\r\n\r\n'));
    const silent = await scope.rawUpstream(() => undefined);
    const results = [
      probeOf(gone.port, http).ask(never),
      probeOf(strange, http).ask(never),
      probeOf(silent, http).ask(AbortSignal.timeout(50)),
    ];
    expect(await Promise.all(results)).toEqual(['failed', 'failed', 'failed']);
  });
});

describe('by TCP', () => {
  test.each([
    ['a connection is enough', undefined, [], '', 'passed'],
    ['an answer', '50494e47', ['504f4e47'], 'PONG', 'passed'],
    ['pieces in order, with more between them', undefined, ['61', '63'], 'xabc', 'passed'],
    ['pieces in another order', undefined, ['63', '61'], 'abc', 'failed'],
    ['another answer', undefined, ['504f4e47'], 'NOPE', 'failed'],
  ] as const)('%s', async (_title, send, receive, answer, result) => {
    const port = await scope.rawUpstream((socket) => {
      if (send === undefined) socket.end(answer);
      else socket.on('data', (data) => socket.end(data.toString() === 'PING' ? answer : ''));
    });
    const settings = { kind: 'tcp', receive, ...(send === undefined ? {} : { send }) } as const;
    expect(await probeOf(port, settings).ask(never)).toBe(result);
  });

  test('nobody there', async () => {
    const gone = await scope.upstream(() => undefined);
    await gone.close();
    const asked = probeOf(gone.port, { kind: 'tcp', receive: [] }).ask(never);
    await expect(asked).rejects.toThrow();
  });
});
