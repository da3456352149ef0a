import { expect, test } from '@jest/globals';

import { actionStage } from '../../../src/dataplane/stage-action.ts';
import type { RouteAction } from '../../../src/ir/table.ts';
import { exchangeFor } from '../../support/exchange.ts';
import { matcher, route, table, virtualHost } from '../../support/gateway.ts';

function acted(action: RouteAction) {
  const routes = [route({ action, matchers: [matcher('/api')] })];
  const exchange = exchangeFor(table(virtualHost({ routes })));
  exchange.route = exchange.listener.find('a')?.routes[0];
  [exchange.matcher] = exchange.route?.matchers ?? [];
  exchange.path = '/api/x';
  exchange.authority = 'a.example';
  return { denial: actionStage(exchange), reply: exchange.reply };
}

test.each<[string, RouteAction, object]>([
  ['direct', { kind: 'direct', status: 200, body: 'hi' }, { reply: { status: 200, body: 'hi' } }],
  [
    'redirect of the matched prefix',
    {
      kind: 'redirect',
      status: 301,
      https: false,
      stripQuery: false,
      path: { kind: 'prefix', value: '/v2' },
    },
    { reply: { status: 301, headers: ['location', 'http://a.example/v2/x'] } },
  ],
  [
    'closed',
    { kind: 'closed', status: 503, body: 'x', detail: 'why' },
    { denial: { status: 503, body: 'x', reason: 'closed', detail: 'why' } },
  ],
  [
    'forward',
    { kind: 'forward', destinations: [], timeoutMs: 0 },
    { denial: undefined, reply: undefined },
  ],
])('%s', (_name, action, expected) => {
  expect(acted(action)).toMatchObject(expected);
});
