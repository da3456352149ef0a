import { refKey, type Entry, type Metadata, type Resource } from '../api/resource.ts';
import type { SslConfig } from '../api/virtual-service.ts';
import type { JwtProvider } from '../ir/jwt.ts';
import type { VirtualHost } from '../ir/table.ts';
import { byAge } from './age.ts';
import type { CompileContext } from './context.ts';
import { checkConflicts, compileDomains } from './domains.ts';
import { copyFindings, createFindings, type Findings } from './findings.ts';
import { planHost, type HostPlan } from './host-plan.ts';
import type { ListenerPlan } from './listeners.ts';
import type { HostScope } from './providers.ts';
import { compileRoutes } from './routes.ts';
import { compileTls } from './server-tls.ts';
import { serveVersion } from './served-version.ts';
import { compileHostStages, type HostProviders } from './stages.ts';

interface Compiled {
  readonly host: VirtualHost;
  readonly listeners: readonly ListenerPlan[];
  readonly remoteKeySets: readonly string[];
}

/** Compiles VirtualServices from the oldest to the youngest, so that the oldest keeps a domain that two want. */
export function virtualHostsPass(context: CompileContext): void {
  const entries = context.resources.list('VirtualService');
  for (const entry of entries.toSorted(byAge(context.options.lastGood))) {
    compileEntry(entry, context);
  }
}

function compileEntry(entry: Entry<'VirtualService'>, context: CompileContext): void {
  const served = serveVersion(context, entry, (resource, findings) =>
    compileService(resource, context, findings),
  );
  if (!served?.compiled) return;
  const { host, listeners, remoteKeySets } = served.compiled;
  publish(host, listeners, context);
  const key = refKey(entry.ref);
  const verdict = context.verdicts.get(key);
  if (verdict && listeners.length > 0) {
    context.verdicts.set(key, { ...verdict, keySets: remoteKeySets });
  }
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
  metadata: Metadata,
  wantsTls: boolean,
  context: CompileContext,
): readonly ListenerPlan[] {
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

/** Undefined: it has nothing to serve. */
function compileService(
  { spec, metadata }: Resource<'VirtualService'>,
  context: CompileContext,
  findings: Findings,
): Compiled | undefined {
  const { namespace, name } = metadata;
  const plan = planHost(spec);
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
  const remoteKeySets = new Set<string>();
  const scope: HostScope = { context, namespace, name, findings, remoteKeySets };
  const host = compileHost(plan, spec.sslConfig, scope);
  const listeners = listenersFor(metadata, spec.sslConfig !== undefined, context);
  checkConflicts(host.domains, plan.domains.path, listeners, findings);
  if (listeners.length === 0) warnUnselected(findings);
  return { host, listeners, remoteKeySets: [...remoteKeySets] };
}

function compileHost(plan: HostPlan, ssl: SslConfig | undefined, scope: HostScope): VirtualHost {
  const name = `${scope.namespace}.${scope.name}`;
  const tls = ssl && compileTls(ssl, scope);
  const host = guardedStages(plan, scope);
  const routes = compileRoutes({ ...scope, plan, host });
  return {
    name,
    domains: compileDomains(plan.domains, name, scope.findings),
    routes,
    providers: { ...host.providers },
    claimHeaders: claimHeadersOf(Object.values(host.providers)),
    ...(tls ? { tls } : {}),
  };
}

function guardedStages(plan: HostPlan, scope: HostScope): HostProviders {
  const own = createFindings();
  const host = compileHostStages(plan, { ...scope, findings: own });
  const replace = scope.context.settings.replaceInvalidRoutes && own.hasErrors();
  copyFindings(own, scope.findings, replace);
  return replace ? { ...host, broken: true } : host;
}

/** Not those that every provider appends to: there the client's own lines are asked for. */
function claimHeadersOf(providers: readonly JwtProvider[]): readonly string[] {
  const mappings = providers.flatMap(({ claimsToHeaders }) => claimsToHeaders);
  const names = mappings.filter(({ append }) => !append).map(({ header }) => header);
  return [...new Set(names)].sort();
}
