import type { Provider } from '../api/jwt.ts';
import { durationMs } from '../base/duration.ts';
import { contentHash } from '../base/stable-json.ts';
import type { ClaimToHeader, JwtProvider, TokenSource, VerificationKey } from '../ir/jwt.ts';
import { clusterName } from './cluster-defaults.ts';
import type { ResourceRef } from '../ir/outcome.ts';
import type { CompileContext } from './context.ts';
import type { HeaderUse } from './spoofed-headers.ts';
import { shown, type Findings, type Origin } from './findings.ts';
import type { KeyPaths, ProviderPlan } from './host-plan.ts';
import { isLocalHost } from './local-hosts.ts';
import { lifetimeRules } from './token-lifetime.ts';
import { noteUnready } from './unready-upstreams.ts';

const defaultCacheMs = 300_000;
/** An issuer is not to be asked all the time, whatever a manifest says. */
const shortestCacheMs = 1000;
const defaultSkewSeconds = 60;

/** Where the compiler of one virtual host puts what it finds. */
export interface HostScope {
  readonly context: CompileContext;
  readonly namespace: string;
  readonly name: string;
  readonly findings: Findings;
  /** The resource that is compiled: whatever leads here began with it. */
  readonly user: ResourceRef;
  /** Ids of the remote key sets in use. */
  readonly remoteKeySets: Set<string>;
  /** Namespaces of the resources that lead here, when those are others: what only some may use, all of them have to. */
  readonly users?: readonly string[];
  /** The resource in which this is written, when that is another one than the one that is compiled. */
  readonly origin?: Origin;
  /** A part is looked at by itself: what is around it is not known. */
  readonly isDetached?: boolean;
  /** No Gateway that serves it reads bodies first, so that no route of it has a bound for them. */
  readonly isUnbuffered?: boolean;
  /** Headers that are put into requests: which of them claims write is known when all is compiled. */
  readonly headerUses?: HeaderUse[];
}

/** Compiles a provider; undefined when it has an error, which is then noted. */
export function compileProvider(plan: ProviderPlan, scope: HostScope): JwtProvider | undefined {
  const { provider, path } = plan;
  const keySet = compileKeySet(plan, scope);
  if (keySet === undefined) return undefined;
  return {
    name: plan.name,
    // An empty text is protobuf's "not set": any issuer.
    ...(provider.issuer ? { issuer: provider.issuer } : {}),
    audiences: (provider.audiences ?? []).map(bareAudience),
    keySet,
    sources: tokenSources(provider.tokenSource),
    keepToken: provider.keepToken ?? false,
    claimsToHeaders: (provider.claimsToHeaders ?? []).map((mapping, index) =>
      compileClaimHeader(mapping, `${path}.claimsToHeaders[${index}].header`, scope),
    ),
    clockSkewSeconds: provider.clockSkewSeconds ?? defaultSkewSeconds,
    ...lifetimeRules(provider, path, scope),
    ...(provider.attachFailedStatusToMetadata
      ? { failedStatusKey: provider.attachFailedStatusToMetadata }
      : {}),
  };
}

/** Envoy compares audiences without `http://` or `https://` in front and without one `/` at the end. */
function bareAudience(audience: string): string {
  return audience.replace(/^https?:\/\//, '').replace(/\/$/, '');
}

/** Headers of the connection and of routing: a claim in their place would break the request or redirect it. */
const reservedHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

type ClaimMapping = NonNullable<Provider['claimsToHeaders']>[number];

function compileClaimHeader(
  mapping: ClaimMapping,
  path: string,
  { findings }: HostScope,
): ClaimToHeader {
  const header = mapping.header.toLowerCase();
  if (reservedHeaders.has(header)) {
    findings.error({
      reason: 'InvalidValue',
      path,
      what: 'a claim may not take the place of this header',
      found: header,
      accepted: 'a header of your own, for example x-jwt-sub',
    });
  }
  return { claim: mapping.claim, header, append: mapping.append ?? false };
}

/** Gloo's defaults vanish as soon as a tokenSource is set; Envoy looks in reverse order of names, parameters first. */
function tokenSources(written: Provider['tokenSource']): readonly TokenSource[] {
  const { headers, queryParams } = written ?? {
    headers: [{ header: 'authorization', prefix: 'Bearer ' }],
    queryParams: ['access_token'],
  };
  const query = (queryParams ?? []).map((name): TokenSource => ({ kind: 'query', name }));
  const inHeaders = (headers ?? []).map(({ header, prefix }): TokenSource => ({
    kind: 'header',
    name: header.toLowerCase(),
    prefix: prefix ?? '',
  }));
  return [...query.sort(byNameDescending), ...inHeaders.sort(byNameDescending)];
}

function byNameDescending(a: TokenSource, b: TokenSource): number {
  return a.name < b.name ? 1 : a.name > b.name ? -1 : 0;
}

function compileKeySet(
  { provider: { jwks }, keyPaths }: ProviderPlan,
  scope: HostScope,
): string | undefined {
  if (jwks?.local) return compileLocal(jwks.local.key, keyPaths.local, scope);
  if (jwks?.remote) return compileRemote(jwks.remote, keyPaths, scope);
  scope.findings.error({
    reason: 'MissingField',
    path: keyPaths.jwks,
    what: 'the provider has no keys',
    found: 'nothing',
    accepted: 'jwks.remote or jwks.local',
  });
  return undefined;
}

function compileLocal(text: string, path: string, scope: HostScope): string | undefined {
  const { context, findings } = scope;
  const imported = context.keyImports.get(text);
  if (!imported) throw new Error('reading the keys failed');
  const { keys: usable, findings: problems } = imported;
  for (const { severity, reason, message } of problems) {
    // A bad key beside good ones costs only itself.
    const fatal = severity === 'error' && usable.length === 0;
    (fatal ? findings.error : findings.warn)({ reason, path, what: message });
  }
  if (usable.length === 0) {
    if (!problems.some(({ severity }) => severity === 'error')) {
      findings.error({
        reason: 'InvalidKey',
        path,
        what: 'no usable key',
        found: `a text of ${text.length} characters`,
        accepted: 'a PEM public key or certificate, a JWK or a JWKS',
      });
    }
    return undefined;
  }
  const id = `local-${contentHash(text)}`;
  const keys = usable.map(({ key, sharedSecret }): VerificationKey => {
    if (sharedSecret === undefined) return key;
    const secret = `${id}/${key.kid ?? 'oct'}@${contentHash(sharedSecret, 8)}`;
    context.secrets.set(secret, sharedSecret);
    return { ...key, secret };
  });
  context.keySets.set(id, { kind: 'local', id, keys });
  return id;
}

type RemoteSpec = NonNullable<NonNullable<Provider['jwks']>['remote']>;

function compileRemote(
  remote: RemoteSpec,
  { remote: path, url: urlPath }: KeyPaths,
  scope: HostScope,
): string | undefined {
  const { context, findings } = scope;
  const url = httpUrl(remote.url);
  if (!url) {
    findings.error({
      reason: 'InvalidValue',
      path: urlPath,
      what: 'the JWKS cannot be fetched from there',
      // What stands before an @ may be a password.
      found: remote.url.includes('@') ? 'a URL with a user name' : shown(remote.url),
      accepted: 'an http or https URL without user name',
    });
    return undefined;
  }
  if (url.protocol === 'http:' && !remote.upstreamRef && !isClusterHost(url.hostname)) {
    findings.warn({
      reason: 'InsecureUpstream',
      path: urlPath,
      what: 'keys come over plain http, and whoever is on the way can put in keys of their own',
      found: url.protocol,
      accepted: 'https:',
    });
  }
  const written = durationMs(remote.cacheDuration ?? '') || defaultCacheMs;
  const cacheDurationMs = Math.max(written, shortestCacheMs);
  const cluster = remote.upstreamRef && upstreamOf(remote.upstreamRef, path, scope);
  const weak = context.settings.allowWeakKeys ? { allowWeakKeys: true } : {};
  const settings = { url: remote.url, cacheDurationMs, ...(cluster ? { cluster } : {}), ...weak };
  const id = `remote-${contentHash(JSON.stringify(settings))}`;
  context.keySets.set(id, { kind: 'remote', id, ...settings });
  scope.remoteKeySets.add(id);
  return id;
}

function upstreamOf(
  ref: NonNullable<RemoteSpec['upstreamRef']>,
  path: string,
  scope: HostScope,
): string {
  const { context, namespace, findings } = scope;
  const target = { name: ref.name, namespace: ref.namespace ?? namespace };
  const name = clusterName(target);
  const at = { value: target, path: `${path}.upstreamRef` };
  const isUnready = noteUnready(at, 'keys cannot be fetched, every token will be refused', scope);
  // Gloo accepts a dangling one, and then answers 401 to everybody.
  if (!isUnready && context.backends.get(name) === undefined) {
    findings.warn({
      reason: 'UpstreamNotFound',
      path: `${path}.upstreamRef`,
      what: 'keys cannot be fetched, every token will be refused',
      found: `no Upstream ${target.namespace}.${target.name}`,
      accepted: 'the name of an Upstream, or no upstreamRef to use the host of the URL',
    });
  }
  return name;
}

function httpUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  return url.hostname !== '' && url.username === '' && url.password === '' ? url : undefined;
}

/** Names that only mean something inside of a cluster, and this machine. */
function isClusterHost(host: string): boolean {
  return !host.includes('.') || /\.(?:svc|local)$/.test(host) || isLocalHost(host);
}
