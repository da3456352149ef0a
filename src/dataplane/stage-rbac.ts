import type { Trace } from '../base/trace.ts';
import type { PreparedRbac, RbacRequest } from '../rbac/authorize.ts';
import type { Denial } from './denial.ts';
import type { Exchange } from './exchange.ts';

/** Authorization by the claims of the token that was verified last (Gloo: the later stage wins). */
export function authorizationStage(exchange: Exchange): Denial | undefined {
  const authorization = exchange.route?.authorization;
  if (authorization === undefined) return undefined;
  const request: RbacRequest = {
    subject: exchange.identities.at(-1),
    path: exchange.pathWithQuery,
    method: exchange.method,
    // Of the clusters that it may go to, those that are no model servers refuse it later.
    isForModel: exchange.route?.route.action.kind === 'forward',
  };
  const { allowed, policy, models } = authorization.decide(request);
  if (policy !== undefined) exchange.policy = policy;
  exchange.models = models;
  exchange.trace?.push(...policyNotes(authorization, request, exchange.trace));
  return allowed ? undefined : accessDenied;
}

const accessDenied: Denial = {
  status: 403,
  body: 'RBAC: access denied',
  reason: 'rbac',
  detail: 'no policy allows',
};

/** Up to the policy that allows all models: those behind it change nothing. */
function policyNotes(
  authorization: PreparedRbac,
  request: RbacRequest,
  trace: Trace,
): readonly string[] {
  const notes: string[] = [];
  for (const { policy, allows, because, claims, models } of authorization.explain(
    request,
    (value) => trace.value(value),
  )) {
    const which = models === undefined ? '' : ` models ${models.join(', ')}`;
    const what = allows ? `allows${which}, by claims ${claims.join(', ')}` : because.join('; ');
    notes.push(`policy ${policy}: ${what}`);
    if (allows && models === undefined) return notes;
  }
  return notes.length === 0 ? ['there is no policy: nobody is allowed'] : notes;
}
