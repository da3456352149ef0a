import type { ExplainedAnswer, ExplainedCluster } from '../ir/explanation.ts';
import { overrideModel } from '../llm/model-override.ts';
import type { Denial } from './denial.ts';
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
  const clusters = chosen.map(({ cluster, weight }) =>
    explained(exchange, { cluster, weight, upstream: program.upstreams.get(cluster), body }),
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
  readonly cluster: string;
  readonly weight: number;
  readonly upstream: Upstream | undefined;
  readonly body: string;
}

function explained(
  exchange: Exchange,
  { cluster, weight, upstream, body }: Candidate,
): ExplainedCluster {
  const endpoints = (upstream?.endpoints ?? []).filter((one) => one.weight > 0);
  const refusal = upstream === undefined ? noCluster : refusalOf(exchange, upstream, body);
  return {
    cluster,
    weight,
    endpoints: endpoints.map(({ label }) => label),
    ...(refusal === undefined ? {} : { refusal: answerOf(refusal, exchange) }),
  };
}

/** In the order in which forwarding looks at them. */
function refusalOf(exchange: Exchange, upstream: Upstream, body: string): Denial | undefined {
  const refused = clusterRefusal(exchange, upstream);
  if (refused !== undefined) return refused;
  if (!upstream.endpoints.some(({ weight }) => weight > 0)) return noEndpoint;
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

function clusterNote({ cluster, endpoints, refusal }: ExplainedCluster): string {
  if (refusal === undefined) return `cluster ${cluster} at ${endpoints.join(', ')}`;
  const detail = refusal.detail === '' ? '' : `: ${refusal.detail}`;
  return `cluster ${cluster === '' ? '-' : cluster}: ${refusal.status} ${refusal.reason}${detail}`;
}
