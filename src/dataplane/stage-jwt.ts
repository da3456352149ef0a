import type { PreparedStage, StageVerdict } from '../jwt/authenticate.ts';
import { placeName } from '../jwt/place-text.ts';
import { bearerChallenge } from './challenge.ts';
import { addClaimHeaders, removeTrustedHeaders } from './claim-headers.ts';
import type { Denial } from './denial.ts';
import type { Exchange, StageOutcome } from './exchange.ts';
import type { PreparedRoute } from './program.ts';
import { identityNotes } from './identity-notes.ts';
import { removeTokens } from './token-removal.ts';

/** Verification in front of external auth. */
export function beforeExtAuthStage(exchange: Exchange): StageOutcome {
  return verify(exchange, exchange.route?.beforeExtAuth);
}

/** Verification behind it; both have to pass where both are set. */
export function afterExtAuthStage(exchange: Exchange): StageOutcome {
  return verify(exchange, exchange.route?.afterExtAuth);
}

/** Both verifications of a route, in their order, from the request as it came. */
export function verifyRoute(exchange: Exchange, route: PreparedRoute): StageOutcome {
  exchange.taken = [];
  const before = verify(exchange, route.beforeExtAuth);
  if (!(before instanceof Promise)) return before ?? verify(exchange, route.afterExtAuth);
  return before.then((denial) => denial ?? verify(exchange, route.afterExtAuth));
}

function verify(exchange: Exchange, stage: PreparedStage | undefined): StageOutcome {
  if (stage === undefined) return undefined;
  const verdict = stage.authenticate(exchange);
  if (!(verdict instanceof Promise)) return apply(exchange, verdict);
  return verdict.then((settled) => apply(exchange, settled));
}

function apply(exchange: Exchange, verdict: StageVerdict): Denial | undefined {
  exchange.verdict = verdict.kind;
  if (verdict.failures) exchange.jwtFailures = { ...exchange.jwtFailures, ...verdict.failures };
  if (verdict.kind === 'denied') return denial(exchange, verdict);
  for (const source of verdict.strip) exchange.spent.push(source);
  for (const source of verdict.taken) exchange.taken.push(source);
  if (verdict.kind === 'verified') {
    exchange.identities.push(verdict.identity);
  } else {
    exchange.detail = verdict.detail;
    if (verdict.ambiguous) exchange.identities = [];
  }
  return undefined;
}

function denial(
  exchange: Exchange,
  { status, body, invalidToken, reason, detail }: Extract<StageVerdict, { kind: 'denied' }>,
): Denial {
  const { authority, path, connection } = exchange;
  const challenge = bearerChallenge({ scheme: connection.scheme, authority, path }, invalidToken);
  return { status, body, reason, detail, headers: ['www-authenticate', challenge] };
}

/**
 * Writes the claims of every verified token into the request. What other virtual hosts of the listener write is taken out
 * first, since an upstream that trusts it may be reached by several of them; to them the first route was not closed.
 */
export function claimHeadersStage(exchange: Exchange): undefined {
  removeTrustedHeaders(exchange.headers, exchange.listener.trustedNames);
  addClaims(exchange);
}

/** The same, after another route asked for another verification. Lines that are only added come behind all others. */
export function addClaims(exchange: Exchange): undefined {
  for (const identity of exchange.identities) {
    exchange.trace?.push(...identityNotes(exchange, identity));
  }
  for (const append of [false, true]) {
    for (const identity of exchange.identities) {
      const headers = identity.headers.filter((header) => header.append === append);
      if (headers.length > 0) addClaimHeaders(exchange.headers, { ...identity, headers });
    }
  }
  if (exchange.identities.length > 0) exchange.claimed = true;
}

/** Only now, when no verification is to come any more, used tokens are taken out. */
export function tokenRemovalStage(exchange: Exchange): undefined {
  if (exchange.spent.length === 0) return;
  removeTokens(exchange, exchange.spent);
  exchange.trace?.push(`taken out of the request: ${exchange.spent.map(placeName).join(', ')}`);
}
