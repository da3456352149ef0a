import { expect, test } from '@jest/globals';

import { endpointOfModel } from '../../../src/dataplane/endpoint-of-model.ts';
import { decide } from '../../../src/dataplane/pipeline.ts';
import { Upstream } from '../../../src/dataplane/upstream.ts';
import type { LlmBackend } from '../../../src/ir/llm.ts';
import type { ForwardAction } from '../../../src/ir/table.ts';
import { exchangeFor } from '../../support/exchange.ts';
import { cluster, matcher, route, table, virtualHost } from '../../support/gateway.ts';

interface Story {
  readonly target: string;
  readonly action?: Partial<ForwardAction>;
  readonly backend?: Partial<LlmBackend>;
  readonly method?: string;
}

const chat = '/v1/chat/completions';
const toChat = { pattern: '.*', substitution: `${chat}?a=b` };

test.each<[string, Story, string]>([
  ['a known path', { target: chat }, 'chat'],
  ['a query', { target: `${chat}?model=x` }, 'chat'],
  ['another base of the server', { target: chat, backend: { basePath: '/r1' } }, 'chat'],
  ['a prefix that goes', { target: `/ai${chat}`, action: { prefixRewrite: '/' } }, 'chat'],
  [
    'a prefix that becomes a base',
    { target: '/ai/messages', action: { prefixRewrite: '/r1/v1' } },
    'messages',
  ],
  ['a whole path by an expression', { target: '/ai', action: { regexRewrite: toChat } }, 'chat'],
  ['one path for all', { target: '/v1/x', backend: { fullPath: '/r1/messages' } }, 'messages'],
  ['one path that is not known', { target: chat, backend: { fullPath: '/generate' } }, 'other'],
  ['a listing', { target: '/v1/models', method: 'GET', backend: { fullPath: chat } }, 'models'],
  ['something else', { target: '/v1/chat' }, 'other'],
])('%s', async (_what, { target, action, backend, method = 'POST' }, endpoint) => {
  const llm = { provider: 'openai', credential: { kind: 'none' }, authority: 'a.test' } as const;
  const upstream = new Upstream(cluster(80, { llm: { ...llm, ...backend } }), {
    secrets: {},
    localAddresses: 'on',
  });
  const destinations = [{ cluster: 'up', weight: 1 }];
  const one = route({
    action: { kind: 'forward', destinations, timeoutMs: 0, ...action },
    matchers: [
      matcher(target.startsWith('/ai/v1') ? '/ai/' : target.startsWith('/ai') ? '/ai' : '/'),
    ],
  });
  const exchange = exchangeFor(table(virtualHost({ routes: [one] })), { target, method });
  await decide(exchange);
  expect(endpointOfModel(exchange, upstream)).toBe(endpoint);
});
