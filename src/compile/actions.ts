import type { Ref } from '../api/schema.ts';
import type { Destination, RouteSpec, WeightedDestination } from '../api/route.ts';
import { durationMs } from '../base/duration.ts';
import type { ClosedAction, ForwardAction, RouteAction, WeightedCluster } from '../ir/table.ts';
import { clusterName } from './cluster-defaults.ts';
import { serviceCluster } from './endpoints.ts';
import { shown } from './findings.ts';
import { compileHeaderChanges } from './header-changes.ts';
import type { At } from './host-plan.ts';
import { permitted } from './namespaces.ts';
import { findPart, partRef, scopeAt } from './parts.ts';
import { compileLbHash } from './lb-hash.ts';
import type { HostScope } from './providers.ts';
import { compileRedirect } from './redirects.ts';
import { closed } from './closed.ts';
import { compileSubset } from './destination-subset.ts';
import { sharesGuard } from './unenforced-guards.ts';
import { noteUnready } from './unready-upstreams.ts';

/** Envoy's route timeout. */
const defaultTimeoutMs = 15_000;
/** A reasoning model may think and write for long; what stands still ends by the time limits of tokens before. */
const defaultLlmTimeoutMs = 3_600_000;
const nobody: WeightedCluster = { cluster: '', weight: 1 };

/** Compiles the one action of a route; kinds that are known but not served yet leave it closed. */
export function compileAction({ value: spec, path }: At<RouteSpec>, scope: HostScope): RouteAction {
  if (spec.directResponseAction) {
    const { status, body } = spec.directResponseAction;
    return { kind: 'direct', status, body: body ?? '' };
  }
  if (spec.redirectAction) {
    return compileRedirect({ value: spec.redirectAction, path: `${path}.redirectAction` }, scope);
  }
  const single = spec.routeAction?.single;
  const multi = spec.routeAction?.multi;
  if (single) {
    const at = { value: single, path: `${path}.routeAction.single` };
    const cluster = destination(at, scope);
    const isKnown = single.kube !== undefined || scope.context.backends.get(cluster) !== undefined;
    const to = [{ cluster, weight: 1, ...compileSubset(at, cluster, scope) }];
    return (isKnown ? undefined : missing(cluster, scope)) ?? forward(spec, to, scope);
  }
  if (multi) {
    const at = { value: multi.destinations, path: `${path}.routeAction.multi.destinations` };
    return forward(spec, compileWeights(at, scope), scope);
  }
  const group = spec.routeAction?.upstreamGroup;
  if (group)
    return groupAction(spec, { value: group, path: `${path}.routeAction.upstreamGroup` }, scope);
  return closed(`${path}: this kind of action is not served yet, so the route stays closed`);
}

/** As Gloo: with `replaceInvalidRoutes` a route to a missing Upstream answers like one with an error, else 503. */
function missing(cluster: string, { context }: HostScope): ClosedAction | undefined {
  const { replaceInvalidRoutes, invalidRouteStatus, invalidRouteBody } = context.settings;
  if (!replaceInvalidRoutes) return undefined;
  const detail = `no cluster ${cluster}`;
  return { kind: 'closed', status: invalidRouteStatus, body: invalidRouteBody, detail };
}

function forward(
  spec: RouteSpec,
  destinations: readonly WeightedCluster[],
  { context }: HostScope,
): ForwardAction {
  const toModel = destinations.some(
    ({ cluster }) => context.backends.get(cluster)?.isModel === true,
  );
  const written = durationMs(spec.options?.timeout ?? '');
  const prefixRewrite = spec.options?.prefixRewrite;
  return {
    kind: 'forward',
    destinations,
    timeoutMs: written ?? (toModel ? defaultLlmTimeoutMs : defaultTimeoutMs),
    ...(prefixRewrite ? { prefixRewrite } : {}),
    ...compileLbHash(spec.options?.lbHash),
  };
}

/** The shares of an UpstreamGroup; one that is missing is like a missing Upstream. */
function groupAction(spec: RouteSpec, { value, path }: At<Ref>, scope: HostScope): RouteAction {
  const ref = partRef('UpstreamGroup', value, scope.namespace);
  const found = findPart(ref, scope);
  const title = `${ref.namespace}.${ref.name}`;
  if (!found.resource) {
    const named = `UpstreamGroup ${shown(title)}`;
    const text = found.fault?.text;
    scope.findings.warn({
      reason: 'ReferenceNotFound',
      path,
      what: 'requests get 503',
      found: text === undefined ? `no ${named}` : `${named}, which is rejected: ${text}`,
      accepted: 'the name of an UpstreamGroup that is accepted',
      gloo: `Route Warning: InvalidDestinationWarning. Reason: *v1.UpstreamGroup { ${title} } not found`,
    });
    return missing(`of the UpstreamGroup ${title}`, scope) ?? forward(spec, [nobody], scope);
  }
  const destinations = found.resource.spec.destinations ?? [];
  const guard = sharesGuard(destinations);
  if (guard !== undefined)
    return closed(`${path}: ${guard} is not enforced yet, so the route stays closed`);
  const users = [...(scope.users ?? []), scope.namespace];
  const own = scopeAt(scope, { origin: { ref, via: scope.origin?.via ?? path }, users });
  return forward(
    spec,
    compileWeights({ value: destinations, path: 'spec.destinations' }, own),
    scope,
  );
}

/** Compiles the shares of a weighted route or of an UpstreamGroup. */
export function compileWeights(
  { value, path }: At<readonly WeightedDestination[]>,
  scope: HostScope,
): readonly WeightedCluster[] {
  const total = value.reduce((sum, { weight }) => sum + (weight ?? 0), 0);
  if (total < 1) {
    scope.findings.error({
      reason: 'InvalidRoute',
      path,
      what: value.length === 0 ? 'no destination' : 'no destination would get a request',
      found: `weights that add up to ${total}`,
      accepted: 'weights that add up to at least 1',
      gloo:
        value.length === 0
          ? 'must specify at least one weighted destination for multi destination routes'
          : 'multi destination routes must have weights with a total weight that is greater than or equal to 1',
    });
  }
  return value.map(({ destination: target, weight, options }, index) => {
    const at = { value: target, path: `${path}[${index}].destination` };
    const cluster = destination(at, scope);
    const written = options?.headerManipulation;
    const changes = `${path}[${index}].options.headerManipulation`;
    const headers = written && compileHeaderChanges({ value: written, path: changes }, scope);
    const subset = compileSubset(at, cluster, scope);
    return { cluster, weight: weight ?? 0, ...subset, ...(headers ? { headers } : {}) };
  });
}

/** The name of the destination's cluster, whether or not it exists: a request there gets 503. */
function destination({ value, path }: At<Destination>, scope: HostScope): string {
  if (value.kube) return serviceCluster({ value: value.kube, path: `${path}.kube` }, scope);
  if (!value.upstream) return nobody.cluster;
  const { namespace } = scope;
  const target = { name: value.upstream.name, namespace: value.upstream.namespace ?? namespace };
  return upstreamCluster({ value: target, path: `${path}.upstream` }, scope);
}

function upstreamCluster(
  { value: target, path }: At<{ name: string; namespace: string }>,
  scope: HostScope,
): string {
  const { context, namespace, users = [], findings } = scope;
  const stranger = [namespace, ...users].find(
    (one) => !permitted(target.namespace, one, context.settings.sharedUpstreams),
  );
  const name = clusterName(target);
  const known = context.backends.get(name);
  if (known?.holdsCredential === true && stranger !== undefined) {
    findings.error({
      reason: 'RefNotPermitted',
      path,
      what: 'the Upstream sends a key that belongs to another namespace',
      found: `${target.namespace}.${target.name} from namespace ${stranger}`,
      accepted:
        'an Upstream of the same namespace, or of one in Settings seekgate.sharedNamespaces',
    });
  } else if (!noteUnready({ value: target, path }, 'requests get 503', scope) && !known) {
    findings.warn({
      reason: 'UpstreamNotFound',
      path,
      what: 'requests get 503',
      found: `no Upstream ${shown(`${target.namespace}.${target.name}`)}`,
      accepted: 'the name of an Upstream',
      gloo: `Route Warning: InvalidDestinationWarning. Reason: *v1.Upstream { ${target.namespace}.${target.name} } not found`,
    });
  }
  return name;
}

/**
 * Where a short-form VirtualService without routes goes: the Upstream that Settings name, else `deepseek` beside it. Nobody
 * wrote that it should be open to all, so it is not.
 */
export function defaultRouteAction(scope: HostScope, verified: boolean): RouteAction {
  if (!verified) {
    scope.findings.warn({
      reason: 'NoVirtualHost',
      path: 'spec',
      what: 'the default backend is not for requests without verification, they get 500',
      found: 'neither jwt nor routes',
      accepted: 'jwt, or routes of its own',
    });
    return closed('spec: no jwt in front of the default backend');
  }
  const { context, namespace, findings } = scope;
  const target = context.settings.defaultUpstream ?? { name: 'deepseek', namespace };
  const cluster = clusterName(target);
  const isThere = [context.backends, context.backendFaults];
  const found = isThere.some((known) => known.get(cluster) !== undefined);
  const gloo = `virtual service [${namespace}.${scope.name}] does not specify a virtual host: `;
  findings.warn({
    reason: found ? 'NoVirtualHost' : 'UpstreamNotFound',
    path: 'spec.routes',
    what: found
      ? `no routes: everything goes to the Upstream ${target.namespace}.${target.name}`
      : `no routes and no default backend, requests with a valid token get 503: found no Upstream ${target.namespace}.${target.name}, accepted routes, an Upstream of that name, or Settings seekgate.defaultUpstream`,
    gloo: `${gloo}everything goes to the Upstream ${target.namespace}.${target.name}${found ? '' : ', which does not exist'}`,
  });
  if (found) upstreamCluster({ value: target, path: 'spec.routes' }, scope);
  return forward({}, [{ cluster, weight: 1 }], scope);
}
