import type { RouteOptions, VirtualHostOptions } from '../api/options.ts';
import { durationMs } from '../base/duration.ts';
import type { AttemptCount, RetryPolicy } from '../ir/retry.ts';
import type { ForwardAction, Route } from '../ir/table.ts';
import { routeBodyLimit } from './body-limit.ts';
import type { Findings } from './findings.ts';
import { scopeAt } from './parts.ts';
import { compileRetries } from './retries.ts';
import type { RoutePlan } from './route-plan.ts';
import type { RoutesScope } from './routes.ts';
import { compileShadow } from './shadows.ts';
import { compileUpgrades } from './upgrades.ts';

/** What a route says of how requests are forwarded, besides where to. */
export function forwardingOptions(plan: RoutePlan, scope: RoutesScope): Partial<ForwardAction> {
  const retry = retryPolicy(plan, scope);
  const attemptCount = attemptCountOf(scope.plan.options.value);
  return {
    ...(retry ? { retry } : {}),
    ...(attemptCount ? { attemptCount } : {}),
    ...upgradesOf(plan, scope),
    ...shadowOf(plan, scope),
    ...streamLimits(plan.options.value),
  };
}

/** That of the route as a whole, else that of the virtual host. */
function retryPolicy({ options }: RoutePlan, scope: RoutesScope): RetryPolicy | undefined {
  const merged = options.value.retries ? options : scope.plan.options;
  const layer = merged.layerOf('retries');
  const value = merged.value.retries;
  if (!value || !layer) return undefined;
  const { findings } = scopeAt(scope, layer.place);
  return compileRetries({ value, path: `${layer.path}.retries` }, findings);
}

function attemptCountOf(host: VirtualHostOptions): AttemptCount | undefined {
  const request = host.includeRequestAttemptCount === true;
  const response = host.includeAttemptCountInResponse === true;
  return request || response ? { request, response } : undefined;
}

function shadowOf({ options }: RoutePlan, scope: RoutesScope): Pick<ForwardAction, 'shadow'> {
  const layer = options.layerOf('shadowing');
  const value = options.value.shadowing;
  if (!value || !layer) return {};
  const at = { value, path: `${layer.path}.shadowing` };
  const shadow = compileShadow(at, scopeAt(scope, layer.place));
  return shadow ? { shadow } : {};
}

/** Of the route, else of the virtual host; it holds whatever the route does with requests. */
export function bufferOf({ options }: RoutePlan, scope: RoutesScope): Pick<Route, 'maxBodyBytes'> {
  const merged = options.value.bufferPerRoute ? options : scope.plan.options;
  const layer = merged.layerOf('bufferPerRoute');
  const value = merged.value.bufferPerRoute;
  if (!value || !layer) return {};
  const { findings } = scopeAt(scope, layer.place);
  const path = `${layer.path}.bufferPerRoute`;
  if (scope.isUnbuffered === true && value.buffer) warnUnbuffered(path, findings);
  const maxBodyBytes = routeBodyLimit(value, path, findings);
  return maxBodyBytes === undefined ? {} : { maxBodyBytes };
}

function upgradesOf({ options }: RoutePlan, scope: RoutesScope): Pick<ForwardAction, 'upgrades'> {
  const layer = options.layerOf('upgrades');
  if (!layer) return {};
  const { findings } = scopeAt(scope, layer.place);
  const upgrades = compileUpgrades(options.value.upgrades, `${layer.path}.upgrades`, findings);
  return upgrades ? { upgrades } : {};
}

function streamLimits(
  options: RouteOptions,
): Pick<ForwardAction, 'idleTimeoutMs' | 'maxDurationMs'> {
  const idleTimeoutMs = durationMs(options.idleTimeout ?? '');
  const maxDurationMs = durationMs(options.maxStreamDuration?.maxStreamDuration ?? '');
  return {
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
    ...(maxDurationMs === undefined ? {} : { maxDurationMs }),
  };
}

/** The bound protects nothing then, and whoever wrote it should know. */
function warnUnbuffered(path: string, findings: Findings): void {
  findings.warn({
    reason: 'ReferenceNotFound',
    path,
    what: 'it does nothing: bodies of any size are sent on',
    found: 'no options.buffer in a Gateway that serves it',
    accepted: 'another bound than that of the Gateway',
  });
}
