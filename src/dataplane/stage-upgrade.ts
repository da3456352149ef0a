import type { Denial } from './denial.ts';
import type { Exchange } from './exchange.ts';

/** Envoy's answer to a change of protocol that is not served. */
export const upgradeRefused: Denial = {
  status: 403,
  body: '',
  reason: 'upgrade',
  detail: 'the upgrade is not served here',
  close: true,
};

/** A change of protocol has to be one that the route serves, or else its listener: WebSocket, unless turned off. */
export function upgradeStage(exchange: Exchange): Denial | undefined {
  const { upgrade, method, hasBody } = exchange;
  if (upgrade === '') return undefined;
  // RFC 6455 section 4.1.
  const isHandshake = upgrade === 'websocket' && method === 'GET' && !hasBody;
  if (!isHandshake) exchange.trace?.push('only WebSocket is served, by GET and without a body');
  else if (isServed(exchange)) {
    exchange.trace?.push('a change to WebSocket, which is served here');
    return undefined;
  } else exchange.trace?.push('WebSocket is turned off by the route or its Gateway');
  return upgradeRefused;
}

function isServed({ route, listener: { listener } }: Exchange): boolean {
  const action = route?.route.action;
  const own = action?.kind === 'forward' ? action.upgrades : undefined;
  return (own ?? listener.upgrades ?? ['websocket']).includes('websocket');
}
