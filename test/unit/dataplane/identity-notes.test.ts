import { expect, test } from '@jest/globals';

import { Trace } from '../../../src/base/trace.ts';
import { identityNotes } from '../../../src/dataplane/identity-notes.ts';
import { exchangeFor } from '../../support/exchange.ts';
import { table, virtualHost } from '../../support/gateway.ts';
import { provider } from '../../support/jwt-stage.ts';

test('names claims and headers, and the claims only where they may be shown', () => {
  const claimsToHeaders = [
    { claim: 'sub', header: 'x-sub', append: false },
    { claim: 'org', header: 'x-org', append: false },
  ];
  const host = virtualHost({ providers: { kc: provider({ claimsToHeaders }) } });
  const exchange = exchangeFor(table(host));
  [exchange.virtualHost] = exchange.listener.served;
  const headers = [{ name: 'x-sub', value: 'me', append: false }];
  const identity = { provider: 'kc', claims: { sub: 'me' }, headers };
  const notes = [
    'claim sub becomes header x-sub',
    'claim org makes no header x-org: absent, empty or with a control character',
  ];
  expect(identityNotes(exchange, identity)).toEqual(['claims of provider kc', ...notes]);
  exchange.trace = new Trace({ showValues: true });
  expect(identityNotes(exchange, identity)[0]).toBe('claims of provider kc ({"sub":"me"})');
});
