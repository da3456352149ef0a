import { afterEach, describe, expect, test } from '@jest/globals';

import type { Limits } from '../../../src/dataplane/limits.ts';
import {
  cluster,
  createScope,
  echo,
  exchangeBytes,
  route,
  table,
  virtualHost,
  type Seen,
} from '../../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

const llm = { provider: 'openai', credential: { kind: 'none' }, authority: 'models' } as const;

async function modelServer(limits: Partial<Limits> = {}) {
  const upstream = await scope.upstream(echo);
  const host = virtualHost({ routes: [route()] });
  return scope.gateway(table(host, [cluster(upstream.port, { llm })]), { limits });
}

const bodyOf = (bytes: number): string =>
  JSON.stringify({ model: 'm', pad: 'x'.repeat(bytes - '{"model":"m","pad":""}'.length) });

describe('readModelBody', () => {
  test.each([
    [10_000, 200],
    [10_001, 413],
  ])('%i bytes of at most 10000: %i', async (bytes, status) => {
    const gateway = await modelServer({ modelBytes: 10_000 });
    const url = `${gateway.url()}/v1/chat/completions`;
    const response = await fetch(url, { method: 'POST', body: bodyOf(bytes) });
    expect(response.status).toBe(status);
  });

  test('a body in chunks that grows too large', async () => {
    const gateway = await modelServer({ modelBytes: 4 });
    const head = 'POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\n';
    const rest = 'transfer-encoding: chunked\r\n\r\n3\r\n{"a\r\n3\r\nbcd\r\n0\r\n\r\n';
    expect(await exchangeBytes(gateway.port(), head + rest)).toContain('413 ');
  });

  test('eight megabytes arrive as they were', async () => {
    const gateway = await modelServer();
    const body = bodyOf(8 * 1024 * 1024);
    const response = await fetch(`${gateway.url()}/v1/completions`, { method: 'POST', body });
    expect(((await response.json()) as Seen).body).toBe(body);
  });

  test('beyond what all of them may take: 503, and as before when that is over', async () => {
    const gateway = await modelServer({ modelTotalBytes: 1000 });
    const url = `${gateway.url()}/v1/chat/completions`;
    const statuses: number[] = [];
    for (const bytes of [1001, 1000, 1000]) {
      const response = await fetch(url, { method: 'POST', body: bodyOf(bytes) });
      await response.text();
      await gateway.nextLine();
      statuses.push(response.status);
    }
    expect(statuses).toEqual([503, 200, 200]);
  });

  test('a body that comes drop by drop has its time, and gives back what was kept of it', async () => {
    const gateway = await modelServer({ modelBodyMs: 150, modelTotalBytes: 1000 });
    const head = 'POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: 900\r\n\r\n';
    expect(await exchangeBytes(gateway.port(), head + bodyOf(890))).toContain('408 ');
    const url = `${gateway.url()}/v1/chat/completions`;
    expect((await fetch(url, { method: 'POST', body: bodyOf(1000) })).status).toBe(200);
  });

  test('a content coding: 415', async () => {
    const gateway = await modelServer();
    const response = await fetch(`${gateway.url()}/v1/chat/completions`, {
      method: 'POST',
      body: 'x',
      headers: { 'content-encoding': 'gzip' },
    });
    expect(response.status).toBe(415);
  });
});
