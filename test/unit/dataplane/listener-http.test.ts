import { afterEach, describe, expect, test } from '@jest/globals';

import type { HttpSettings } from '../../../src/ir/http-settings.ts';
import {
  cluster,
  createScope,
  echo,
  exchangeBytes,
  listener,
  table,
  virtualHost,
} from '../../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

async function answerTo(request: string, http: HttpSettings): Promise<string> {
  const { port } = await scope.upstream(echo);
  const routing = table(virtualHost(), [cluster(port)]);
  const gateway = await scope.gateway({ ...routing, listeners: [listener({ http })] });
  return exchangeBytes(gateway.port(), request);
}

const lines = 'host: a\r\nconnection: close\r\n';

describe('what a listener says of every request', () => {
  test.each<[string, HttpSettings, string, string]>([
    ['slashes as one', { mergeSlashes: true }, '//x///y?q=//', '"url":"/x/y?q=//"'],
    ['slashes as they are', {}, '//x', '"url":"//x"'],
    ['too many lines', { maxHeaderLines: 1 }, '/', 'HTTP/1.1 431 '],
    ['lines enough', { maxHeaderLines: 2 }, '/', 'HTTP/1.1 200 '],
    ['a head with its target', { maxHeadBytes: 60 }, `/${'x'.repeat(60)}`, 'HTTP/1.1 431 '],
    ['a small one', { maxHeadBytes: 60 }, '/', 'HTTP/1.1 200 '],
    ['its name', { serverName: 'ours' }, '/', 'server: ours\r\n'],
  ])('%s', async (_title, http, target, expected) => {
    expect(await answerTo(`GET ${target} HTTP/1.1\r\n${lines}\r\n`, http)).toContain(expected);
  });

  test('a body that does not come in time', async () => {
    const request = `POST / HTTP/1.1\r\n${lines}content-length: 5\r\n\r\nab`;
    const answer = await answerTo(request, { requestTimeoutMs: 100 });
    expect(answer).toMatch(/^HTTP\/1\.1 408 .*\r\n\r\nrequest timeout$/s);
  });
});
