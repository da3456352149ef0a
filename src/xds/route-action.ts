import type { Cluster } from '../ir/cluster.ts';
import type { Matcher } from '../ir/matcher.ts';
import type { HeaderChanges } from '../ir/route-headers.ts';
import type { ForwardAction, Route, WeightedCluster } from '../ir/table.ts';
import { concernsCredentials, headerFields, joinedFields } from './header-changes.ts';
import { hostRewrite } from './host-rewrite.ts';
import { forwarding } from './forwarding.ts';
import { hashPolicies, lbMetadata } from './hash-policy.ts';
import { modelServerHeaders, serverPath, type ModelServerHeaders } from './model-server.ts';
import { pathRewrite } from './path-rewrite.ts';
import { redirectAction } from './redirect-action.ts';
import type { Translation } from './translation.ts';
import { protoDuration, type EnvoyConfig } from './typed-config.ts';

/** Body of a route that Envoy cannot serve as the table wants it. */
export const closedBody = 'This route cannot be served by Envoy.';

/** The answer of such a route: it never opens. */
export const closedAction: EnvoyConfig = directResponse(500, closedBody);

/** Fields of an Envoy route that say what it does; a text says why Envoy cannot. */
export function routeAction(
  { action, headers = [] }: Pick<Route, 'action' | 'headers'>,
  matcher: Matcher,
  translation: Translation,
): EnvoyConfig | string {
  if (action.kind === 'redirect') return { redirect: redirectAction(action) };
  if (action.kind === 'direct' || action.kind === 'closed') {
    return directResponse(action.status, action.body);
  }
  return forwardAction(action, { matcher, headers }, translation);
}

function directResponse(status: number, body: string): EnvoyConfig {
  const content = body === '' ? {} : { body: { inline_string: body } };
  return { direct_response: { status, ...content } };
}

function forwardAction(
  action: ForwardAction,
  { matcher, headers }: { readonly matcher: Matcher; readonly headers: readonly HeaderChanges[] },
  translation: Translation,
): EnvoyConfig | string {
  const { destinations, timeoutMs, host } = action;
  const clusters = destinations.flatMap(({ cluster }) => translation.table.clusters[cluster] ?? []);
  if (clusters.some(({ llm }) => llm?.model !== undefined)) return 'a model put into requests';
  if (clusters.some(({ pools }) => pools)) return 'several model servers behind one Upstream';
  const single = destinations.length === 1 ? clusters[0] : undefined;
  if (single?.llm?.credential.kind === 'missing') return noCredential();
  if (clusters.some(({ llm }) => llm?.credential.kind === 'missing')) {
    return 'shares for model servers whose key is missing';
  }
  const shares = destinations.flatMap((share) => share.headers ?? []);
  if (clusters.some(({ llm }) => llm) && concernsCredentials([...headers, ...shares])) {
    return 'changes of the credentials of a model server';
  }
  if (host?.to && !single && clusters.some(({ llm }) => llm)) {
    return 'another Host for model servers among other destinations';
  }
  const rewrite = commonRewrite(clusters, matcher, action);
  if (typeof rewrite === 'string') return rewrite;
  const server = single && headersFor(single, { action, matcher }, translation);
  const isPlain = destinations.length === 1 && shares.length === 0;
  const target = isPlain
    ? {
        cluster: destinations[0]?.cluster,
        ...subsetMatch(destinations[0]),
        ...(host && hostRewrite(host)),
        ...server?.host,
      }
    : {
        weighted_clusters: weightedClusters(action, matcher, translation),
        ...(host && hostRewrite(host)),
      };
  const options = { ...forwarding(action), ...hashPolicies(action.hash) };
  const route = { ...target, timeout: protoDuration(timeoutMs), ...rewrite, ...options };
  return { route, ...(isPlain ? server?.headers : {}) };
}

function weightedClusters(
  action: ForwardAction,
  matcher: Matcher,
  translation: Translation,
): EnvoyConfig {
  return {
    clusters: action.destinations.map((destination) => {
      const { cluster, weight, headers } = destination;
      const known = translation.table.clusters[cluster];
      const server = known && headersFor(known, { action, matcher }, translation);
      const own = headers ? headerFields(headers, translation) : {};
      const fields = joinedFields([own, server?.headers ?? {}]);
      return { name: cluster, weight, ...subsetMatch(destination), ...server?.host, ...fields };
    }),
  };
}

function headersFor(
  cluster: Cluster,
  { action, matcher }: { readonly action: ForwardAction; readonly matcher: Matcher },
  translation: Translation,
): ModelServerHeaders | undefined {
  return modelServerHeaders(cluster, serverPath(matcher.path, action, cluster.llm), translation);
}

function subsetMatch(destination: WeightedCluster | undefined): EnvoyConfig {
  return destination?.subset
    ? { metadata_match: { filter_metadata: lbMetadata(destination.subset) } }
    : {};
}

/** A route of Envoy has one rewrite for all its clusters. */
function commonRewrite(
  clusters: readonly Cluster[],
  { path }: Matcher,
  rewrite: Pick<ForwardAction, 'prefixRewrite' | 'regexRewrite'>,
): EnvoyConfig | string {
  const rewrites = (clusters.length > 0 ? clusters : [undefined]).map((cluster) =>
    pathRewrite(path, rewrite, cluster?.llm),
  );
  const [first = {}] = rewrites;
  const isOne = rewrites.every((one) => JSON.stringify(one) === JSON.stringify(first));
  return isOne ? first : 'another path for each of several model servers';
}

function noCredential(): EnvoyConfig {
  const message = 'The gateway has no key for this model server.';
  const body = JSON.stringify({
    error: { message, type: 'no_credential', param: null, code: 'no_credential' },
  });
  const header = { key: 'content-type', value: 'application/json' };
  return {
    ...directResponse(503, body),
    response_headers_to_add: [{ header, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' }],
  };
}
