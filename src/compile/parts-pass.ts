import type { RouteOptions, VirtualHostOptions } from '../api/options.ts';
import { refKey, type Entry, type Resource } from '../api/resource.ts';
import { oldestFirst } from './age.ts';
import { compileWeights } from './actions.ts';
import type { CompileContext } from './context.ts';
import type { CompileState } from './compile-state.ts';
import type { Findings } from './findings.ts';
import { planHost, type HostPlan } from './host-plan.ts';
import { mergeOptions, type MergedOptions } from './merged-options.ts';
import { breakCycles } from './part-cycles.ts';
import { partKinds, type PartFault, type PartKind } from './parts.ts';
import type { HostScope } from './providers.ts';
import { compileRbac, type RbacScope } from './rbac.ts';
import { remembered } from './remembered.ts';
import { compileRewrites } from './rewrites.ts';
import type { RoutePlan } from './route-plan.ts';
import { compileHostHeaders, compileTraffic } from './route-traffic.ts';
import { compileRoutes } from './routes.ts';
import { serveVersion } from './served-version.ts';
import { compileHostStages, compileRouteStages, inForce } from './stages.ts';

type Part = Resource<PartKind>;

/**
 * Decides of each resource that others use parts of which version that is: the newest that is right by itself. What they are used
 * in is not known here, nor needed. The oldest ones have their references first.
 */
export async function partsPass(state: CompileState): Promise<void> {
  const { resources, options } = state;
  const entries = partKinds.flatMap((kind) =>
    oldestFirst<PartKind>(resources.list(kind), options.lastGood),
  );
  for (const { ref } of entries) state.partNames.set(refKey(ref), 'known');
  for (const entry of entries) {
    const served = remembered(state, entry, (context) => servePart(entry, context));
    if (served) state.parts.set(refKey(entry.ref), served);
    else noteFault(entry, state);
    const pause = options.breathe?.();
    if (pause) await pause;
  }
  breakCycles(state);
}

function servePart(entry: Entry<PartKind>, context: CompileContext): Part | undefined {
  return serveVersion(context, entry, (part, findings) => checkPart(part, context, findings))
    ?.resource;
}

function noteFault({ ref, resource }: Entry, state: CompileState): void {
  const key = refKey(ref);
  if (resource) state.partDrafts.set(key, resource);
  const error = state.verdicts.get(key)?.findings.find(({ severity }) => severity === 'error');
  const text = error?.gloo ?? `${error?.path}: ${error?.message}`;
  const fault: PartFault = { text, isCycle: false };
  state.partFaults.set(key, JSON.stringify(fault));
}

function checkPart(part: Part, context: CompileContext, findings: Findings): void {
  const { kind, metadata } = part;
  const { namespace, name } = metadata;
  const user = { kind, namespace, name };
  const remoteKeySets = new Set<string>();
  const scope = { context, namespace, name, user, findings, remoteKeySets, isDetached: true };
  checks[kind](part as never, scope);
}

const checks: { readonly [K in PartKind]: (part: Resource<K>, scope: HostScope) => void } = {
  RouteTable: ({ spec }, scope) => {
    const host = { providers: {}, stages: {} };
    const routes = { value: spec.routes ?? [], path: 'spec.routes' };
    const domains = { value: [], path: '' };
    const options = mergeOptions<VirtualHostOptions>([]);
    const plan = { domains, routes, options, wantsDefaultBackend: false };
    compileRoutes({ ...scope, host, plan });
  },
  RouteOption: ({ spec: { options = {} } }, scope) => {
    const host = { providers: Object.create(null) as Record<string, never>, stages: {} };
    const merged = mergeOptions<RouteOptions>([{ value: options, path: 'spec.options' }]);
    const stages = compileRouteStages(merged, host, scope);
    const { rbac } = options;
    checkRbac(rbac && { value: rbac, path: 'spec.options.rbac' }, { ...scope, host, stages });
    checkTraffic({ options: merged, host: bareHost }, scope);
    compileRewrites(routePlan(merged), scope);
  },
  VirtualHostOption: ({ spec: { options = {} } }, scope) => {
    const layer = { value: options, path: 'spec.options' };
    const plan = planHost({ virtualHost: {} }, { layers: [layer] });
    if (!plan) return;
    const host = compileHostStages(plan, scope);
    checkRbac(plan.rbac, { ...scope, host, stages: inForce(host.stages) });
    checkTraffic({ options: mergeOptions<RouteOptions>([]), host: plan }, scope);
  },
  UpstreamGroup: ({ spec: { destinations = [] } }, scope) => {
    compileWeights({ value: destinations, path: 'spec.destinations' }, scope);
  },
};

/** Options without policies say nothing of them, also where policies are required. */
function checkRbac(rbac: Parameters<typeof compileRbac>[0], scope: RbacScope): void {
  if (rbac) compileRbac(rbac, scope);
}

const bareHost: HostPlan = {
  domains: { value: [], path: '' },
  routes: { value: [], path: '' },
  options: mergeOptions<VirtualHostOptions>([]),
  wantsDefaultBackend: false,
};

function checkTraffic(
  { options, host }: { readonly options: MergedOptions<RouteOptions>; readonly host: HostPlan },
  scope: HostScope,
): void {
  compileTraffic(routePlan(options), { host, headers: compileHostHeaders(host, scope) }, scope);
}

/** A route that is sent on: for those all options count. */
function routePlan(options: MergedOptions<RouteOptions>): RoutePlan {
  return { name: '', path: 'spec', spec: { routeAction: {} }, options };
}
