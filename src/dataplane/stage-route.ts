import { removeTrustedHeaders } from './claim-headers.ts';
import { notFound, type Denial } from './denial.ts';
import type { Exchange, StageOutcome } from './exchange.ts';
import { matcherNote } from './route-notes.ts';
import { addClaims, verifyRoute } from './stage-jwt.ts';

/** The first route with a matcher that fits; none: 404, before any token is looked at. */
export function routeStage(exchange: Exchange): Denial | undefined {
  for (const route of exchange.virtualHost?.routes ?? []) {
    for (const matcher of route.matchers) {
      const fits = matcher.test(exchange);
      exchange.trace?.push(matcherNote(exchange, route, matcher, fits));
      if (!fits) continue;
      exchange.route = route;
      exchange.matcher = matcher;
      return undefined;
    }
  }
  return notFound;
}

/**
 * Verified claims may choose another route of the same virtual host. That one's authorization and action count, and its
 * verification too where it asks for another: the choice never opens what a token of its own would be needed for. Of the
 * identity that made the choice nothing goes on then: the upstream would take the claims of two for those of one.
 */
export function routeByClaimsStage(exchange: Exchange): StageOutcome {
  if (!exchange.claimed || exchange.virtualHost?.choosesByClaims !== true) return undefined;
  exchange.trace?.push('claims are in the request now: the route is chosen anew');
  const former = exchange.route;
  const missed = routeStage(exchange);
  const { route } = exchange;
  if (missed !== undefined) return missed;
  if (route === former || route === undefined || route.jwtKey === former?.jwtKey) return undefined;
  if (route.route.jwt === undefined) return undefined;
  exchange.trace?.push('this route asks for another verification: it begins anew');
  exchange.identities = [];
  const outcome = verifyRoute(exchange, route);
  if (!(outcome instanceof Promise)) return outcome ?? replaceClaims(exchange);
  return outcome.then((denial) => denial ?? replaceClaims(exchange));
}

function replaceClaims(exchange: Exchange): undefined {
  const { virtualHost } = exchange;
  if (virtualHost !== undefined) removeTrustedHeaders(exchange.headers, virtualHost.trustedNames);
  addClaims(exchange);
}
