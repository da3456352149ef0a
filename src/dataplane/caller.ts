import type { VerifiedIdentity } from '../jwt/authenticate.ts';

/** By whom a request counts among others: issuer and subject of a verified token; all without one are one caller. */
export function callerOf(identities: readonly VerifiedIdentity[]): string {
  for (const { provider, claims } of identities) {
    const { iss, sub } = claims;
    if (typeof sub === 'string') {
      return JSON.stringify([typeof iss === 'string' ? iss : provider, sub]);
    }
  }
  const [first] = identities;
  return first === undefined ? '' : JSON.stringify([first.provider]);
}
