import { afterEach, describe, expect, test } from '@jest/globals';

import type { Route } from '../../../src/ir/table.ts';
import {
  cluster,
  createScope,
  echo,
  exchangeBytes,
  listener,
  route,
  table,
  virtualHost,
} from '../../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

async function answerTo(request: string, own: Partial<Route> = {}): Promise<string> {
  const { port } = await scope.upstream(echo);
  const routing = table(virtualHost({ routes: [route(own)] }), [cluster(port)]);
  const listeners = [listener({ maxBodyBytes: 10 })];
  const gateway = await scope.gateway({ ...routing, listeners });
  return exchangeBytes(gateway.port(), request);
}

const post = 'POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n';
const chunks = (text: string): string =>
  `${post}transfer-encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

describe('a body that is read first', () => {
  test('goes on with its length, also when it came in chunks', async () => {
    const answer = await answerTo(chunks('hello'));
    expect(answer).toContain('"body":"hello"');
    expect(answer).toContain('"content-length","5"');
    expect(answer).not.toContain('"transfer-encoding"');
  });

  test.each([
    ['in chunks', chunks('x'.repeat(11))],
    ['by its length, before it comes', `${post}content-length: 11\r\n\r\n`],
  ])('is refused when it is too large, %s', async (_title, request) => {
    const answer = await answerTo(request);
    expect(answer).toMatch(/^HTTP\/1\.1 413 .*connection: close\r\n.*\r\n\r\nPayload Too Large$/is);
  });

  test('is asked for where the client waits', async () => {
    const waiting = `${post}expect: 100-continue\r\ncontent-length: 5\r\n\r\nhello`;
    expect(await answerTo(waiting)).toContain('"body":"hello"');
  });

  test.each([
    ['another bound', { maxBodyBytes: 20 }, 15, 200],
    ['beyond that', { maxBodyBytes: 20 }, 21, 413],
    ['none', { maxBodyBytes: 0 }, 500, 200],
  ])('a route has %s', async (_title, own, bytes, status) => {
    expect(await answerTo(chunks('x'.repeat(bytes)), own)).toContain(`HTTP/1.1 ${status} `);
  });

  test('answers of the gateway wait for it too', async () => {
    const action = { kind: 'direct', status: 200, body: 'd' } as const;
    expect(await answerTo(chunks('x'.repeat(11)), { action })).toContain('HTTP/1.1 413 ');
    expect(await answerTo(chunks('x'), { action })).toContain('HTTP/1.1 200 ');
  });
});
