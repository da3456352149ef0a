import type { RouteOptions, VirtualHostOptions } from '../api/options.ts';
import type { JwtStages } from '../ir/jwt.ts';
import type { RbacRule } from '../ir/rbac.ts';
import type { Route, RouteAction } from '../ir/table.ts';
import { compileAction, defaultRouteAction } from './actions.ts';
import { compileAiOptions } from './ai-options.ts';
import { closed } from './closed.ts';
import { planRoutes } from './delegation.ts';
import { copyFindings, createFindings, type Findings } from './findings.ts';
import { bufferOf, forwardingOptions } from './forwarding.ts';
import { guardedRoute, withoutAuth } from './guarded-route.ts';
import { warnHiddenStages } from './hidden-stages.ts';
import type { HostPlan } from './host-plan.ts';
import { compileMatchers } from './matchers.ts';
import type { MergedOptions } from './merged-options.ts';
import { guardModels } from './model-guard.ts';
import { scopeAt } from './parts.ts';
import type { HostScope } from './providers.ts';
import { compileRbac } from './rbac.ts';
import { warnRemovedAuth } from './removed-auth.ts';
import { compileRewrites } from './rewrites.ts';
import type { RoutePlan } from './route-plan.ts';
import { compileHostHeaders, compileTraffic, type HostHeaders } from './route-traffic.ts';
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
  readonly hostHeaders: HostHeaders;
}

type OuterScope = Omit<RoutesScope, 'hostRule' | 'hostHeaders'>;

interface HostRule {
  readonly rule: RbacRule | undefined;
  readonly findings: Findings;
}

/** Compiles the routes in order, those of tables in the place of the routes that delegate to them. */
export function compileRoutes(outer: OuterScope): readonly Route[] {
  const { plan } = outer;
  const hostHeaders = compileHostHeaders(plan, outer);
  const scope = { ...outer, hostRule: compileHostRule(outer), hostHeaders };
  const plans = planRoutes(plan.routes, scope);
  const routes = plans.map((one, index) =>
    guardedRoute(scope, (own) => compileRoute(one, own), plans.slice(index)),
  );
  if (plan.wantsDefaultBackend) routes.push(guardedRoute(scope, defaultRoute));
  return routes.filter((route) => route.matchers.length > 0);
}

function compileHostRule(scope: OuterScope): HostRule {
  const findings = createFindings();
  const { plan, host } = scope;
  const own = scopeAt({ ...scope, findings }, plan.rbac?.place);
  const rule = compileRbac(plan.rbac, { ...own, stages: inForce(host.stages) });
  return { rule, findings };
}

/** The rule of the route, else that of the virtual host. */
function ruleOf(
  options: MergedOptions<RouteOptions> | undefined,
  stages: JwtStages | undefined,
  scope: RoutesScope,
): RbacRule | undefined {
  const own = options?.value.rbac;
  if (own) {
    const layer = options.layerOf('rbac');
    const at = { value: own, path: `${layer?.path}.rbac` };
    return compileRbac(at, { ...scopeAt(scope, layer?.place), stages });
  }
  const { rbac } = scope.plan;
  if (stages !== inForce(scope.host.stages)) {
    return compileRbac(rbac, { ...scopeAt(scope, rbac?.place), stages });
  }
  copyFindings(scope.hostRule.findings, scope.findings, () => false);
  return scope.hostRule.rule;
}

function compileRoute(plan: RoutePlan, scope: RoutesScope): Route {
  const { spec, path, options } = plan;
  const own = scopeAt(scope, plan.place);
  for (const error of plan.errors ?? []) own.findings.error(error);
  const matchers = compileMatchers({ value: spec.matchers, path: `${path}.matchers` }, own);
  if (plan.isBare === true && plan.closed)
    return { name: plan.name, matchers, action: plan.closed };
  const stages = compileRouteStages(options, scope.host, scope);
  const rbac = ruleOf(options, stages, scope);
  warnRemovedAuth(plan, stages, scope);
  warnRelaxed(options, scope);
  warnHiddenStages(options, stages, scope);
  const route: Route = {
    name: plan.name,
    matchers,
    ...(stages ? { jwt: stages } : {}),
    ...(rbac ? { rbac } : {}),
    ...bufferOf(plan, scope),
    ...compileTraffic(plan, { host: scope.plan, headers: scope.hostHeaders }, scope),
    ...compileAiOptions(plan, scope),
    action: compilePlanAction(plan, scope),
  };
  if (usesBrokenStage(stages, scope.host)) return withoutAuth(route, brokenHost);
  return guardModels(route, plan, scope);
}

const brokenHost = closed('the JWT settings of the virtual host have errors');

/** It may be what was meant, but should never go unnoticed; of those of tables more is told. */
function warnRelaxed(options: MergedOptions<RouteOptions>, scope: RoutesScope): void {
  const layer = options.layerOf('jwtProvidersStaged');
  const stage = relaxedStage(options.value, scope.host);
  if (stage === undefined || !layer || layer.table) return;
  scopeAt(scope, layer.place).findings.warn({
    reason: 'AuthRemoved',
    path: `${layer.path}.jwtProvidersStaged.${stage}`,
    what: 'the route replaces verification of the virtual host by one that lets requests without a valid token through',
  });
}

function compilePlanAction(plan: RoutePlan, scope: RoutesScope): RouteAction {
  const { spec, path } = plan;
  const own = scopeAt(scope, plan.place);
  const guard = unenforcedGuard(spec, withGeneralGuard(scope));
  if (guard !== undefined) {
    return closed(`${path}: ${guard} is not enforced yet, so the route stays closed`);
  }
  const answer = plan.closed ?? scope.plan.closed;
  if (answer) return answer;
  const action = compileAction({ value: spec, path }, own);
  if (action.kind !== 'forward') return action;
  return { ...action, ...compileRewrites(plan, scope), ...forwardingOptions(plan, scope) };
}

/** A guard of the Settings is in force where nobody else speaks of it. */
function withGeneralGuard({ plan, context }: RoutesScope): VirtualHostOptions {
  const { extProc } = context.settings;
  return extProc === undefined ? plan.options.value : { extProc, ...plan.options.value };
}

function defaultRoute(scope: RoutesScope): Route {
  const stages = inForce(scope.host.stages);
  const rbac = ruleOf(undefined, stages, scope);
  const route: Route = {
    name: 'default',
    matchers: compileMatchers({ value: undefined, path: '' }, scope),
    ...(stages ? { jwt: stages } : {}),
    ...(rbac ? { rbac } : {}),
    action: scope.context.settings.extProc
      ? closed('options.extProc of the Settings is not enforced yet, so the route stays closed')
      : defaultRouteAction(scope, stages !== undefined),
  };
  return usesBrokenStage(stages, scope.host) ? withoutAuth(route, brokenHost) : route;
}
