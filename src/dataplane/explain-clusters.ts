import type { ExplainedAnswer, ExplainedCluster } from '../ir/explanation.ts';
import { overrideModel } from '../llm/model-override.ts';
import type { WeightedCluster } from '../ir/table.ts';
import type { Denial } from './denial.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import type { Exchange } from './exchange.ts';
import {
  clusterRefusal,
  noCluster,
  noEndpoint,
  replacedModel,
  rewriteRefusal,
  unusableBody,
} from './forward-refusal.ts';
import type { Upstream } from './upstream.ts';

/** Where a request that all stages let through may be sent, without taking a turn of any cluster. */
export function explainClusters(exchange: Exchange, body: string): readonly ExplainedCluster[] {
  const { route, program, trace } = exchange;
  const action = route?.route.action;
  const destinations = action?.kind === 'forward' ? action.destinations : [];
  const chosen = destinations.filter(({ weight }) => weight > 0);
  const clusters = chosen.map((destination) =>
    explained(exchange, {
      destination,
      upstream: program.upstreams.get(destination.cluster),
      body,
    }),
  );
  const found =
    clusters.length === 0
      ? [{ cluster: '', weight: 0, endpoints: [], refusal: answerOf(noCluster, exchange) }]
      : clusters;
  trace?.push(...found.map(clusterNote));
  trace?.end('forward', found.every(({ refusal }) => refusal) ? 'refused' : 'pass');
  return found;
}

interface Candidate {
  readonly destination: WeightedCluster;
  readonly upstream: Upstream | undefined;
  readonly body: string;
}

function explained(exchange: Exchange, candidate: Candidate): ExplainedCluster {
  const { destination, upstream } = candidate;
  const { cluster, weight, subset } = destination;
  const endpoints = upstream?.candidates(subset) ?? [];
  const refusal =
    upstream === undefined ? noCluster : refusalOf(exchange, { ...candidate, upstream }, endpoints);
  return {
    cluster,
    weight,
    ...(subset === undefined ? {} : { subset }),
    endpoints: endpoints.map(({ label }) => label),
    ...(refusal === undefined ? {} : { refusal: answerOf(refusal, exchange) }),
  };
}

/** In the order in which forwarding looks at them. */
function refusalOf(
  exchange: Exchange,
  { upstream, body }: { readonly upstream: Upstream; readonly body: string },
  endpoints: readonly EndpointPool[],
): Denial | undefined {
  const refused = clusterRefusal(exchange, upstream);
  if (refused !== undefined) return refused;
  if (endpoints.length === 0) return noEndpoint;
  const model = replacedModel(upstream);
  if (model === undefined || !exchange.hasBody) return undefined;
  const unreadable = rewriteRefusal(exchange, exchange.limits);
  if (unreadable !== undefined) return unreadable;
  const override = overrideModel(Buffer.from(body), model);
  return override.kind === 'refused' ? unusableBody(override.message) : undefined;
}

function answerOf(denial: Denial, { method }: Exchange): ExplainedAnswer {
  const { status, body, headers = [], reason, detail } = denial;
  return { status, body: method === 'HEAD' ? '' : body, headers, reason, detail };
}

function clusterNote({ cluster, subset, endpoints, refusal }: ExplainedCluster): string {
  const labels = subset === undefined ? '' : `, subset ${JSON.stringify(subset)}`;
  if (refusal === undefined) return `cluster ${cluster}${labels} at ${endpoints.join(', ')}`;
  const detail = refusal.detail === '' ? '' : `: ${refusal.detail}`;
  return `cluster ${cluster === '' ? '-' : cluster}${labels}: ${refusal.status} ${refusal.reason}${detail}`;
}
