import { refKey, type Entry, type Resource } from '../api/resource.ts';
import { durationMs } from '../base/duration.ts';
import type { Cluster, Endpoint, LlmBackend, UpstreamTls } from '../ir/cluster.ts';
import { clusterName, defaultConnections } from './cluster-defaults.ts';
import { candidates, shapeFindings, type CompiledCluster, type CompileContext } from './context.ts';
import { serviceEndpoints } from './endpoints.ts';
import { createFindings, shown, type Findings } from './findings.ts';
import { compileLlm } from './llm.ts';
import { isLocalHost } from './local-hosts.ts';
import { findSecret, type SecretUse } from './secrets.ts';

const httpsPort = 443;

/** Compiles every Upstream, used or not: its own outcome says what is wrong with it. */
export function clustersPass(context: CompileContext): void {
  for (const entry of context.resources.list('Upstream')) compileEntry(entry, context);
}

function compileEntry(entry: Entry<'Upstream'>, context: CompileContext): void {
  const own = createFindings();
  let serving:
    { cluster: CompiledCluster; resource: Resource<'Upstream'>; lastGood: boolean } | undefined;
  for (const { resource, lastGood } of candidates(context, entry)) {
    const findings = lastGood ? createFindings() : own;
    const cluster = compileUpstream(resource, context, findings);
    if (findings.hasErrors()) continue;
    serving = { cluster, resource, lastGood };
    break;
  }
  context.verdicts.set(refKey(entry.ref), {
    findings: [...shapeFindings(entry), ...own.list],
    keySets: [],
    servingLastGood: serving?.lastGood ?? false,
  });
  if (!serving) return;
  context.accepted.set(refKey(entry.ref), serving.resource);
  context.compiledClusters.set(serving.cluster.cluster.name, serving.cluster);
  context.clusters.set(serving.cluster.cluster.name, serving.cluster.cluster);
}

interface Target {
  readonly endpoints: readonly Endpoint[];
  readonly tls?: UpstreamTls;
  readonly llm?: LlmBackend;
}

function compileUpstream(
  upstream: Resource<'Upstream'>,
  context: CompileContext,
  findings: Findings,
): CompiledCluster {
  const { spec, metadata } = upstream;
  const target = targetOf(upstream, {
    context,
    findings,
    namespace: metadata.namespace,
    path: 'spec',
  });
  const cluster: Cluster = {
    name: clusterName(metadata),
    ...target,
    connectTimeoutMs:
      durationMs(spec.connectionConfig?.connectTimeout ?? '') ||
      defaultConnections.connectTimeoutMs,
    maxConnections: spec.circuitBreakers?.maxConnections ?? defaultConnections.maxConnections,
  };
  return { cluster, holdsCredential: cluster.llm?.credential.kind === 'secret' };
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
    const endpoints = serviceEndpoints(service, { ...use, path: 'spec.kube' });
    const tls = spec.sslConfig ? compileTls(upstream, use, false) : undefined;
    return { endpoints, ...(tls ? { tls } : {}) };
  }
  const target = spec.ai && compileLlm(upstream, spec.ai, use);
  if (!target) return { endpoints: [] };
  checkHost(target.endpoint.host, 'spec.ai.customHost.host', use);
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
    checkHost(host.addr, `spec.static.hosts[${index}].addr`, use);
    const sni = host.sniAddr ? { sni: host.sniAddr } : {};
    return { host: host.addr, port: host.port, weight: host.loadBalancingWeight ?? 1, ...sni };
  });
  const wanted =
    spec?.useTls ?? (hosts.some(({ port }) => port === httpsPort) || sslConfig !== undefined);
  return wanted ? { endpoints, tls: compileTls(upstream, use, false) } : { endpoints };
}

/** Gloo checks the certificates of an Upstream only against a CA that is given; then a Warning says so. */
function compileTls(
  { spec }: Resource<'Upstream'>,
  use: SecretUse,
  alwaysVerify: boolean,
): UpstreamTls {
  const { sni, secretRef } = spec.sslConfig ?? {};
  const path = 'spec.sslConfig.secretRef';
  const ca = secretRef && findSecret(secretRef, { ...use, path })?.read('ca.crt');
  const verify = alwaysVerify || ca !== undefined || secretRef !== undefined;
  if (!verify) {
    use.findings.warn({
      reason: 'InsecureUpstream',
      path: 'spec.sslConfig',
      what: 'the certificate of the server is not checked: name a Secret with ca.crt in sslConfig.secretRef',
    });
  }
  return { ...(sni ? { sni } : {}), verify, ...(ca === undefined ? {} : { ca }) };
}

function checkHost(host: string, path: string, { context, findings }: SecretUse): void {
  if (context.options.allowLocalUpstreams || !isLocalHost(host)) return;
  findings.error({
    reason: 'ForbiddenAddress',
    path,
    what: 'loopback and link-local addresses are not for Upstreams',
    found: shown(host),
    accepted: 'another address, or the flag --allow-local-upstreams',
  });
}
