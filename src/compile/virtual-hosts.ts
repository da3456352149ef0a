import { refKey, type Entry, type Resource } from '../api/resource.ts';
import type { SslConfig } from '../api/virtual-service.ts';
import type { TlsContext, VirtualHost } from '../ir/table.ts';
import { byAge } from './age.ts';
import { candidates, shapeFindings, type CompileContext } from './context.ts';
import { checkConflicts, compileDomains } from './domains.ts';
import { copyFindings, createFindings, type Findings } from './findings.ts';
import { planHost, type HostPlan } from './host-plan.ts';
import type { ListenerPlan } from './listeners.ts';
import type { HostScope } from './providers.ts';
import { compileRoutes } from './routes.ts';
import { findSecret, keepSecret } from './secrets.ts';
import { compileHostStages, type HostProviders } from './stages.ts';

interface Compiled {
  readonly host: VirtualHost;
  readonly domainsPath: string;
  readonly remoteKeySets: readonly string[];
}

/** Compiles VirtualServices from the oldest to the youngest, so that the oldest keeps a domain that two want. */
export function virtualHostsPass(context: CompileContext): void {
  for (const entry of context.resources.list('VirtualService').toSorted(byAge))
    compileEntry(entry, context);
}

function compileEntry(entry: Entry<'VirtualService'>, context: CompileContext): void {
  const own = createFindings();
  let keySets: readonly string[] = [];
  let servingLastGood = false;
  for (const { resource, lastGood } of candidates(context, entry)) {
    const findings = lastGood ? createFindings() : own;
    const compiled = compileHost(resource, context, findings);
    const listeners = compiled ? listenersFor(resource, compiled.host, context) : [];
    if (compiled) checkConflicts(compiled.host.domains, compiled.domainsPath, listeners, findings);
    if (compiled && listeners.length === 0) warnUnselected(findings);
    if (findings.hasErrors()) continue;
    context.accepted.set(refKey(entry.ref), resource);
    keySets = compiled?.remoteKeySets ?? [];
    servingLastGood = lastGood;
    if (compiled) publish(compiled.host, listeners, context);
    break;
  }
  context.verdicts.set(refKey(entry.ref), {
    findings: [...shapeFindings(entry), ...own.list],
    keySets,
    servingLastGood,
  });
}

function publish(
  host: VirtualHost,
  listeners: readonly ListenerPlan[],
  context: CompileContext,
): void {
  if (listeners.length > 0) context.virtualHosts.set(host.name, host);
  for (const listener of listeners) {
    listener.virtualHosts.push(host.name);
    for (const domain of host.domains) listener.domains.set(domain, host.name);
  }
}

function listenersFor(
  { metadata }: Resource<'VirtualService'>,
  host: VirtualHost,
  context: CompileContext,
): readonly ListenerPlan[] {
  const wantsTls = host.tls !== undefined;
  return context.listeners.filter(
    ({ listener, selects }) => listener.tls === wantsTls && selects(metadata),
  );
}

function warnUnselected(findings: Findings): void {
  findings.warn({
    reason: 'ReferenceNotFound',
    path: 'metadata',
    what: 'nothing is served: no Gateway selects this virtual service',
  });
}

function compileHost(
  resource: Resource<'VirtualService'>,
  context: CompileContext,
  findings: Findings,
): Compiled | undefined {
  const { spec, metadata } = resource;
  const name = `${metadata.namespace}.${metadata.name}`;
  const plan = planHost(spec);
  if (!plan) {
    findings.warn({
      reason: 'NoVirtualHost',
      path: 'spec',
      what: 'nothing is served',
      found: 'neither virtualHost nor the short form (jwt, rbac, domains, routes)',
      accepted: 'one of them',
      gloo: `virtual service [${name}] does not specify a virtual host`,
    });
    return undefined;
  }
  const remoteKeySets = new Set<string>();
  const scope: HostScope = {
    context,
    namespace: metadata.namespace,
    name: metadata.name,
    findings,
    remoteKeySets,
  };
  const tls = spec.sslConfig && compileTls(spec.sslConfig, scope);
  const host = guardedStages(plan, scope);
  const routes = compileRoutes({ ...scope, plan, host });
  return {
    host: {
      name,
      domains: compileDomains(plan.domains, name, findings),
      routes,
      providers: { ...host.providers },
      claimHeaders: claimHeadersOf(Object.values(host.providers)),
      ...(tls ? { tls } : {}),
    },
    domainsPath: plan.domains.path,
    remoteKeySets: [...remoteKeySets],
  };
}

function guardedStages(plan: HostPlan, scope: HostScope): HostProviders {
  const own = createFindings();
  const host = compileHostStages(plan, { ...scope, findings: own });
  const replace = scope.context.settings.replaceInvalidRoutes && own.hasErrors();
  copyFindings(own, scope.findings, replace);
  return replace ? { ...host, fault: 'the JWT settings of the virtual host have errors' } : host;
}

function claimHeadersOf(providers: readonly VirtualHost['providers'][string][]): readonly string[] {
  const names = providers.flatMap(({ claimsToHeaders }) =>
    claimsToHeaders.map(({ header }) => header),
  );
  return [...new Set(names)].sort();
}

/** Without a certificate the host cannot be served, and never without TLS: the resource is refused, as by Gloo. */
function compileTls(
  ssl: SslConfig,
  { context, namespace, findings }: HostScope,
): TlsContext | undefined {
  const path = 'spec.sslConfig.secretRef';
  const secret = ssl.secretRef && findSecret(ssl.secretRef, { context, namespace, findings, path });
  const title = `${ssl.secretRef?.namespace ?? namespace}.${ssl.secretRef?.name ?? ''}`;
  const certificate = secret?.read('tls.crt');
  const key = secret?.read('tls.key');
  if (certificate === undefined || key === undefined) {
    const gloo = `SSL secret not found: list did not find secret ${title}`;
    findings.error({
      reason: 'SecretNotFound',
      path,
      what: 'no certificate to serve with',
      found: `no tls.crt and tls.key in Secret ${title}`,
      accepted: 'a kubernetes.io/tls Secret',
      gloo,
    });
    return undefined;
  }
  if (secret?.read('ca.crt') !== undefined && ssl.oneWayTls !== true) {
    findings.error({
      reason: 'Unsupported',
      path,
      what: 'client certificates are not checked yet, so the host is not served',
      found: `ca.crt in Secret ${title}`,
      accepted: 'oneWayTls: true, or a Secret without ca.crt',
    });
  }
  return {
    certificateSecret: keepSecret(context, `${title}/tls.crt`, certificate),
    keySecret: keepSecret(context, `${title}/tls.key`, key),
    sniDomains: (ssl.sniDomains ?? []).map((domain) => domain.toLowerCase()),
  };
}
