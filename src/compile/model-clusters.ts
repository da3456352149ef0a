import type { AiSpec, PoolMemberSpec } from '../api/ai-upstream.ts';
import type { Resource } from '../api/resource.ts';
import type { Cluster, UpstreamTls } from '../ir/cluster.ts';
import type { LlmBackend, PoolMember } from '../ir/llm.ts';
import { compileLlm, type LlmTarget } from './llm.ts';
import type { SecretUse } from './secrets.ts';
import { compileTls } from './upstream-tls.ts';

/** What a model server has that other clusters have not, or otherwise. */
export interface ModelServer extends Pick<Cluster, 'endpoints'> {
  readonly llm: LlmBackend;
  readonly tls?: UpstreamTls;
}

/** Several model servers behind one Upstream. */
export interface ModelPools {
  readonly pools: readonly (readonly PoolMember[])[];
  /** By the name of its cluster. */
  readonly members: ReadonlyMap<string, ModelServer>;
}

/** Compiles `spec.ai` of one provider; undefined: it is not served. */
export function compileModelServer(
  upstream: Resource<'Upstream'>,
  ai: AiSpec,
  use: SecretUse,
): ModelServer | undefined {
  const target = compileLlm(upstream, ai, { ...use, path: 'spec.ai' });
  return target && serverOf(target, tlsOnce(upstream, use));
}

/** Compiles `spec.ai.multi`: each member is a cluster of its own; those that are not served are left out. */
export function compileModelPools(
  upstream: Resource<'Upstream'>,
  multi: NonNullable<AiSpec['multi']>,
  name: string,
  use: SecretUse,
): ModelPools {
  const members = new Map<string, ModelServer>();
  const tls = tlsOnce(upstream, use);
  const compileMember = (spec: PoolMemberSpec, priority: number, index: number): PoolMember[] => {
    const path = `spec.ai.multi.priorities[${priority}].pool[${index}]`;
    const target = compileLlm(upstream, spec, { ...use, path });
    if (!target) return [];
    const cluster = `${name}/${priority}/${index}`;
    members.set(cluster, serverOf(target, tls));
    return [{ cluster, weight: spec.weight ?? 1 }];
  };
  const pools = multi.priorities.map(({ pool }, priority) =>
    pool.flatMap((spec, index) => compileMember(spec, priority, index)),
  );
  return { pools: pools.filter((pool) => pool.length > 0), members };
}

function serverOf(
  { endpoints, tls, serverName, llm }: LlmTarget,
  tlsOf: () => UpstreamTls,
): ModelServer {
  if (!tls) return { endpoints, llm };
  const settings = tlsOf();
  const sni = settings.sni ?? serverName;
  return { endpoints, tls: { ...(sni === undefined ? {} : { sni }), ...settings }, llm };
}

/** A key travels on these connections: the certificates of servers are always checked. What is wrong is said once. */
function tlsOnce(upstream: Resource<'Upstream'>, use: SecretUse): () => UpstreamTls {
  let tls: UpstreamTls | undefined;
  return () => (tls ??= compileTls(upstream, use, true));
}
