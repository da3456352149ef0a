import { afterEach, describe, expect, test } from '@jest/globals';
import type { RequestListener } from 'node:http';

import { EndpointPool } from '../../../src/dataplane/endpoint-pool.ts';
import { createQueueProbe, type QueueProbe } from '../../../src/dataplane/queue-probe.ts';
import type { LlmBackend } from '../../../src/ir/llm.ts';
import { prepareBackend } from '../../../src/llm/backend.ts';
import { cluster, createScope } from '../../support/gateway.ts';

const scope = createScope();
afterEach(scope.close);

const never = new AbortController().signal;
const backend: LlmBackend = {
  provider: 'openai',
  credential: { kind: 'secret', secret: 'key' },
  authority: 'r1.example',
};

async function probeOf(handle: RequestListener, llm = backend): Promise<QueueProbe> {
  const { port } = await scope.upstream(handle);
  const pool = new EndpointPool(
    cluster(port),
    { host: '127.0.0.1', port, weight: 1 },
    { secrets: {}, localAddresses: 'on' },
  );
  return createQueueProbe('VLLM', prepareBackend(llm, { key: 'sk-1' }), pool);
}

describe('queue probe', () => {
  test('reads the metrics, with the name and the key of requests, on one connection', async () => {
    const seen: string[] = [];
    const sockets = new Set<unknown>();
    const probe = await probeOf(({ method, url, headers, socket }, response) => {
      sockets.add(socket);
      seen.push([method, url, headers.host, headers.authorization].join(' '));
      response.end('vllm:num_requests_waiting 3\nvllm:num_requests_running 4\n');
    });
    const depth = { waiting: 3, running: 4 };
    expect([await probe.ask(never), await probe.ask(never)]).toEqual([depth, depth]);
    expect(seen).toEqual(Array(2).fill('GET /metrics r1.example Bearer sk-1'));
    expect(sockets.size).toBe(1);
    probe.close();
  });

  test('sends no key where there is none', async () => {
    let sent: string | undefined = 'none asked';
    const probe = await probeOf(
      ({ headers }, response) => {
        sent = headers.authorization;
        response.end();
      },
      { ...backend, credential: { kind: 'none' } },
    );
    await probe.ask(never);
    expect(sent).toBeUndefined();
    probe.close();
  });

  test.each<readonly [string, RequestListener]>([
    ['404', (_request, response) => response.writeHead(404).end('vllm:num_requests_waiting 3')],
    [
      'a redirection',
      (_request, response) => response.writeHead(302, { location: '/x' }).end('vllm:num'),
    ],
    ['other text', (_request, response) => response.end('<html>')],
    ['a cut connection', (_request, response) => void response.socket?.destroy()],
    ['far too much', (_request, response) => void response.end('x'.repeat(9 * 1024 * 1024))],
  ])('knows nothing from %s', async (_name, handle) => {
    const probe = await probeOf(handle);
    expect(await probe.ask(never)).toBeUndefined();
    probe.close();
  });

  test('is over when its time is', async () => {
    const probe = await probeOf(() => undefined);
    expect(await probe.ask(AbortSignal.timeout(30))).toBeUndefined();
    probe.close();
  });
});
