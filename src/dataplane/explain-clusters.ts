import { systemClock } from '../base/clock.ts';
import type { ExplainedAnswer, ExplainedCluster } from '../ir/explanation.ts';
import { overrideModel } from '../llm/model-override.ts';
import type { WeightedCluster } from '../ir/table.ts';
import type { Denial, LocalReply } from './denial.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import type { Exchange } from './exchange.ts';
import { explainModel } from './explain-model.ts';
import {
  clusterRefusal,
  noCluster,
  noEndpoint,
  replacedModel,
  rewriteRefusal,
  unusableBody,
} from './forward-refusal.ts';
import { modelTargets, type ModelTarget } from './model-targets.ts';
import type { Upstream } from './upstream.ts';

/** Where a request that all stages let through may be sent, without taking a turn of any cluster. */
export function explainClusters(exchange: Exchange, body: string): readonly ExplainedCluster[] {
  const { route, program, trace } = exchange;
  const action = route?.route.action;
  const destinations = action?.kind === 'forward' ? action.destinations : [];
  const chosen = destinations.filter(({ weight }) => weight > 0);
  const { upstreams } = program;
  const clusters = chosen.flatMap((destination) => {
    const upstream = upstreams.get(destination.cluster);
    const servers = upstream?.cluster.pools ? modelTargets(upstream, upstreams) : [];
    const [first, ...others] = servers.map((server) =>
      explained(exchange, { ...candidateOf(destination, server), servers, body }),
    );
    if (first === undefined) return explained(exchange, { destination, upstream, body });
    const { refusal } = first;
    const isRefused = [first, ...others].every((one) => one.refusal);
    if (!isRefused || refusal === undefined) return [first, ...others];
    // Then none of them is chosen.
    const { cluster, weight } = destination;
    return { cluster, weight, endpoints: [], refusal };
  });
  const found =
    clusters.length === 0
      ? [{ cluster: '', weight: 0, endpoints: [], refusal: answerOf(noCluster, exchange) }]
      : clusters;
  trace?.push(...found.map(clusterNote));
  trace?.end('forward', found.every(({ refusal }) => refusal) ? 'refused' : 'pass');
  return found;
}

function candidateOf(
  destination: WeightedCluster,
  { upstream, weight, priority }: ModelTarget,
): Omit<Candidate, 'body'> {
  const { name: cluster } = upstream.cluster;
  return { destination: { ...destination, cluster, weight }, upstream, priority };
}

interface Candidate {
  readonly destination: WeightedCluster;
  readonly upstream: Upstream | undefined;
  readonly body: string;
  /** Among several model servers. */
  readonly priority?: number;
  readonly servers?: readonly ModelTarget[];
}

function explained(exchange: Exchange, candidate: Candidate): ExplainedCluster {
  const { destination, upstream, priority } = candidate;
  const { cluster, weight, subset } = destination;
  const endpoints = upstream?.candidates(subset) ?? [];
  const refusal =
    upstream === undefined ? noCluster : refusalOf(exchange, { ...candidate, upstream }, endpoints);
  return {
    cluster,
    weight,
    ...(priority === undefined ? {} : { priority }),
    ...(upstream && priority !== undefined && isPassedOver(upstream) ? { passedOver: true } : {}),
    ...(subset === undefined ? {} : { subset }),
    endpoints: endpoints.map(({ label }) => label),
    ...(refusal === undefined ? {} : { refusal: answerOf(refusal, exchange) }),
  };
}

function isPassedOver({ breaker, hasUsable }: Upstream): boolean {
  return !hasUsable || breaker?.isOpen(systemClock.monotonic()) === true;
}

interface Asked {
  readonly upstream: Upstream;
  readonly body: string;
  readonly servers?: readonly { readonly upstream: Upstream }[];
}

/** In the order in which forwarding looks at them. */
function refusalOf(
  exchange: Exchange,
  { upstream, body, servers = [{ upstream }] }: Asked,
  endpoints: readonly EndpointPool[],
): Denial | LocalReply | undefined {
  const refused = clusterRefusal(exchange, upstream);
  if (refused !== undefined) return refused;
  const own = explainModel(exchange, { upstream, all: servers, body });
  if (own !== undefined) return own;
  if (endpoints.length === 0) return noEndpoint;
  const model = replacedModel(upstream);
  if (model === undefined || !exchange.hasBody) return undefined;
  const unreadable = rewriteRefusal(exchange, exchange.limits);
  if (unreadable !== undefined) return unreadable;
  const override = overrideModel(Buffer.from(body), model);
  return override.kind === 'refused' ? unusableBody(override.message) : undefined;
}

function answerOf(answer: Denial | LocalReply, { method }: Exchange): ExplainedAnswer {
  const { status, body, headers = [] } = answer;
  const { reason, detail } = 'reason' in answer ? answer : { reason: '', detail: '' };
  return { status, body: method === 'HEAD' ? '' : body, headers, reason, detail };
}

function clusterNote(explained: ExplainedCluster): string {
  const { cluster, subset, priority, passedOver, endpoints, refusal } = explained;
  const labels =
    (subset === undefined ? '' : `, subset ${JSON.stringify(subset)}`) +
    (priority === undefined ? '' : `, priority ${priority}`) +
    (passedOver === true ? ', passed over' : '');
  if (refusal === undefined) return `cluster ${cluster}${labels} at ${endpoints.join(', ')}`;
  const name = cluster === '' ? '-' : cluster;
  if (refusal.reason === '') {
    return `cluster ${name}${labels}: answered by the gateway itself with ${refusal.status}`;
  }
  const detail = refusal.detail === '' ? '' : `: ${refusal.detail}`;
  return `cluster ${name}${labels}: ${refusal.status} ${refusal.reason}${detail}`;
}
