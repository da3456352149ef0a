import type { JwtProvider, JwtStage, JwtStages } from '../ir/jwt.ts';
import type { VirtualHost } from '../ir/table.ts';
import { choosesByClaims } from './claim-choice.ts';
import { keyServerName } from './envoy-clusters.ts';
import { keySetSource } from './key-set-document.ts';
import type { Translation } from './translation.ts';
import { protoDuration, typedConfig, type EnvoyConfig } from './typed-config.ts';

/** One of the two places of verification. */
export type StageName = keyof JwtStages;

const keyFetchTimeoutMs = 5000;

/** Names of the filters, in the order in which they run. */
const stageFilters: Readonly<Record<StageName, string>> = {
  beforeExtAuth: 'envoy.filters.http.jwt_authn.before-ext-auth',
  afterExtAuth: 'envoy.filters.http.jwt_authn',
};

/** The `jwt_authn` filter of a stage with the providers and requirements of all its routes; undefined: none has it. */
export function jwtFilter(
  stageName: StageName,
  hosts: readonly VirtualHost[],
  translation: Translation,
): EnvoyConfig | undefined {
  const providers: Record<string, EnvoyConfig> = {};
  const requirements: Record<string, EnvoyConfig> = {};
  for (const host of hosts) {
    for (const stage of knownStages(stageName, host, translation)) {
      requirements[requirementName(host, stage)] ??= requirement(host, stage);
      for (const key of stage.providers) {
        providers[providerName(host, key)] ??= envoyProvider(host, key, { stageName, translation });
      }
    }
  }
  if (Object.keys(requirements).length === 0) return undefined;
  return {
    name: stageFilters[stageName],
    typed_config: typedConfig('extensions.filters.http.jwt_authn.v3.JwtAuthentication', {
      providers,
      requirement_map: requirements,
    }),
  };
}

function knownStages(
  name: StageName,
  host: VirtualHost,
  translation: Translation,
): readonly JwtStage[] {
  return host.routes.flatMap(({ jwt }) => {
    const stage = placed(jwt)[name];
    return stage && unknownPart(stage, host, translation) === undefined ? [stage] : [];
  });
}

/**
 * A single stage is the later filter's, whichever it is: each filter takes out the headers that any of its own providers
 * writes, also what the one before it has just written.
 */
export function placed(stages: JwtStages = {}): JwtStages {
  const { beforeExtAuth, afterExtAuth } = stages;
  return beforeExtAuth && !afterExtAuth ? { afterExtAuth: beforeExtAuth } : stages;
}

/** What of a stage Envoy cannot be told; undefined: it can be told all. */
export function unknownPart(
  stage: JwtStage,
  host: VirtualHost,
  { table }: Translation,
): string | undefined {
  if (stage.providers.length === 0) return 'a stage without providers';
  for (const key of stage.providers) {
    const provider = host.providers[key];
    if (provider === undefined || table.keySets[provider.keySet] === undefined) {
      return `the provider ${key} without keys`;
    }
    // Without a place Envoy would look in its own.
    if (provider.sources.length === 0) return `the provider ${key} without a token source`;
  }
  return undefined;
}

/** What a route has to say to get the verification of its stages. */
export function routeVerification(
  host: VirtualHost,
  stages: JwtStages | undefined,
): readonly (readonly [string, EnvoyConfig])[] {
  return (['beforeExtAuth', 'afterExtAuth'] as const).flatMap((name) => {
    const stage = placed(stages)[name];
    if (stage === undefined) return [];
    const config = typedConfig('extensions.filters.http.jwt_authn.v3.PerRouteConfig', {
      requirement_name: requirementName(host, stage),
    });
    return [[stageFilters[name], config] as const];
  });
}

/** A provider is unique within its virtual host only. */
export function providerName(host: VirtualHost, key: string): string {
  return `${host.name}/${key}`;
}

/** A header of the gateway's own, from which the line that is appended is taken. */
export function appendedHeader(header: string, stageName: StageName): string {
  return `x-seekgate-${stageName === 'beforeExtAuth' ? 'earlier-' : ''}claim-${header}`;
}

/** A header of the gateway's own, with what the earlier filter wrote: the later one takes out what it writes itself. */
export function earlierHeader(header: string): string {
  return `x-seekgate-earlier-${header}`;
}

function requirementName(host: VirtualHost, { validation, providers }: JwtStage): string {
  return `${host.name}: ${validation} ${providers.join(', ')}`;
}

function requirement(host: VirtualHost, { validation, providers }: JwtStage): EnvoyConfig {
  const alternatives: EnvoyConfig[] = providers.map((key) => ({
    provider_name: providerName(host, key),
  }));
  if (validation === 'ALLOW_MISSING') alternatives.push({ allow_missing: {} });
  if (validation === 'ALLOW_MISSING_OR_FAILED') alternatives.push({ allow_missing_or_failed: {} });
  const [only, ...more] = alternatives;
  if (only !== undefined && more.length === 0) return only;
  return { requires_any: { requirements: alternatives } };
}

interface FilterScope {
  readonly stageName: StageName;
  readonly translation: Translation;
}

function envoyProvider(
  host: VirtualHost,
  key: string,
  { stageName, translation }: FilterScope,
): EnvoyConfig {
  const provider = host.providers[key];
  if (provider === undefined) return {};
  const { issuer, audiences, sources, keepToken, claimsToHeaders, clockSkewSeconds } = provider;
  const { requireExp, maxLifetimeSeconds } = provider;
  const { failedStatusKey } = provider;
  const headers = sources.flatMap((source) =>
    source.kind === 'header' ? [{ name: source.name, value_prefix: source.prefix }] : [],
  );
  const params = sources.flatMap(({ kind, name }) => (kind === 'query' ? [name] : []));
  return {
    ...(issuer === undefined ? {} : { issuer }),
    ...(audiences.length > 0 ? { audiences } : {}),
    ...keys(provider, translation),
    ...(headers.length > 0 ? { from_headers: headers } : {}),
    ...(params.length > 0 ? { from_params: params } : {}),
    forward: keepToken,
    clock_skew_seconds: clockSkewSeconds,
    ...(requireExp === undefined ? {} : { require_expiration: true }),
    ...(maxLifetimeSeconds === undefined
      ? {}
      : { max_lifetime: protoDuration(maxLifetimeSeconds * 1000) }),
    payload_in_metadata: providerName(host, key),
    ...(failedStatusKey === undefined ? {} : { failed_status_in_metadata: failedStatusKey }),
    ...(claimsToHeaders.length > 0
      ? { claim_to_headers: claimsToHeaders.flatMap((one) => claimToHeader(one, stageName)) }
      : {}),
    ...(choosesByClaims(host) ? { clear_route_cache: true } : {}),
  };
}

function claimToHeader(
  { claim, header, append }: JwtProvider['claimsToHeaders'][number],
  stageName: StageName,
): readonly EnvoyConfig[] {
  const to = (name: string): EnvoyConfig => ({ claim_name: claim, header_name: name });
  if (append) return [to(appendedHeader(header, stageName))];
  return stageName === 'beforeExtAuth' ? [to(header), to(earlierHeader(header))] : [to(header)];
}

function keys(provider: JwtProvider, translation: Translation): EnvoyConfig {
  const keySet = translation.table.keySets[provider.keySet];
  if (keySet === undefined) return {};
  if (keySet.kind === 'local') return { local_jwks: keySetSource(keySet, translation) };
  const cluster = keyServerName(keySet);
  return {
    remote_jwks: {
      http_uri: { uri: keySet.url, cluster, timeout: protoDuration(keyFetchTimeoutMs) },
      cache_duration: protoDuration(keySet.cacheDurationMs),
      // In the background, as here: of several providers, Envoy else takes the one whose keys happen to be there first.
      async_fetch: {},
    },
  };
}
