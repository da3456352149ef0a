import type { VerifiedUser } from '../llm/user-id.ts';
import type { Exchange } from './exchange.ts';

/** Whom the token that was verified last names; undefined: nobody, or it has no subject. */
export function verifiedUser({
  identities,
}: Pick<Exchange, 'identities'>): VerifiedUser | undefined {
  const { iss, sub } = identities.at(-1)?.claims ?? {};
  if (typeof sub !== 'string' || sub === '') return undefined;
  return { issuer: typeof iss === 'string' ? iss : '', subject: sub };
}
