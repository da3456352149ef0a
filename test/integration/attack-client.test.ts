import { afterEach, describe, expect, test } from '@jest/globals';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';

import {
  cluster,
  createScope,
  echo,
  exchangeBytes,
  matcher,
  readAll,
  route,
  table,
  virtualHost,
} from '../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

async function gatewayTo(handle: RequestListener) {
  const { port } = await scope.upstream(handle);
  return scope.gateway(table(virtualHost(), [cluster(port)]));
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

describe('a client that does not wait for answers', () => {
  test('takes one connection to the upstream, whatever it sends', async () => {
    let inWork = 0;
    let most = 0;
    const gateway = await gatewayTo((request, response) => {
      inWork += 1;
      most = Math.max(most, inWork);
      setTimeout(() => {
        inWork -= 1;
        echo(request, response);
      }, 2);
    });
    const last = `GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
    const answer = await exchangeBytes(gateway.port(), get('/').repeat(100) + last);
    expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(101);
    expect(answer.indexOf('"/last"')).toBeGreaterThan(answer.lastIndexOf('"url":"/"'));
    expect(most).toBe(1);
  });

  test('with a body behind each, all are whole', async () => {
    const gateway = await gatewayTo(echo);
    const post = (body: string, more = ''): string =>
      `POST / HTTP/1.1\r\nHost: a\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
    const socket = connect(gateway.port(), '127.0.0.1');
    const answers = readAll(socket);
    const last = post('z'.repeat(200_000), 'Connection: close\r\n');
    socket.write(post('one') + post('x'.repeat(100_000)) + post('three') + last);
    const bodies = [...(await answers).matchAll(/"body":"(\w+)"/g)].map(([, body]) => body?.length);
    expect(bodies).toEqual([3, 100_000, 5, 200_000]);
  });

  test('is cut off with too many, and gone with all of them when it leaves', async () => {
    const gateway = await gatewayTo(() => undefined);
    expect(await exchangeBytes(gateway.port(), get('/').repeat(200))).toBe('');
    const socket = connect(gateway.port(), '127.0.0.1');
    socket.write(get('/').repeat(100));
    while (gateway.dataPlane.inFlight() === 0) await new Promise((settle) => setTimeout(settle, 5));
    expect(gateway.dataPlane.inFlight()).toBe(1);
    socket.destroy();
    while (gateway.dataPlane.inFlight() > 0) await new Promise((settle) => setTimeout(settle, 5));
  });
});

describe('a client that writes dots behind a prefix', () => {
  test('does not get out of what the prefix is rewritten to', async () => {
    const { port } = await scope.upstream(echo);
    const rewritten = route({
      matchers: [matcher('/api')],
      action: {
        kind: 'forward',
        destinations: [{ cluster: 'up', weight: 1 }],
        timeoutMs: 0,
        prefixRewrite: '/static/',
      },
    });
    const gateway = await scope.gateway(
      table(virtualHost({ routes: [rewritten] }), [cluster(port)]),
    );
    const ask = (path: string) =>
      exchangeBytes(gateway.port(), `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(await ask('/api../secret')).toMatch(/^HTTP\/1\.1 400/);
    expect(await ask('/api%2e%2e/secret')).toMatch(/^HTTP\/1\.1 400/);
    expect(await ask('/api..%2fsecret')).toMatch(/^HTTP\/1\.1 400/);
    expect(await ask('/apix')).toContain('"url":"/static/x"');
  });
});
