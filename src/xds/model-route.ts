import type { LlmRoute } from '../ir/llm.ts';
import type { Route, RoutingTable } from '../ir/table.ts';

/** Why Envoy cannot serve a route for models as the table wants it; undefined: nothing of it is about access. */
export function modelRouteFault(
  { llm, rbac, action }: Pick<Route, 'llm' | 'rbac' | 'action'>,
  { clusters }: RoutingTable,
): string | undefined {
  if (llm?.models?.allowedClaim !== undefined) return 'a claim with the models of callers';
  const asksModels = rbac?.policies.some(({ models }) => models) === true;
  const destinations = action.kind === 'forward' ? action.destinations : [];
  const toModels = destinations.some(({ cluster }) => {
    const found = clusters[cluster];
    return found?.llm !== undefined || found?.pools !== undefined;
  });
  if (asksModels && toModels) return 'policies for models';
  if (llm?.reasoning?.hide === true) return 'reasoning that is hidden from callers';
  return undefined;
}

/** What Envoy does not do for requests to models, though it serves them. */
export function modelRouteDifferences(llm: LlmRoute | undefined): readonly string[] {
  const { aliases, default: unnamed } = llm?.models ?? {};
  const renames = aliases !== undefined || unnamed !== undefined;
  return [
    ...(renames ? ['the names of models are as sent'] : []),
    ...(llm?.reasoning?.field === undefined ? [] : ['the field of reasoning is as sent']),
    ...(llm?.timeouts === undefined ? [] : ['no time limits for tokens']),
    ...(llm?.usage === undefined ? [] : ['no tokens are counted']),
  ];
}
