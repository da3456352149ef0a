import { expect, test } from '@jest/globals';

import type { TracedEnd } from '../../../src/dataplane/tracing.ts';
import { clientAttributes, serverAttributes } from '../../../src/telemetry/span-attributes.ts';
import { exchangeFor } from '../../support/exchange.ts';
import { table, virtualHost } from '../../support/gateway.ts';
import { ended } from '../../support/model-end.ts';

function end(different: Partial<TracedEnd> & { readonly reason?: 'rbac' } = {}): TracedEnd {
  const { reason = '', ...more } = different;
  const exchange = exchangeFor(table(virtualHost()));
  exchange.reason = reason;
  return {
    exchange,
    cluster: 'up',
    model: undefined,
    status: 200,
    aborted: false,
    durationMs: 1,
    ...more,
  };
}

test.each<[ended: TracedEnd, server: string | undefined, client: string | undefined]>([
  [end(), undefined, undefined],
  [end({ status: 404 }), undefined, '404'],
  [end({ status: 502 }), '502', '502'],
  [end({ status: 403, reason: 'rbac' }), 'rbac', 'rbac'],
  [end({ model: ended({ errorType: 'insufficient' }) }), undefined, 'insufficient'],
])('the kind of an error', (told, server, client) => {
  expect(serverAttributes(told, 'GET')['error.type']).toBe(server);
  expect(clientAttributes(told, 'GET')['error.type']).toBe(client);
});

test('nothing is told that is not known', () => {
  expect(serverAttributes(end({ status: 0 }), 'GET')).toEqual({
    'http.request.method': 'GET',
    'url.path': '/',
    'url.scheme': 'http',
    'seekgate.verdict': 'none',
  });
});
