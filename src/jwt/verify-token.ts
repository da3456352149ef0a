import type { JwtProvider } from '../ir/jwt.ts';
import { isAudienceAllowed } from './audience.ts';
import { jwtFaults, type JwtFault } from './jwt-fault.ts';
import type { KeySnapshot } from './key-snapshot.ts';
import { isMilliseconds } from './milliseconds.ts';
import type { ParsedToken } from './parse-token.ts';
import { selectKeys, verifySignature } from './verify-signature.ts';

/** What a provider asks of a token's claims. */
export interface ClaimRules {
  readonly issuer: string | undefined;
  readonly audiences: ReadonlySet<string>;
  readonly skewSeconds: number;
  readonly requireExp: boolean;
  /** Seconds from now. */
  readonly maxLifetime: number | undefined;
}

/** The rules of a provider, made ready. */
export function claimRules(provider: JwtProvider): ClaimRules {
  return {
    issuer: provider.issuer,
    audiences: new Set(provider.audiences),
    skewSeconds: provider.clockSkewSeconds,
    requireExp: provider.requireExp === true,
    maxLifetime: provider.maxLifetimeSeconds,
  };
}

/** Issuer, times and audience, in Envoy's order; all before the signature, so that keys are only asked for when they decide. */
export function checkClaims(
  token: ParsedToken,
  rules: ClaimRules,
  nowMs: number,
): JwtFault | undefined {
  const now = Math.floor(nowMs / 1000);
  if (rules.issuer !== undefined && token.iss !== rules.issuer) return jwtFaults.issuer;
  if (token.nbf !== undefined && token.nbf > now + rules.skewSeconds) {
    return isMilliseconds(token.nbf) ? jwtFaults.notYetValidMilliseconds : jwtFaults.notYetValid;
  }
  if (token.exp !== undefined && now > token.exp + rules.skewSeconds) return jwtFaults.expired;
  if (!isAudienceAllowed(token.audiences, rules.audiences)) return jwtFaults.audience;
  const tooLong = lifetimeFault(token, rules, now);
  if (tooLong) return tooLong;
  // RFC 7515 section 4.1.11: an extension that is not understood makes the token invalid.
  return token.critical ? jwtFaults.verification : undefined;
}

/** As in Envoy the tolerance for clocks does not lengthen what is allowed, and no exp is an endless life. */
function lifetimeFault(
  { exp }: ParsedToken,
  { requireExp, maxLifetime }: ClaimRules,
  now: number,
): JwtFault | undefined {
  if (exp === undefined) {
    return requireExp || maxLifetime !== undefined ? jwtFaults.noExpiry : undefined;
  }
  return maxLifetime !== undefined && exp > now + maxLifetime ? jwtFaults.lifetime : undefined;
}

/** The moment from which {@link checkClaims} calls the token expired. */
export function validUntilMs({ exp }: ParsedToken, { skewSeconds }: ClaimRules): number {
  return exp === undefined ? Number.POSITIVE_INFINITY : (exp + skewSeconds + 1) * 1000;
}

/** Finds the keys that the token may have been signed with, and tries them. */
export function checkSignature(token: ParsedToken, { keys }: KeySnapshot): JwtFault | undefined {
  if (keys.length === 0) return jwtFaults.noValidKey;
  const candidates = selectKeys(keys, token);
  return candidates.length === 0 ? jwtFaults.noKey : verifySignature(token, candidates);
}

/** Whether the token names a key that the set does not have: the sign of a key that is newer than the set. */
export function namesUnknownKey({ kid }: ParsedToken, { keys }: KeySnapshot): boolean {
  return kid !== undefined && !keys.some((key) => key.kid === kid);
}
