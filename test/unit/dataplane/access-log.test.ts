import { expect, test } from '@jest/globals';

import { createLogger } from '../../../src/base/log.ts';
import { createAccessLog } from '../../../src/dataplane/access-log.ts';
import { decide } from '../../../src/dataplane/pipeline.ts';
import { exchangeFor, type ExchangeSetting } from '../../support/exchange.ts';
import { requireToken, route, table, virtualHost } from '../../support/gateway.ts';

const end = {
  status: 200,
  cluster: 'up',
  endpoint: '127.0.0.1:1',
  durationMs: 12.345_678,
  firstByteMs: 1.001,
  bytesSent: 42,
  aborted: false,
};

async function lineOf(setting: ExchangeSetting, more: Partial<typeof end> = {}): Promise<string> {
  let text = '';
  const log = createAccessLog(createLogger('info', { write: (line) => void (text += line) }));
  const exchange = exchangeFor(
    table(virtualHost({ routes: [route({ jwt: requireToken })] })),
    setting,
  );
  await decide(exchange);
  log(exchange, { ...end, ...more });
  return text;
}

test('one line with names of the table, closed words and numbers', async () => {
  const headers = ['Authorization', 'Bearer user:ann', 'Content-Length', '7'];
  const line = JSON.parse(await lineOf({ target: '/a', headers })) as object;
  expect(line).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    vhost: 'ns.host',
    route: 'route',
    provider: 'kc',
    verdict: 'verified',
    status: 200,
    method: 'GET',
    path: '/a',
    upstream: 'up',
    endpoint: '127.0.0.1:1',
    durationMs: 12.35,
    firstByteMs: 1,
    bytesReceived: 7,
    bytesSent: 42,
    msg: 'request',
  });
});

test('says why a request was refused, and that an answer did not arrive', async () => {
  const line = JSON.parse(await lineOf({}, { status: 401, aborted: true })) as object;
  expect(line).toMatchObject({ reason: 'jwt_missing', verdict: 'denied', aborted: true });
});

test('has no query, no header, no token and no claim value', async () => {
  const headers = ['Authorization', 'Bearer user:canary-name', 'Cookie', 'canary-cookie'];
  const line = await lineOf({ target: '/a?access_token=canary-token', headers });
  expect(line).not.toContain('canary');
  expect(line).not.toContain('user:');
});
