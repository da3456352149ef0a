import { isIP } from 'node:net';

import { refKey, type Entry, type Resource } from '../api/resource.ts';
import type { Subsets } from '../ir/balancer.ts';
import type { Cluster, Endpoint, UpstreamTls } from '../ir/cluster.ts';
import type { LlmBackend } from '../ir/llm.ts';
import { oldestFirst } from './age.ts';
import { clusterName } from './cluster-defaults.ts';
import { compileConnections, compileLimits } from './cluster-limits.ts';
import { backendFault, backendOf } from './backends.ts';
import type { CompileContext } from './context.ts';
import type { CompileState } from './compile-state.ts';
import { upstreamTarget } from './endpoints.ts';
import type { Findings } from './findings.ts';
import { checkHost, checkServerName } from './host-names.ts';
import { compileLlm } from './llm.ts';
import { remembered } from './remembered.ts';
import { compileBalancing, compileSubsets, hostLabels } from './load-balancing.ts';
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
    const cluster = remembered(state, entry, (context) => compileEntry(entry, context));
    if (cluster) {
      state.backends.set(cluster.name, backendOf(cluster));
      state.clusters.set(cluster.name, cluster);
    }
    const fault = backendFault(cluster, state.verdicts.get(refKey(entry.ref)));
    if (fault !== undefined) state.backendFaults.set(clusterName(entry.ref), fault);
    const pause = state.options.breathe?.();
    if (pause) await pause;
  }
}

function compileEntry(entry: Entry<'Upstream'>, context: CompileContext): Cluster | undefined {
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
}

function compileUpstream(
  upstream: Resource<'Upstream'>,
  context: CompileContext,
  findings: Findings,
): Cluster {
  const { spec, metadata } = upstream;
  const target = targetOf(upstream, {
    context,
    findings,
    namespace: metadata.namespace,
    path: 'spec',
  });
  return {
    name: clusterName(metadata),
    ...target,
    ...compileConnections(spec.connectionConfig),
    ...compileLimits(spec.circuitBreakers ?? context.settings.circuitBreakers),
    ...compileBalancing(spec.loadBalancerConfig, findings),
    ...compileHealth(upstream, findings),
  };
}

function targetOf(upstream: Resource<'Upstream'>, use: SecretUse): Target {
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
  const target = spec.ai && compileLlm(upstream, spec.ai, use);
  if (!target) return { endpoints: [] };
  checkHost(target.endpoint.host, `${target.path}.host`, use);
  // A key travels on this connection: the server's certificate is always checked.
  const tls = target.tls ? compileTls(upstream, use, true) : undefined;
  return { endpoints: [target.endpoint], ...(tls ? { tls } : {}), llm: target.llm };
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
