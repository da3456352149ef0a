import { problemLine, type Reason } from '../api/problem.ts';
import type { Cluster } from '../ir/cluster.ts';
import type { LlmBackend } from '../ir/llm.ts';
import type { Verdict } from './context.ts';

/** What routes have to know of an Upstream: little, so that they are not compiled anew when its endpoints change. */
export interface Backend {
  /** A language model is behind it. */
  readonly isModel: boolean;
  /** It sends a key of its owner: only permitted namespaces may route to it. */
  readonly holdsCredential: boolean;
  /** Labels that a destination can choose its endpoints by, each set sorted; undefined: it has no subsets. */
  readonly subsets?: readonly (readonly string[])[];
}

// One object for each of the cases: compiles compare them by identity.
const plain: Backend = { isModel: false, holdsCredential: false };
const model: Backend = { isModel: true, holdsCredential: false };
const modelWithKey: Backend = { isModel: true, holdsCredential: true };

/** What routes have to know of the Upstream of a cluster. */
export function backendOf(cluster: Cluster, members: readonly Cluster[] = []): Backend {
  const { subsets, pools } = cluster;
  if (subsets) return withSubsets(subsets.selectors.map(({ keys }) => [...keys].sort()));
  const servers = [cluster, ...members].flatMap(({ llm }) => llm ?? []);
  if (servers.length === 0 && !pools) return plain;
  return servers.some(holdsCredential) ? modelWithKey : model;
}

/** One whose Secret is away counts as well: who may use it must not change when the Secret comes. */
function holdsCredential({ credential: { kind }, isolation }: LlmBackend): boolean {
  return kind === 'secret' || kind === 'missing' || isolation?.keySecret !== undefined;
}

/** By JSON of their subsets; few, as whoever writes them names labels. */
const divided = new Map<string, Backend>();
const mostDivided = 1000;

function withSubsets(subsets: readonly (readonly string[])[]): Backend {
  const key = JSON.stringify(subsets);
  const known = divided.get(key);
  if (known) return known;
  if (divided.size >= mostDivided) divided.clear();
  const backend: Backend = { ...plain, subsets };
  divided.set(key, backend);
  return backend;
}

/** What keeps an Upstream from being used; other warnings only take something from it. */
const causes: readonly Reason[] = [
  'SecretNotFound',
  'MissingField',
  'ServiceNotFound',
  'NoEndpoints',
  'ForbiddenAddress',
  'KindForbidden',
  'InvalidUpstream',
];

/** Why requests to an Upstream get 503, in the words of its own outcome; undefined: they do not. */
export function backendFault(
  cluster: Cluster | undefined,
  members: readonly Cluster[] = [],
  verdict?: Verdict,
): string | undefined {
  if ([...members, ...(cluster ? [cluster] : [])].some(isUsable)) return undefined;
  const findings = verdict?.findings ?? [];
  const cause =
    findings.find(({ severity }) => severity === 'error') ??
    findings.find(({ reason }) => causes.includes(reason)) ??
    findings[0];
  return cause ? problemLine(cause) : 'it has no endpoints';
}

function isUsable({ endpoints, llm }: Cluster): boolean {
  return endpoints.length > 0 && llm?.credential.kind !== 'missing';
}
