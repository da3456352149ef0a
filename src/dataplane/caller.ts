import type { Exchange } from './exchange.ts';
import { verifiedUser } from './verified-user.ts';

/** By whom a request counts among others: issuer and subject of a verified token; all without one are one caller. */
export function callerOf(exchange: Pick<Exchange, 'identities'>): string {
  const user = verifiedUser(exchange);
  if (user !== undefined) return JSON.stringify([user.issuer, user.subject]);
  const provider = exchange.identities.at(-1)?.provider;
  return provider === undefined ? '' : JSON.stringify([provider]);
}
