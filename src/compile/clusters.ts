import { isIP } from 'node:net';

import { refKey, type Entry, type Resource } from '../api/resource.ts';
import type { Subsets } from '../ir/balancer.ts';
import type { Cluster, Endpoint, UpstreamTls } from '../ir/cluster.ts';
import type { LlmBackend, PoolMember } from '../ir/llm.ts';
import { oldestFirst } from './age.ts';
import { clusterName } from './cluster-defaults.ts';
import { compileConnections, compileLimits } from './cluster-limits.ts';
import { backendFault, backendOf } from './backends.ts';
import type { CompileContext } from './context.ts';
import type { CompileState } from './compile-state.ts';
import { upstreamTarget } from './endpoints.ts';
import type { Findings } from './findings.ts';
import { checkHost, checkServerName } from './host-names.ts';
import { remembered } from './remembered.ts';
import { compileBalancing, compileSubsets, hostLabels } from './load-balancing.ts';
import { withModelDefaults, type SaidOfCapacity } from './model-capacity.ts';
import { compileModelPools, compileModelServer, type ModelServer } from './model-clusters.ts';
import { podSubsets } from './pod-subsets.ts';
import type { SecretUse } from './secrets.ts';
import { serveVersion } from './served-version.ts';
import { compileHealth } from './upstream-health.ts';
import { compileTls } from './upstream-tls.ts';

const httpsPort = 443;

/** Compiles every Upstream, used or not: its own outcome says what is wrong with it. The oldest ones have their references first. */
export async function clustersPass(state: CompileState): Promise<void> {
  const entries = state.resources.list('Upstream');
  for (const entry of oldestFirst(entries, state.options.lastGood)) {
    const compiled = remembered(state, entry, (context) => compileEntry(entry, context));
    if (compiled) {
      const { cluster, members } = compiled;
      state.backends.set(cluster.name, backendOf(cluster, members));
      for (const one of [cluster, ...members]) state.clusters.set(one.name, one);
    }
    const { cluster, members } = compiled ?? {};
    const fault = backendFault(cluster, members, state.verdicts.get(refKey(entry.ref)));
    if (fault !== undefined) state.backendFaults.set(clusterName(entry.ref), fault);
    const pause = state.options.breathe?.();
    if (pause) await pause;
  }
}

/** The cluster of an Upstream, and those of the model servers behind it. */
interface Compiled {
  readonly cluster: Cluster;
  readonly members: readonly Cluster[];
}

function compileEntry(entry: Entry<'Upstream'>, context: CompileContext): Compiled | undefined {
  const served = serveVersion(context, entry, (upstream, findings) =>
    compileUpstream(upstream, context, findings),
  );
  return served?.compiled;
}

interface Target {
  readonly endpoints: readonly Endpoint[];
  readonly tls?: UpstreamTls;
  readonly subsets?: Subsets;
  readonly llm?: LlmBackend;
  readonly pools?: readonly (readonly PoolMember[])[];
}

/** Of a name, what is behind it. */
type Members = ReadonlyMap<string, ModelServer>;

const noMembers: Members = new Map();

function compileUpstream(
  upstream: Resource<'Upstream'>,
  context: CompileContext,
  findings: Findings,
): Compiled {
  const { spec, metadata } = upstream;
  const name = clusterName(metadata);
  const use = { context, findings, namespace: metadata.namespace, path: 'spec' };
  const multi = spec.ai?.multi;
  const { members = noMembers, ...target } = multi
    ? { endpoints: [], ...compileModelPools(upstream, multi, name, use) }
    : targetOf(upstream, use);
  const limits = {
    ...compileConnections(spec.connectionConfig),
    ...compileLimits(spec.circuitBreakers ?? context.settings.circuitBreakers),
  };
  const balancing = {
    ...compileBalancing(spec.loadBalancerConfig, findings),
    ...compileHealth(upstream, findings),
  };
  const said = saidOfCapacity(spec, context, findings);
  return {
    cluster: withModelDefaults({ name, ...target, ...limits, ...(multi ? {} : balancing) }, said),
    members: Array.from(members, ([member, server]) =>
      withModelDefaults(
        { name: member, ...server, ...limits, ...balancing, ...withoutShare(balancing) },
        said,
      ),
    ),
  };
}

function saidOfCapacity(
  { healthChecks, circuitBreakers }: Resource<'Upstream'>['spec'],
  { settings }: CompileContext,
  findings: Findings,
): SaidOfCapacity {
  return { healthChecks, circuitBreakers: circuitBreakers ?? settings.circuitBreakers, findings };
}

/** How many of all may be left out says nothing of one member, whose place the others take. */
function withoutShare({ outlierDetection }: Pick<Cluster, 'outlierDetection'>) {
  return outlierDetection
    ? { outlierDetection: { ...outlierDetection, maxEjectionPercent: 100 } }
    : {};
}

function targetOf(
  upstream: Resource<'Upstream'>,
  use: SecretUse,
): Target & { readonly members?: Members } {
  const { spec, metadata } = upstream;
  if (spec.static) return staticTarget(upstream, use);
  if (spec.kube) {
    const { serviceName, serviceNamespace, servicePort } = spec.kube;
    const service = {
      name: serviceName,
      namespace: serviceNamespace ?? metadata.namespace,
      port: servicePort,
    };
    const { subsetSpec } = spec.kube;
    const target = upstreamTarget(service, { ...use, path: 'spec.kube' });
    const endpoints = target?.cluster.endpoints ?? [];
    const tls = spec.sslConfig ? compileTls(upstream, use, false) : undefined;
    return {
      endpoints,
      ...(tls ? { tls } : {}),
      ...(subsetSpec ? podSubsets(subsetSpec, { service, target }, use) : {}),
    };
  }
  return (spec.ai && compileModelServer(upstream, spec.ai, use)) ?? { endpoints: [] };
}

function staticTarget(upstream: Resource<'Upstream'>, use: SecretUse): Target {
  const { static: spec, sslConfig } = upstream.spec;
  const hosts = spec?.hosts ?? [];
  if (hosts.length === 0) {
    use.findings.warn({
      reason: 'InvalidUpstream',
      path: 'spec.static.hosts',
      what: 'requests get 503',
      found: 'no hosts',
      accepted: 'at least one host with addr and port',
    });
  }
  const endpoints = hosts.map((host, index): Endpoint => {
    const path = `spec.static.hosts[${index}]`;
    checkHost(host.addr, `${path}.addr`, use);
    if (host.sniAddr) checkServerName(host.sniAddr, `${path}.sniAddr`, use.findings);
    const sni = host.sniAddr ? { sni: host.sniAddr } : {};
    const { path: healthPath, method: healthMethod } = host.healthCheckConfig ?? {};
    return {
      host: host.addr,
      port: host.port,
      weight: host.loadBalancingWeight ?? 1,
      ...sni,
      // Gloo: what is written is its name, other than the addresses of pods.
      ...(isIP(host.addr) === 0 ? {} : { hostname: host.addr }),
      ...(healthPath ? { healthPath } : {}),
      ...(healthMethod ? { healthMethod } : {}),
      ...hostLabels(host.metadata),
    };
  });
  const wanted =
    spec?.useTls ?? (hosts.some(({ port }) => port === httpsPort) || sslConfig !== undefined);
  const subsets = spec?.subsetSpec ? { subsets: compileSubsets(spec.subsetSpec) } : {};
  const tls = wanted ? { tls: compileTls(upstream, use, false) } : {};
  return { endpoints, ...tls, ...subsets };
}
