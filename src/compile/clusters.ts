import { refKey, type Entry, type Resource } from '../api/resource.ts';
import type { Ref } from '../api/schema.ts';
import { durationMs } from '../base/duration.ts';
import type { Cluster, Endpoint, LlmBackend, UpstreamTls } from '../ir/cluster.ts';
import { oldestFirst } from './age.ts';
import { isCertificate } from './certificates.ts';
import { clusterName, defaultConnections } from './cluster-defaults.ts';
import { backendFault, backendOf } from './backends.ts';
import type { CompileContext } from './context.ts';
import type { CompileState } from './compile-state.ts';
import { serviceEndpoints } from './endpoints.ts';
import type { Findings } from './findings.ts';
import { checkHost, checkServerName } from './host-names.ts';
import { compileLlm } from './llm.ts';
import { remembered } from './remembered.ts';
import { findSecret, type SecretUse } from './secrets.ts';
import { serveVersion } from './served-version.ts';

const httpsPort = 443;
/** An hour is for ever here; timers overflow at 25 days. */
const longestTimeoutMs = 3_600_000;

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
    connectTimeoutMs: Math.min(
      durationMs(spec.connectionConfig?.connectTimeout ?? '') ||
        defaultConnections.connectTimeoutMs,
      longestTimeoutMs,
    ),
    maxConnections: spec.circuitBreakers?.maxConnections ?? defaultConnections.maxConnections,
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
    const endpoints = serviceEndpoints(service, { ...use, path: 'spec.kube' });
    const tls = spec.sslConfig ? compileTls(upstream, use, false) : undefined;
    return { endpoints, ...(tls ? { tls } : {}) };
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
  const ssl = spec.sslConfig ?? {};
  const { sni, secretRef } = ssl;
  if (sni) checkServerName(sni, 'spec.sslConfig.sni', use.findings);
  const ca = secretRef && readAuthorities(secretRef, { ...use, path: 'spec.sslConfig.secretRef' });
  // Other ways to name authorities are not read yet; then those of the system have to do, rather than none.
  const asksToVerify =
    secretRef !== undefined ||
    ssl.sslFiles !== undefined ||
    ssl.sds !== undefined ||
    (ssl.verifySubjectAltName ?? []).length > 0;
  const verify = alwaysVerify || asksToVerify;
  if (!verify) {
    use.findings.warn({
      reason: 'InsecureUpstream',
      path: 'spec.sslConfig',
      what: 'the certificate of the server is not checked: name a Secret with ca.crt in sslConfig.secretRef',
    });
  }
  return { ...(sni ? { sni } : {}), verify, ...(ca === undefined ? {} : { ca }) };
}

function readAuthorities(ref: Ref, use: SecretUse): string | undefined {
  const secret = findSecret(ref, use);
  if (!secret) return undefined;
  const ca = secret.read('ca.crt');
  if (ca === undefined) {
    use.findings.warn({
      reason: 'SecretNotFound',
      path: use.path,
      what: 'certificates are checked against the authorities of the system',
      found: `no entry ca.crt in ${secret.id}`,
      accepted: 'an entry ca.crt',
    });
  } else if (!isCertificate(ca)) {
    use.findings.error({
      reason: 'InvalidUpstream',
      path: use.path,
      what: 'no server could be trusted',
      found: `an entry ca.crt in ${secret.id} that is no certificate`,
      accepted: 'certificates in PEM',
    });
  }
  return ca;
}
