import { Exchange } from '../../src/dataplane/exchange.ts';
import { defaultLimits } from '../../src/dataplane/limits.ts';
import type { RoutingTable } from '../../src/ir/table.ts';
import { program } from './gateway.ts';

export interface ExchangeSetting {
  readonly method?: string;
  readonly target?: string;
  readonly scheme?: 'http' | 'https';
  /** In place of `Host: a.example`. */
  readonly headers?: readonly string[];
}

/** A request as it stands before the first stage. */
export function exchangeFor(routing: RoutingTable, setting: ExchangeSetting = {}): Exchange {
  const { method = 'GET', target = '/', scheme = 'http', headers = [] } = setting;
  const prepared = program(routing);
  const [listener] = prepared.listeners.values();
  if (listener === undefined) throw new Error('the table has no listener');
  const rawHeaders = headers.includes('Host') ? headers : ['Host', 'a.example', ...headers];
  return new Exchange({
    program: prepared,
    listener,
    connection: { scheme, peer: '10.0.0.1' },
    raw: { method, url: target, rawHeaders, httpVersionMajor: 1, httpVersionMinor: 1 },
    limits: defaultLimits,
  });
}
