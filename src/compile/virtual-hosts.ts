import { refKey, type Entry, type Resource } from '../api/resource.ts';
import type { VirtualServiceSpec } from '../api/virtual-service.ts';
import type { JwtProvider } from '../ir/jwt.ts';
import type { VirtualHost } from '../ir/table.ts';
import type { TlsContext } from '../ir/tls.ts';
import { oldestFirst } from './age.ts';
import type { CompileContext, ServedCertificate } from './context.ts';
import type { CompileState } from './compile-state.ts';
import { checkConflicts, compileDomains, ownDomains } from './domains.ts';
import { copyFindings, createFindings, type Findings } from './findings.ts';
import { warnHiddenHostStages } from './hidden-stages.ts';
import { planHost, type HostPlan } from './host-plan.ts';
import { findOptions } from './option-refs.ts';
import type { HostScope } from './providers.ts';
import { remembered } from './remembered.ts';
import { compileRoutes } from './routes.ts';
import { hashOf } from './sealed-table.ts';
import { checkServerNames, ownServerNames } from './server-names.ts';
import { compileTls, type ServerTls } from './server-tls.ts';
import { serveVersion } from './served-version.ts';
import { withoutSpoofing, type HeaderUse } from './spoofed-headers.ts';
import { compileHostStages, type HostProviders } from './stages.ts';

interface Compiled {
  readonly host: VirtualHost;
  readonly listeners: readonly string[];
  readonly remoteKeySets: readonly string[];
  readonly tls: ServerTls | undefined;
}

/** Compiles VirtualServices from the oldest to the youngest, so that the oldest keeps a domain that two want. */
export async function virtualHostsPass(state: CompileState): Promise<void> {
  const entries = state.resources.list('VirtualService');
  for (const entry of oldestFirst(entries, state.options.lastGood)) {
    const compiled = remembered(state, entry, (context) => compileEntry(entry, context));
    if (compiled) publish(compiled, state);
    const pause = state.options.breathe?.();
    if (pause) await pause;
  }
}

function compileEntry(
  entry: Entry<'VirtualService'>,
  context: CompileContext,
): Compiled | undefined {
  const served = serveVersion(context, entry, (resource, findings, lastGood) =>
    compileService(resource, { context, findings, lastGood }),
  );
  const key = refKey(entry.ref);
  // What it served with is kept even while it cannot serve: what keeps it from that may go.
  const certificate = served ? served.compiled?.tls?.certificate : lastCertificate(entry, context);
  if (certificate) context.certificates.set(key, certificate);
  if (!served?.compiled) return undefined;
  const { listeners, remoteKeySets, tls } = served.compiled;
  const verdict = context.verdicts.get(key);
  if (verdict && listeners.length > 0) {
    const last = tls?.isLast === true ? { withLastCertificate: true } : {};
    context.verdicts.set(key, { ...verdict, keySets: remoteKeySets, ...last });
  }
  return served.compiled;
}

function lastCertificate(
  { ref, uid, resource }: Entry,
  { lastCertificates }: CompileContext,
): ServedCertificate | undefined {
  const last = lastCertificates.get(refKey(ref));
  return last?.uid === (uid ?? resource?.metadata.uid) ? last : undefined;
}

function publish({ host, listeners }: Compiled, state: CompileState): void {
  if (listeners.length === 0) return;
  state.virtualHosts.set(host.name, host);
  // Now, so that hashing thousands of them does not come at one go in the end.
  hashOf(host);
  for (const { listener, virtualHosts } of state.listeners) {
    if (listeners.includes(listener.name)) virtualHosts.push(host.name);
  }
  const { domainOwners } = state;
  ownDomains(host.domains, listeners, { owner: host.name, domainOwners });
  ownServerNames(host, listeners, domainOwners);
}

function warnUnselected(findings: Findings): void {
  findings.warn({
    reason: 'ReferenceNotFound',
    path: 'metadata',
    what: 'nothing is served: no Gateway selects this virtual service',
  });
}

interface ServiceScope {
  readonly context: CompileContext;
  readonly findings: Findings;
  readonly lastGood: boolean;
}

/** Undefined: it has nothing to serve. */
function compileService(
  resource: Resource<'VirtualService'>,
  { context, findings, lastGood }: ServiceScope,
): Compiled | undefined {
  const { spec, metadata } = resource;
  const { namespace, name } = metadata;
  const user = { kind: 'VirtualService', namespace, name };
  const remoteKeySets = new Set<string>();
  const scope: HostScope = { context, namespace, name, user, findings, remoteKeySets };
  const plan = planHost(spec, hostOptions(spec, scope));
  if (!plan) {
    findings.warn({
      reason: 'NoVirtualHost',
      path: 'spec',
      what: 'nothing is served',
      found: 'neither virtualHost nor the short form (jwt, rbac, domains, routes)',
      accepted: 'one of them',
      gloo: `virtual service [${namespace}.${name}] does not specify a virtual host`,
    });
    return undefined;
  }
  const tls =
    spec.sslConfig && compileTls(spec.sslConfig, { ...scope, uid: metadata.uid, lastGood });
  const listeners = (context.listenersFor.get(resource) ?? '').split('\n').filter(Boolean);
  const isUnbuffered = listeners.length > 0 && context.buffersFor.get(resource) !== true;
  const host = compileHost(plan, tls?.context, { ...scope, isUnbuffered });
  const domains = { value: host.domains, path: plan.domains.path };
  checkConflicts(domains, listeners, { context, namespace }, findings);
  checkServerNames(host, listeners, context, findings);
  if (listeners.length === 0) warnUnselected(findings);
  return { host, listeners, remoteKeySets: [...remoteKeySets], tls };
}

function hostOptions({ virtualHost }: VirtualServiceSpec, scope: HostScope) {
  const path = 'spec.virtualHost.optionsConfigRefs';
  const refs = virtualHost?.optionsConfigRefs;
  return findOptions({ kind: 'VirtualHostOption', refs, path, via: path }, scope);
}

function compileHost(plan: HostPlan, tls: TlsContext | undefined, scope: HostScope): VirtualHost {
  const name = `${scope.namespace}.${scope.name}`;
  const host = guardedStages(plan, scope);
  warnHiddenHostStages(plan.options, scope);
  const headerUses: HeaderUse[] = [];
  const routes = compileRoutes({ ...scope, plan, host, headerUses });
  const claimHeaders = claimHeadersOf(Object.values(host.providers));
  const { findings } = scope;
  return {
    name,
    domains: compileDomains(plan.domains, name, findings),
    routes: withoutSpoofing(routes, { claimHeaders, uses: headerUses, findings }),
    providers: { ...host.providers },
    claimHeaders,
    ...(tls ? { tls } : {}),
  };
}

function guardedStages(plan: HostPlan, scope: HostScope): HostProviders {
  const own = createFindings();
  const host = compileHostStages(plan, { ...scope, findings: own });
  const replace = scope.context.settings.replaceInvalidRoutes;
  copyFindings(own, scope.findings, ({ at }) => replace || at !== undefined);
  return own.hasErrors() ? { ...host, broken: true } : host;
}

/** Not those that every provider appends to: there the client's own lines are asked for. */
function claimHeadersOf(providers: readonly JwtProvider[]): readonly string[] {
  const mappings = providers.flatMap(({ claimsToHeaders }) => claimsToHeaders);
  const names = mappings.filter(({ append }) => !append).map(({ header }) => header);
  return [...new Set(names)].sort();
}
