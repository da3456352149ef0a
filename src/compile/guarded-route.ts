import type { ClosedAction, Route } from '../ir/table.ts';
import { closed } from './closed.ts';
import { copyFindings, createFindings, placedLine, type Findings } from './findings.ts';
import type { RoutePlan } from './route-plan.ts';
import type { RoutesScope } from './routes.ts';
import { guardNames, unenforcedGuard } from './unenforced-guards.ts';

/**
 * A route with an error rejects the resource; or is only closed itself, with `replaceInvalidRoutes` and where the error is in
 * another resource than the one that is compiled.
 */
export function guardedRoute(
  scope: RoutesScope,
  compileOne: (own: RoutesScope) => Route,
  from: readonly RoutePlan[] = [],
): Route {
  const findings = createFindings();
  const route = compileOne({ ...scope, findings });
  const replace = scope.context.settings.replaceInvalidRoutes && !uncovers(from, findings);
  copyFindings(findings, scope.findings, ({ at }) => replace || at !== undefined);
  return findings.hasErrors() ? closedRoute(route, findings, scope) : route;
}

/**
 * Whether requests could get around what the route asks for: those that it cannot take for a broken matcher go to the routes
 * behind it. Where it or one of those changes the auth of the virtual host, the virtual service cannot be served without it.
 */
function uncovers(from: readonly RoutePlan[], { list }: Findings): boolean {
  const broken = list.some(
    ({ severity, path }) => severity === 'error' && /\.matchers\[\d+\]/.test(path),
  );
  return broken && from.some(changesAuth);
}

const authOptions = ['jwt', 'jwtStaged', 'jwtProvidersStaged', 'rbac', ...guardNames] as const;

function changesAuth({ spec, closed: answer }: RoutePlan): boolean {
  const own = spec.options ?? {};
  const changed = authOptions.some((name) => own[name] !== undefined);
  return changed || unenforcedGuard(spec, {}) !== undefined || answer !== undefined;
}

const authPath = /^spec\.(?:jwt|rbac)\b|\.options\.(?:jwt|jwtStaged|jwtProvidersStaged|rbac)\b/;

/** Gloo calls a replaced route's errors warnings; a route whose auth is broken answers 500, not the configured response. */
function closedRoute(route: Route, { list }: Findings, { context }: RoutesScope): Route {
  const errors = list.filter(({ severity }) => severity === 'error');
  const auth = errors.find(({ path }) => authPath.test(path));
  if (auth) return withoutAuth(route, closed(placedLine(auth)));
  const [first] = errors;
  const detail = first ? placedLine(first) : '';
  const { replaceInvalidRoutes, invalidRouteStatus, invalidRouteBody } = context.settings;
  if (!replaceInvalidRoutes) return { ...route, action: closed(detail) };
  const answer = { status: invalidRouteStatus, body: invalidRouteBody };
  return { ...route, action: { kind: 'closed', ...answer, detail } };
}

/** What is broken is not for the engines: they could not load it, and need none of it in front of a closed route. */
export function withoutAuth({ name, matchers }: Route, action: ClosedAction): Route {
  return { name, matchers, action };
}
