import type { Route, RouteAction } from '../ir/table.ts';
import { closed } from './closed.ts';
import type { HostScope } from './providers.ts';
import type { RoutePlan } from './route-plan.ts';
import type { RoutesScope } from './routes.ts';
import { scopeAt } from './parts.ts';

/**
 * A route that says something of models leads to model servers only: of other requests nobody can tell which model they are
 * for, so it stays closed. Policies for models allow nothing there, which needs no closing.
 */
export function guardModels(route: Route, plan: RoutePlan, scope: RoutesScope): Route {
  const { llm, rbac, action } = route;
  const stranger = strangerOf(action, scope);
  warnNoClaims(route, plan, scope);
  if (stranger === undefined) return route;
  if (rbac?.policies.some(({ models }) => models) === true) warnPolicies(plan, stranger, scope);
  const layer = plan.options.layerOf('ai');
  if (llm?.models === undefined || !layer) return route;
  const path = `${layer.path}.ai.models`;
  scopeAt(scope, layer.place).findings.warn({
    reason: 'InvalidRoute',
    path,
    what: 'the route stays closed: requests that go to no model server name no model',
    found: stranger,
    accepted: 'Upstreams with ai as destinations',
  });
  return { ...route, action: closed(`${path}: ${stranger} is no model server`) };
}

/** The first cluster that is there and no model server; undefined: there is none. */
function strangerOf(action: RouteAction, { context }: HostScope): string | undefined {
  if (action.kind !== 'forward') return undefined;
  const found = action.destinations.find(({ cluster }) => {
    const isService = cluster.startsWith('kube-svc:');
    return isService || context.backends.get(cluster)?.isModel === false;
  });
  return found && `the cluster ${found.cluster}`;
}

/** Of those that the route brings itself: a virtual host may well have routes of both kinds. */
function warnPolicies({ options }: RoutePlan, found: string, scope: RoutesScope): void {
  const layer = options.layerOf('rbac');
  if (!layer) return;
  scopeAt(scope, layer.place).findings.warn({
    reason: 'InvalidRbac',
    path: `${layer.path}.rbac.policies`,
    what: 'policies with permissions.models allow nothing, as requests that go to no model server name no model',
    found,
    accepted: 'Upstreams with ai as destinations',
  });
}

function warnNoClaims({ jwt, llm }: Route, { options }: RoutePlan, scope: RoutesScope): void {
  const layer = options.layerOf('ai');
  if (jwt || scope.isDetached === true || llm?.models?.allowedClaim === undefined || !layer) return;
  scopeAt(scope, layer.place).findings.warn({
    reason: 'InvalidRoute',
    path: `${layer.path}.ai.models.allowedClaim`,
    what: 'a route without verification has no claims, so nobody may use a model',
    found: 'no jwt',
    accepted: 'providers of the virtual host or the route',
  });
}
