import { describe, expect, test } from '@jest/globals';

import { decide } from '../../../src/dataplane/pipeline.ts';
import { corsStage } from '../../../src/dataplane/stage-cors.ts';
import { exchangeFor } from '../../support/exchange.ts';
import { requireToken, route, table, virtualHost } from '../../support/gateway.ts';

const cors = { origins: ['https://a.test'], originRegexes: [] };
const host = virtualHost({ routes: [route({ cors, jwt: requireToken })] });
const preflight = ['Origin', 'https://a.test', 'Access-Control-Request-Method', 'GET'];

const exchanged = (method: string, headers: readonly string[]) =>
  exchangeFor(table(host), { method, headers });

describe('corsStage', () => {
  test('answers a preflight before a token is looked for', async () => {
    const exchange = exchanged('OPTIONS', preflight);
    expect(await decide(exchange)).toBeUndefined();
    expect(exchange.reply).toMatchObject({ status: 200, isBare: true });
    expect([exchange.verdict, exchange.origin]).toEqual(['none', '']);
  });

  test.each([
    ['another origin', 'OPTIONS', ['Origin', 'https://b.test', ...preflight.slice(2)], ''],
    ['no origin', 'OPTIONS', preflight.slice(2), ''],
    ['no preflight', 'OPTIONS', preflight.slice(0, 2), 'https://a.test'],
    ['another method', 'POST', preflight, 'https://a.test'],
    ['two origins', 'POST', [...preflight, ...preflight], ''],
  ])('%s goes on to the token', async (_title, method, headers, origin) => {
    const exchange = exchanged(method, headers);
    expect(await decide(exchange)).toMatchObject({ status: 401 });
    expect([exchange.reply, exchange.origin]).toEqual([undefined, origin]);
  });

  test('is silent without a policy', () => {
    const exchange = exchangeFor(table(virtualHost()), { method: 'OPTIONS', headers: preflight });
    expect(corsStage(exchange)).toBeUndefined();
    expect(exchange.reply).toBeUndefined();
  });
});
