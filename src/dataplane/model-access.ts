import type { Shadow } from '../ir/table.ts';
import { routedModel, targetModel } from '../llm/billed-model.ts';
import { errorBody } from '../llm/error-body.ts';
import { listedModel, type ModelEndpoint } from '../llm/model-endpoint.ts';
import { bothGrants, claimedModels, type ModelGrant } from '../llm/model-grant.ts';
import { modelListing } from '../llm/model-listing.ts';
import type { ModelRequest } from '../llm/model-request.ts';
import { decoded } from './query.ts';
import type { Denial, LocalReply } from './denial.ts';
import type { Exchange } from './exchange.ts';
import { firstValue } from './header-edits.ts';
import { unusableBody } from './forward-refusal.ts';
import { hidingTargets, unseenReasoning } from './hidden-reasoning.ts';
import { routeBase, routePath } from './route-path.ts';
import type { Upstream } from './upstream.ts';

/** Somewhere a request may be sent. */
interface Target {
  readonly upstream: Upstream;
}

/** The models that the caller may use on its route, by the policies and by the claim; undefined: all. */
export function modelGrant({ route, models, identities }: Exchange): ModelGrant | undefined {
  const path = route?.route.llm?.models?.allowedClaim;
  const claimed = path && claimedModels(identities.at(-1)?.claims, path);
  return bothGrants(models, claimed);
}

/**
 * Of the targets of a request those that bill a model which the caller may use; or why there is none. Compared is what each
 * of them bills, so no alias, no default and no name of a vendor leads around it.
 */
export function permittedTargets<T extends Target>(
  exchange: Exchange,
  request: ModelRequest,
  targets: readonly T[],
): readonly T[] | Denial {
  const hiding = hidingTargets(exchange, request, targets);
  return 'status' in hiding ? hiding : billingTargets(exchange, request, hiding);
}

function billingTargets<T extends Target>(
  exchange: Exchange,
  request: ModelRequest,
  targets: readonly T[],
): readonly T[] | Denial {
  const rules = exchange.route?.route.llm?.models;
  const grant = modelGrant(exchange);
  if (grant === undefined && rules === undefined) return targets;
  const routed = routedModel(request.model, rules);
  const billedBy = ({ upstream }: Target): string | undefined =>
    targetModel(routed, request.endpoint, upstream.backend?.settings)?.billed;
  const named = targets.filter((target) => billedBy(target) !== undefined);
  if (named.length === 0) return unnamedModel;
  if (grant === undefined) return named;
  if (request.namesOthers || hasModelInQuery(exchange)) return otherModels;
  const permitted = named.filter(
    (target) => target.upstream.backend !== undefined && grant.has(billedBy(target) ?? ''),
  );
  for (const target of named) note(exchange, target, billedBy(target), permitted.includes(target));
  return permitted.length === 0 ? foreignModel : permitted;
}

/** Servers that take fields of a body from the query as well may put those over it. */
function hasModelInQuery({ query = '' }: Exchange): boolean {
  return query.split(/[&;]/).some((piece) => /model/i.test(decoded(piece.split('=', 1)[0] ?? '')));
}

/** Whether a copy may go there too: where not all models may be used, to no server that bills one. */
export function permitsCopy(exchange: Exchange, { cluster }: Shadow): boolean {
  const upstream = exchange.program.upstreams.get(cluster);
  const isServer = upstream?.backend !== undefined || upstream?.cluster.pools !== undefined;
  return !isServer || modelGrant(exchange) === undefined;
}

/** What the gateway answers itself to a request that names no model; undefined: it may go on. */
export function withoutModel(
  exchange: Exchange,
  endpoint: ModelEndpoint,
  targets: readonly Target[],
): LocalReply | Denial | undefined {
  const grant = modelGrant(exchange);
  const refusal = unseenReasoning(exchange, endpoint);
  if (grant === undefined || refusal !== undefined) return refusal;
  if (endpoint !== 'models') return unseenModel;
  const backends = targets.flatMap(({ upstream }) => upstream.backend?.settings ?? []);
  const path = routePath(exchange);
  const isAnthropic =
    path.includes('/anthropic/') || firstValue(exchange.headers, 'anthropic-version') !== undefined;
  const rules = exchange.route?.route.llm?.models;
  const name = listedModel(path, routeBase(exchange)) ?? '';
  const answer = modelListing({ grant, rules, backends, isAnthropic }, name);
  return { ...answer, contentType: 'application/json' };
}

/** Names of models come from the client: they are shown to none but itself. */
function note(
  { trace }: Exchange,
  { upstream }: Target,
  billed: string | undefined,
  isPermitted: boolean,
): void {
  if (trace === undefined) return;
  const verdict = isPermitted ? 'is for the caller' : 'is not for the caller';
  trace.push(`the model that ${upstream.cluster.name} bills${trace.value(billed)} ${verdict}`);
}

function refused(message: string, detail: string): Denial {
  const body = errorBody('permission_error', message);
  return { status: 403, body, contentType: 'application/json', reason: 'model', detail };
}

const foreignModel = refused('You may not use this model.', 'the model is not for the caller');
const otherModels = refused(
  'You may not name several models in one request.',
  'several models in one request',
);
const unseenModel = refused(
  'Which model this request is for cannot be seen, and you may not use all models.',
  'the model cannot be seen',
);
const unnamedModel = unusableBody('The request body has to name a `model`.');
