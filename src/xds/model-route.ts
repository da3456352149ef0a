import { engineOf } from '../ir/engine-of.ts';
import type { Route, RoutingTable } from '../ir/table.ts';

/** Why Envoy cannot serve a route for models as the table wants it; undefined: nothing of it is about access. */
export function modelRouteFault(
  { llm, rbac, action }: Pick<Route, 'llm' | 'rbac' | 'action'>,
  { clusters }: RoutingTable,
): string | undefined {
  if (llm?.models?.allowedClaim !== undefined) return 'a claim with the models of callers';
  const asksModels = rbac?.policies.some(({ models }) => models) === true;
  const targets = targetsOf(action, clusters);
  if (asksModels && targets.some((target) => target.llm ?? target.pools)) {
    return 'policies for models';
  }
  if (targets.some((target) => target.llm?.isolation)) return 'isolation of users';
  if (llm?.reasoning?.hide === true) return 'reasoning that is hidden from callers';
  return undefined;
}

function targetsOf(action: Route['action'], clusters: RoutingTable['clusters']) {
  const destinations = action.kind === 'forward' ? action.destinations : [];
  return destinations.flatMap(({ cluster }) => clusters[cluster] ?? []);
}

/** What Envoy does not do for requests to models, though it serves them. */
export function modelRouteDifferences(
  { llm, action }: Pick<Route, 'llm' | 'action'>,
  { clusters }: RoutingTable,
): readonly string[] {
  const toDeepseek = targetsOf(action, clusters).some(
    (target) => target.llm && engineOf(target.llm) === 'DEEPSEEK',
  );
  const { aliases, default: unnamed } = llm?.models ?? {};
  const renames = aliases !== undefined || unnamed !== undefined;
  return [
    ...(toDeepseek ? ['user_id is as sent'] : []),
    ...(renames ? ['the names of models are as sent'] : []),
    ...(llm?.reasoning?.field === undefined ? [] : ['the field of reasoning is as sent']),
    ...(llm?.timeouts === undefined ? [] : ['no time limits for tokens']),
    ...(llm?.usage === undefined ? [] : ['no tokens are counted']),
  ];
}
