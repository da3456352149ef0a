import type { RouteOptions, VirtualHostOptions } from '../api/options.ts';
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
import { compileRouteStages, type HostProviders } from './stages.ts';

/** Options that guard a route and are not enforced here yet: leaving them out would open it, so it stays closed. */
const guards = ['extauth', 'waf', 'dlp', 'csrf'] as const;

/** What the routes of one virtual host have in common. */
export interface RoutesScope extends HostScope {
  readonly plan: HostPlan;
  readonly host: HostProviders;
}

/** Compiles the routes in order; with `replaceInvalidRoutes` one with an error is closed and the others go on. */
export function compileRoutes(scope: RoutesScope): readonly Route[] {
  const { plan } = scope;
  const routes = plan.routes.value.map((spec, index) =>
    compileGuarded({ value: spec, path: `${plan.routes.path}[${index}]` }, index, scope),
  );
  if (plan.wantsDefaultBackend) routes.push(defaultRoute(scope));
  return routes.filter((route) => route.matchers.length > 0);
}

function compileGuarded(at: At<RouteSpec>, index: number, scope: RoutesScope): Route {
  const own = createFindings();
  const route = compileRoute(at, index, { ...scope, findings: own });
  const replace = scope.context.settings.replaceInvalidRoutes && own.hasErrors();
  copyFindings(own, scope.findings, replace);
  return replace ? { ...route, action: replacement(own, scope) } : route;
}

/** Gloo calls a replaced route's errors warnings; a route whose auth is broken answers 500, not the configured response. */
function replacement(own: Findings, { context }: RoutesScope): ClosedAction {
  const first = own.list.find((finding) => finding.severity === 'error');
  const detail = `${first?.path}: ${first?.message}`;
  const auth = ['InvalidRbac', 'InvalidKey', 'WeakKey', 'MissingField'].includes(
    first?.reason ?? '',
  );
  if (auth) return closed(detail);
  const { invalidRouteStatus: status, invalidRouteBody: body } = context.settings;
  return { kind: 'closed', status, body, detail };
}

function compileRoute(
  { value: spec, path }: At<RouteSpec>,
  index: number,
  scope: RoutesScope,
): Route {
  const { options } = spec;
  const stages = compileRouteStages(options, `${path}.options`, scope.host, scope);
  const rbacAt = options?.rbac
    ? { value: options.rbac, path: `${path}.options.rbac` }
    : scope.plan.rbac;
  const rbac = compileRbac(rbacAt, { ...scope, stages });
  warnOpened(spec, path, scope);
  return {
    name: spec.name ?? `unnamed-${index}`,
    matchers: compileMatchers(spec.matchers, `${path}.matchers`, scope),
    ...(stages ? { jwt: stages } : {}),
    ...(rbac ? { rbac } : {}),
    action:
      broken(stages, scope) ??
      unguarded(spec, path, scope) ??
      compileAction({ value: spec, path }, scope),
  };
}

/** Turning verification off while policies stay means that nobody gets in: not what anybody wants. */
function warnOpened(spec: RouteSpec, path: string, scope: RoutesScope): void {
  const providers = spec.options?.jwtProvidersStaged;
  const lax = [providers?.beforeExtAuth, providers?.afterExtAuth].some(
    (stage) =>
      stage !== undefined &&
      stage.validationPolicy !== undefined &&
      stage.validationPolicy !== 'REQUIRE_VALID' &&
      stage.validationPolicy !== 0,
  );
  if (!lax || !(scope.host.stages.beforeExtAuth ?? scope.host.stages.afterExtAuth)) return;
  scope.findings.warn({
    reason: 'AuthRemoved',
    path: `${path}.options.jwtProvidersStaged`,
    what: 'the route replaces verification of the virtual host by one that lets requests without a valid token through',
  });
}

function broken(stages: JwtStages | undefined, { host }: RoutesScope): RouteAction | undefined {
  return stages && host.fault !== undefined ? closed(host.fault) : undefined;
}

function unguarded(spec: RouteSpec, path: string, scope: RoutesScope): RouteAction | undefined {
  const own: RouteOptions = spec.options ?? {};
  const inherited: VirtualHostOptions = scope.plan.options.value;
  const guard = guards.find((name) => own[name] !== undefined || inherited[name] !== undefined);
  if (guard)
    return closed(`${path}: options.${guard} is not enforced yet, so the route stays closed`);
  const refs = (spec.optionsConfigRefs?.delegateOptions?.length ?? 0) > 0;
  if (refs || scope.plan.hasOptionRefs) {
    return closed(
      `${path}: optionsConfigRefs are not read yet and may hold auth, so the route stays closed`,
    );
  }
  return undefined;
}

function defaultRoute(scope: RoutesScope): Route {
  const { stages } = scope.host;
  const rbac: RbacRule | undefined = compileRbac(scope.plan.rbac, { ...scope, stages });
  return {
    name: 'default',
    matchers: compileMatchers(undefined, '', scope),
    ...(stages.beforeExtAuth || stages.afterExtAuth ? { jwt: stages } : {}),
    ...(rbac ? { rbac } : {}),
    action: broken(stages, scope) ?? defaultRouteAction(scope),
  };
}
