import type { MatcherSpec } from '../api/matcher.ts';
import type { RouteOptions } from '../api/options.ts';
import type { RouteSpec } from '../api/route.ts';
import type { JwtStages } from '../ir/jwt.ts';
import type { RbacRule } from '../ir/rbac.ts';
import type { ClosedAction, Route, RouteAction } from '../ir/table.ts';
import { compileAction, defaultRouteAction } from './actions.ts';
import { closed } from './closed.ts';
import { copyFindings, createFindings, type Findings } from './findings.ts';
import type { At, HostPlan } from './host-plan.ts';
import { compileMatchers } from './matchers.ts';
import type { HostScope } from './providers.ts';
import { compileRbac } from './rbac.ts';
import {
  compileRouteStages,
  inForce,
  relaxedStage,
  usesBrokenStage,
  type HostProviders,
} from './stages.ts';
import { unenforcedGuard } from './unenforced-guards.ts';

/** What the routes of one virtual host have in common. */
export interface RoutesScope extends HostScope {
  readonly plan: HostPlan;
  readonly host: HostProviders;
  /** The policies of the virtual host for its own stages: most routes have them, so they are compiled once. */
  readonly hostRule: HostRule;
}

interface HostRule {
  readonly rule: RbacRule | undefined;
  readonly findings: Findings;
}

/** Compiles the routes in order; with `replaceInvalidRoutes` one with an error is closed and the others go on. */
export function compileRoutes(outer: Omit<RoutesScope, 'hostRule'>): readonly Route[] {
  const { plan } = outer;
  const scope = { ...outer, hostRule: compileHostRule(outer) };
  const routes = plan.routes.value.map((spec, index) => {
    const at = { value: spec, path: `${plan.routes.path}[${index}]` };
    const from = plan.routes.value.slice(index);
    return guarded(scope, (own) => compileRoute(at, index, own), from);
  });
  if (plan.wantsDefaultBackend) routes.push(guarded(scope, defaultRoute));
  return routes.filter((route) => route.matchers.length > 0);
}

function compileHostRule(scope: Omit<RoutesScope, 'hostRule'>): HostRule {
  const findings = createFindings();
  const { plan, host } = scope;
  const rule = compileRbac(plan.rbac, { ...scope, findings, stages: inForce(host.stages) });
  return { rule, findings };
}

function ruleOf(
  { value: options, path }: At<RouteOptions | undefined>,
  stages: JwtStages | undefined,
  scope: RoutesScope,
): RbacRule | undefined {
  if (options?.rbac) {
    return compileRbac({ value: options.rbac, path: `${path}.rbac` }, { ...scope, stages });
  }
  if (stages !== inForce(scope.host.stages)) {
    return compileRbac(scope.plan.rbac, { ...scope, stages });
  }
  copyFindings(scope.hostRule.findings, scope.findings, false);
  return scope.hostRule.rule;
}

function guarded(
  scope: RoutesScope,
  compileOne: (own: RoutesScope) => Route,
  from: readonly RouteSpec[] = [],
): Route {
  const findings = createFindings();
  const route = compileOne({ ...scope, findings });
  const replace = scope.context.settings.replaceInvalidRoutes && findings.hasErrors();
  copyFindings(findings, scope.findings, replace && !uncovers(from, findings));
  return replace ? closedRoute(route, findings, scope) : route;
}

/**
 * Whether requests could get around what the route asks for: those that it cannot take for a broken matcher go to the routes
 * behind it. Where it or one of those changes the auth of the virtual host, the virtual service cannot be served without it.
 */
function uncovers(from: readonly RouteSpec[], { list }: Findings): boolean {
  const broken = list.some(
    ({ severity, path }) => severity === 'error' && /\.matchers\[\d+\]/.test(path),
  );
  return broken && from.some(changesAuth);
}

const authOptions = [
  'jwt',
  'jwtStaged',
  'jwtProvidersStaged',
  'rbac',
  'extauth',
  'waf',
  'dlp',
  'csrf',
  'extProc',
] as const;

function changesAuth(spec: RouteSpec): boolean {
  const own = spec.options ?? {};
  const changed = authOptions.some((name) => own[name] !== undefined);
  return changed || unenforcedGuard(spec, {}) !== undefined || hasOptionRefs(spec);
}

const authPath = /^spec\.(?:jwt|rbac)\b|\.options\.(?:jwt|jwtStaged|jwtProvidersStaged|rbac)\b/;

/** Gloo calls a replaced route's errors warnings; a route whose auth is broken answers 500, not the configured response. */
function closedRoute(route: Route, { list }: Findings, { context }: RoutesScope): Route {
  const errors = list.filter(({ severity }) => severity === 'error');
  const auth = errors.find(({ path }) => authPath.test(path));
  if (auth) return withoutAuth(route, closed(`${auth.path}: ${auth.message}`));
  const { invalidRouteStatus: status, invalidRouteBody: body } = context.settings;
  const detail = `${errors[0]?.path}: ${errors[0]?.message}`;
  return { ...route, action: { kind: 'closed', status, body, detail } };
}

/** What is broken is not for the engines: they could not load it, and need none of it in front of a closed route. */
function withoutAuth({ name, matchers }: Route, action: ClosedAction): Route {
  return { name, matchers, action };
}

function compileRoute(
  { value: spec, path }: At<RouteSpec>,
  index: number,
  scope: RoutesScope,
): Route {
  const { options } = spec;
  const stages = compileRouteStages(options, `${path}.options`, scope.host, scope);
  const rbac = ruleOf({ value: options, path: `${path}.options` }, stages, scope);
  warnRelaxed(options, path, scope);
  const matchers = spec.delegateAction ? withPaths(spec.matchers) : spec.matchers;
  const route: Route = {
    name: spec.name ?? `unnamed-${index}`,
    matchers: compileMatchers({ value: matchers, path: `${path}.matchers` }, scope),
    ...(stages ? { jwt: stages } : {}),
    ...(rbac ? { rbac } : {}),
    action: unguarded({ value: spec, path }, scope) ?? compileAction({ value: spec, path }, scope),
  };
  return usesBrokenStage(stages, scope.host) ? withoutAuth(route, brokenHost) : route;
}

const brokenHost = closed('the JWT settings of the virtual host have errors');

/** Only a delegating route may leave the path out: then it is the one of everything. */
function withPaths(matchers: readonly MatcherSpec[] | undefined): readonly MatcherSpec[] {
  return (matchers ?? []).map((matcher) => {
    const { prefix, exact, regex } = matcher;
    return (prefix ?? exact ?? regex) === undefined ? { ...matcher, prefix: '/' } : matcher;
  });
}

/** It may be what was meant, but should never go unnoticed. */
function warnRelaxed(options: RouteOptions | undefined, path: string, scope: RoutesScope): void {
  const stage = relaxedStage(options, scope.host);
  if (stage === undefined) return;
  scope.findings.warn({
    reason: 'AuthRemoved',
    path: `${path}.options.jwtProvidersStaged.${stage}`,
    what: 'the route replaces verification of the virtual host by one that lets requests without a valid token through',
  });
}

function unguarded(
  { value: spec, path }: At<RouteSpec>,
  scope: RoutesScope,
): RouteAction | undefined {
  const guard = unenforcedGuard(spec, scope.plan.options.value);
  if (guard !== undefined) {
    return closed(`${path}: ${guard} is not enforced yet, so the route stays closed`);
  }
  if (!hasOptionRefs(spec) && !scope.plan.hasOptionRefs) return undefined;
  return closed(
    `${path}: optionsConfigRefs are not read yet and may hold auth, so the route stays closed`,
  );
}

function hasOptionRefs({ optionsConfigRefs }: RouteSpec): boolean {
  return (optionsConfigRefs?.delegateOptions?.length ?? 0) > 0;
}

function defaultRoute(scope: RoutesScope): Route {
  const stages = inForce(scope.host.stages);
  const rbac = ruleOf({ value: undefined, path: '' }, stages, scope);
  const route: Route = {
    name: 'default',
    matchers: compileMatchers({ value: undefined, path: '' }, scope),
    ...(stages ? { jwt: stages } : {}),
    ...(rbac ? { rbac } : {}),
    action: defaultRouteAction(scope, stages !== undefined),
  };
  return usesBrokenStage(stages, scope.host) ? withoutAuth(route, brokenHost) : route;
}
