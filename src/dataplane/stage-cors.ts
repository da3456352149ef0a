import type { Exchange } from './exchange.ts';
import { joinedValue } from './header-lines.ts';

/**
 * Whether another origin asks, and may: its preflight is answered here, before a token is looked for, since browsers send none
 * with it. Every other request goes on; what is answered to it is for that origin to read.
 */
export function corsStage(exchange: Exchange): undefined {
  const policy = exchange.route?.cors;
  if (policy === undefined) return undefined;
  const origin = joinedValue(exchange.headers, 'origin') ?? '';
  if (origin === '') return undefined;
  if (!policy.allows(origin)) {
    exchange.trace?.push('the origin is not allowed');
    return undefined;
  }
  const asked = joinedValue(exchange.headers, 'access-control-request-method') ?? '';
  if (exchange.method === 'OPTIONS' && asked !== '') {
    exchange.trace?.push('a preflight of an allowed origin: answered before a token is looked for');
    exchange.reply = policy.preflight(origin);
  } else {
    exchange.trace?.push('the origin is allowed: the answer says so, whatever it is');
    exchange.origin = origin;
    exchange.corsRoute = exchange.route;
  }
  return undefined;
}
