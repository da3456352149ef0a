import type { RbacRequest } from '../rbac/authorize.ts';
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
  };
  const { allowed, policy } = authorization.decide(request);
  if (policy !== undefined) exchange.policy = policy;
  if (allowed) return undefined;
  if (exchange.trace !== undefined) explain(exchange.trace, authorization.explain(request));
  return accessDenied;
}

const accessDenied: Denial = {
  status: 403,
  body: 'RBAC: access denied',
  reason: 'rbac',
  detail: 'no policy allows',
};

function explain(
  trace: string[],
  policies: readonly { readonly policy: string; readonly because: readonly string[] }[],
): void {
  for (const { policy, because } of policies) trace.push(`rbac ${policy}: ${because.join('; ')}`);
}
