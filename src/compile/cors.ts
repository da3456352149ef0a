import { corsMergeStrategies, type Cors } from '../api/cors.ts';
import type { CorsPolicy } from '../ir/cors.ts';
import { enumName } from './enum-name.ts';
import { isHeaderText } from './header-text.ts';
import type { At, HostPlan } from './host-plan.ts';
import { scopeAt } from './parts.ts';
import type { HostScope } from './providers.ts';
import { checkRegex } from './regex-limit.ts';
import type { RoutePlan } from './route-plan.ts';

const lists = ['allowMethods', 'allowHeaders', 'exposeHeaders'] as const;

/** The policy in force on a route: what it does not say itself, the virtual host says (Envoy). */
export function compileCors(
  plan: RoutePlan,
  host: HostPlan,
  scope: HostScope,
): CorsPolicy | undefined {
  const own = corsAt(plan.options);
  const outer = corsAt(host.options);
  const parts = [own, outer].flatMap((one) => one ?? []);
  if (parts.length === 0) return undefined;
  if (!plan.spec.routeAction) {
    if (own) warnNoEffect(own, scope);
    return undefined;
  }
  for (const part of parts) checkCors(part, scopeAt(scope, part.place));
  if (own?.value.disableForRoute === true) return undefined;
  const union = enumName(
    host.options.value.corsPolicyMergeSettings?.exposeHeaders,
    corsMergeStrategies,
  );
  const policy = merged(own?.value, outer?.value, union === 'UNION');
  const [first] = parts;
  if (policy.allowCredentials && policy.origins.includes('*') && first) {
    scopeAt(scope, first.place).findings.warn({
      reason: 'InvalidValue',
      path: `${first.path}.allowCredentials`,
      what: 'every website may send requests with the credentials of its visitors, since * is any origin',
    });
  }
  return policy;
}

function corsAt({
  value,
  layerOf,
}: RoutePlan['options'] | HostPlan['options']): At<Cors> | undefined {
  const layer = layerOf('cors');
  if (!value.cors || !layer) return undefined;
  const { path, place } = layer;
  return { value: value.cors, path: `${path}.cors`, ...(place ? { place } : {}) };
}

function warnNoEffect({ path, place }: At<Cors>, scope: HostScope): void {
  const what = 'no effect on a route that is not sent to an upstream';
  scopeAt(scope, place).findings.warn({ reason: 'Unsupported', path, what });
}

function checkCors({ value, path }: At<Cors>, scope: HostScope): void {
  const { allowOrigin = [], allowOriginRegex = [], disableForRoute = false } = value;
  if (allowOrigin.length + allowOriginRegex.length === 0 && !disableForRoute) {
    scope.findings.error({
      reason: 'MissingField',
      path,
      what: 'no origin is allowed',
      found: 'neither allowOrigin nor allowOriginRegex',
      accepted: 'one of them',
      gloo: 'must provide at least one of AllowOrigin or AllowOriginRegex',
    });
  }
  for (const [index, regex] of allowOriginRegex.entries()) {
    checkRegex(regex, { path: `${path}.allowOriginRegex[${index}]` }, scope);
  }
  for (const name of [...lists, 'maxAge'] as const) {
    if (isHeaderText([value[name] ?? []].flat().join(','))) continue;
    const accepted = 'visible ASCII characters';
    const note = { what: 'no header can have this value', found: 'other characters', accepted };
    scope.findings.error({ reason: 'InvalidValue', path: `${path}.${name}`, ...note });
  }
}

function merged(own: Cors = {}, outer: Cors = {}, union: boolean): CorsPolicy {
  const hasOrigins = [...(own.allowOrigin ?? []), ...(own.allowOriginRegex ?? [])].length > 0;
  const { allowOrigin = [], allowOriginRegex = [] } = hasOrigins ? own : outer;
  const values = Object.fromEntries(
    lists.flatMap((name) => {
      const both = union && name === 'exposeHeaders';
      const names = both
        ? [...(outer[name] ?? []), ...(own[name] ?? [])]
        : pick(own[name], outer[name]);
      return names.length > 0 ? [[name, [...new Set(names)].join(',')]] : [];
    }),
  );
  const maxAge = own.maxAge || outer.maxAge;
  return {
    origins: allowOrigin,
    originRegexes: allowOriginRegex,
    ...values,
    ...(maxAge ? { maxAge } : {}),
    ...(own.allowCredentials || outer.allowCredentials ? { allowCredentials: true } : {}),
  };
}

function pick(own: readonly string[] = [], outer: readonly string[] = []): readonly string[] {
  return own.length > 0 ? own : outer;
}
