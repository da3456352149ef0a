import type { RouteOptions } from '../api/options.ts';
import type { JwtStages } from '../ir/jwt.ts';
import { hasOption, type MergedOptions, type OptionsLayer } from './merged-options.ts';
import type { RoutePlan } from './route-plan.ts';
import type { RoutesScope } from './routes.ts';
import { guardNames } from './unenforced-guards.ts';

type Options = MergedOptions<RouteOptions>;
type Field = Extract<keyof RouteOptions, string>;

const otherFields: readonly Field[] = ['rbac', ...guardNames];

/**
 * As in Gloo, a route of a table may replace what the virtual host and the routes that delegate to it ask for. Tables are often
 * written by others than those who asked, who have to hear of it.
 */
export function warnRemovedAuth(
  plan: RoutePlan,
  stages: JwtStages | undefined,
  scope: RoutesScope,
): void {
  if (scope.isDetached === true) return;
  const jwt = plan.options.layerOf('jwt');
  if (jwt?.table && (changesStages(stages, scope) || isReplaced('jwt', jwt, plan.options))) {
    warn('jwt', 'verification', { plan, layer: jwt }, scope);
  }
  const ai = plan.options.layerOf('ai');
  if (ai?.table && losesModels(ai, plan.options)) {
    warn('ai', 'the claim with the models of callers', { plan, layer: ai }, scope);
  }
  for (const field of otherFields) {
    const layer = plan.options.layerOf(field);
    if (!layer?.table) continue;
    const isAsked = asks(field, scope) || isReplaced(field, layer, plan.options);
    if (isAsked) warn(field, field, { plan, layer }, scope);
  }
}

/** Whether a route above, which is not of that table, says who may use which models. */
function losesModels({ table }: OptionsLayer<RouteOptions>, { layers }: Options): boolean {
  return layers.some(
    (layer) => layer.table !== table && layer.value.ai?.models?.allowedClaim !== undefined,
  );
}

function changesStages(stages: JwtStages | undefined, { host }: RoutesScope): boolean {
  return (['beforeExtAuth', 'afterExtAuth'] as const).some(
    (name) => host.stages[name] !== undefined && host.stages[name] !== stages?.[name],
  );
}

function asks(field: Field, { plan, context }: RoutesScope): boolean {
  const { rbac, options } = plan;
  if (field !== 'rbac') return Object.hasOwn(options.value, field);
  return rbac ? rbac.value.disable !== true : context.settings.requireRbac;
}

/** Whether a route above, which is not of that table, says something else. */
function isReplaced(field: Field, { table }: OptionsLayer<RouteOptions>, { layers }: Options) {
  return layers.some((layer) => layer.table !== table && hasOption(layer.value, field));
}

function warn(
  field: Field,
  title: string,
  { plan, layer }: { readonly plan: RoutePlan; readonly layer: OptionsLayer<RouteOptions> },
  scope: RoutesScope,
): void {
  const { table, place } = layer;
  if (!table) return;
  const written = Object.keys(layer.value).find((name) => name.startsWith(field)) ?? field;
  const path = place === table ? `${layer.path}.${written}` : `${plan.path}.optionsConfigRefs`;
  const what = `the route replaces ${title} that the virtual host or a delegating route asks for`;
  scope.findings.warn({ reason: 'AuthRemoved', path, what, at: table.origin });
}
