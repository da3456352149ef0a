import type { JwtStages } from '../ir/jwt.ts';
import type { HeaderChanges } from '../ir/route-headers.ts';
import type { Matcher } from '../ir/matcher.ts';
import type { Route, VirtualHost } from '../ir/table.ts';
import { bufferPerRoute } from './buffer-filter.ts';
import { attemptCount } from './forwarding.ts';
import { choosesByClaims, needsGuard } from './claim-choice.ts';
import {
  appendedHeader,
  earlierHeader,
  placed,
  providerName,
  routeVerification,
  unknownPart,
} from './jwt-filter.ts';
import { corsFilterName, corsPolicy } from './cross-origin.ts';
import { faultFilterName, faultPolicy } from './faults.ts';
import { commonChanges, headerFields, joinedFields } from './header-changes.ts';
import { modelRouteDifferences, modelRouteFault } from './model-route.ts';
import { rbacRules } from './rbac-rules.ts';
import { closedAction, routeAction } from './route-action.ts';
import { routeMatch } from './route-match.ts';
import type { Translation } from './translation.ts';
import { typedConfig, type EnvoyConfig } from './typed-config.ts';

/** Name of the filter that authorizes by claims. */
export const rbacFilterName = 'envoy.filters.http.rbac';

interface HostScope {
  readonly host: VirtualHost;
  readonly guarded: boolean;
  readonly translation: Translation;
  /** Header changes that the virtual host makes behind its routes. */
  readonly common?: HeaderChanges | undefined;
}

/** A virtual host with one Envoy route for every matcher of its routes. */
export function envoyVirtualHost(host: VirtualHost, translation: Translation): EnvoyConfig {
  const scope = { host, guarded: needsGuard(host), translation };
  noteClaims(scope);
  const common = commonChanges(host);
  const fields = common ? headerFields(common, translation) : {};
  const ownHeaders = [
    ...host.routes.flatMap((route) => appendedBy(route, host).map(({ from }) => from)),
    ...host.routes.flatMap((route) => earlierBy(route, host).map(earlierHeader)),
  ];
  const removed = [...new Set(ownHeaders)].sort().concat(common?.request?.remove ?? []);
  return {
    name: host.name,
    domains: host.domains,
    ...attemptCount(host),
    routes: host.routes.flatMap((route) => envoyRoutes(route, { ...scope, common })),
    ...fields,
    // Behind the routes, which have taken their values by then.
    ...(removed.length > 0 ? { request_headers_to_remove: removed } : {}),
  };
}

function noteClaims({ host, guarded, translation }: HostScope): void {
  if (!choosesByClaims(host)) return;
  translation.note({
    place: `virtual host ${host.name}`,
    what: 'where no token verifies, a header of the client chooses the routes that are meant for claims',
    effect: 'different',
  });
  if (host.routes.some(({ jwt }) => jwt?.beforeExtAuth && jwt.afterExtAuth)) {
    translation.note({
      place: `virtual host ${host.name}`,
      what: 'of two stages the later one takes out the headers by which claims of the earlier one choose a route',
      effect: 'different',
    });
  }
  if (!guarded) return;
  translation.note({
    place: `virtual host ${host.name}`,
    what: 'a route chosen by claims refuses tokens of other providers with 403 in place of verifying anew',
    effect: 'different',
  });
}

function envoyRoutes(route: Route, scope: HostScope): readonly EnvoyConfig[] {
  const { host, translation } = scope;
  const closed = (what: string): EnvoyConfig => {
    const place = `virtual host ${host.name}, route ${route.name}`;
    translation.note({ place, what, effect: 'closed' });
    return closedAction;
  };
  const fault = unknownStage(route.jwt, scope) ?? modelRouteFault(route, translation.table);
  noteModelRoute(route, scope);
  const several = route.matchers.length > 1;
  return route.matchers.map((matcher, index) => {
    const name = several ? `${route.name}/${index}` : route.name;
    const action = fault ?? routeAction(route, matcher, translation);
    if (typeof action === 'string') {
      // Who may not pass still hears that first.
      const guards = fault === undefined ? filterConfigs(route, scope) : {};
      return { name, match: routeMatch(matcher), ...closed(action), ...guards };
    }
    return { name, ...routeOf(route, matcher, { action, scope }) };
  });
}

function noteModelRoute(route: Route, { host, translation }: HostScope): void {
  const place = `virtual host ${host.name}, route ${route.name}`;
  for (const what of modelRouteDifferences(route, translation.table)) {
    translation.note({ place, what, effect: 'different' });
  }
}

function unknownStage(
  stages: JwtStages | undefined,
  { host, translation }: HostScope,
): string | undefined {
  return [stages?.beforeExtAuth, stages?.afterExtAuth]
    .flatMap((stage) => (stage ? (unknownPart(stage, host, translation) ?? []) : []))
    .at(0);
}

function routeOf(
  route: Route,
  matcher: Matcher,
  { action, scope }: { readonly action: EnvoyConfig; readonly scope: HostScope },
): EnvoyConfig {
  const added = [...earlierHeaders(route, scope.host), ...appendedHeaders(route, scope.host)];
  const levels = route.headers ?? [];
  const own = levels
    .slice(0, scope.common ? -1 : undefined)
    .map((changes) => headerFields(changes, scope.translation));
  const claims = added.length > 0 ? [{ request_headers_to_add: added }] : [];
  return {
    match: routeMatch(matcher),
    ...action,
    ...joinedFields([...claims, ...own, action]),
    ...filterConfigs(route, scope),
  };
}

function filterConfigs(route: Route, { host, guarded }: HostScope): EnvoyConfig {
  const rules = rbacRules(route.rbac, {
    stages: route.jwt ?? {},
    verifiedBy: route.jwt ?? (choosesByClaims(host) ? stagesOfAll(host) : {}),
    payloadOf: (provider) => providerName(host, provider),
    guarded,
  });
  const configs = [
    ...(route.fault ? [[faultFilterName, faultPolicy(route.fault)] as const] : []),
    ...(route.cors ? [[corsFilterName, corsPolicy(route.cors)] as const] : []),
    ...routeVerification(host, route.jwt),
    ...(rules ? [[rbacFilterName, rbacPerRoute(rules)] as const] : []),
    ...bufferPerRoute(route),
  ];
  return configs.length > 0 ? { typed_per_filter_config: Object.fromEntries(configs) } : {};
}

/** Every provider that some route of the virtual host asks for, in its stage. */
function stagesOfAll({ routes }: VirtualHost): JwtStages {
  const all = (name: keyof JwtStages): JwtStages => {
    const providers = new Set(routes.flatMap(({ jwt }) => jwt?.[name]?.providers ?? []));
    const stage = { validation: 'ALLOW_MISSING_OR_FAILED', providers: [...providers] } as const;
    return providers.size > 0 ? { [name]: stage } : {};
  };
  return { ...all('beforeExtAuth'), ...all('afterExtAuth') };
}

function rbacPerRoute(rules: EnvoyConfig): EnvoyConfig {
  const message = 'extensions.filters.http.rbac.v3.RBACPerRoute';
  return typedConfig(message, { rbac: { rules } });
}

/** What the stage before external auth wrote, where the later filter took it out and wrote nothing itself. */
function earlierHeaders(route: Route, host: VirtualHost): readonly EnvoyConfig[] {
  return earlierBy(route, host).map((header) => ({
    header: { key: header, value: `%REQ(${earlierHeader(header)})%` },
    append_action: 'ADD_IF_ABSENT',
  }));
}

/** Headers of the earlier of two stages. */
function earlierBy({ jwt }: Route, { providers }: VirtualHost): readonly string[] {
  if (!jwt?.beforeExtAuth || !jwt.afterExtAuth) return [];
  const headers = jwt.beforeExtAuth.providers.flatMap((key) =>
    (providers[key]?.claimsToHeaders ?? []).flatMap(({ append, header }) =>
      append ? [] : [header],
    ),
  );
  return [...new Set(headers)].sort();
}

/** The claim as one more line, from the header that `jwt_authn` wrote it to. */
function appendedHeaders(route: Route, host: VirtualHost): readonly EnvoyConfig[] {
  return appendedBy(route, host).map(({ header, from }) => ({
    header: { key: header, value: `%REQ(${from})%` },
    append_action: 'APPEND_IF_EXISTS_OR_ADD',
  }));
}

interface AppendedHeader {
  readonly header: string;
  readonly from: string;
}

/** Headers that claims are appended to on the route, once each. */
function appendedBy({ jwt }: Route, { providers }: VirtualHost): readonly AppendedHeader[] {
  const stages = placed(jwt);
  const found = (['beforeExtAuth', 'afterExtAuth'] as const).flatMap((stage) =>
    (stages[stage]?.providers ?? []).flatMap((key) => {
      const mappings = providers[key]?.claimsToHeaders.filter(({ append }) => append) ?? [];
      return mappings.map(({ header }) => ({ header, from: appendedHeader(header, stage) }));
    }),
  );
  const unique = new Map(found.map((one) => [one.from, one] as const));
  return [...unique.values()].sort((a, b) => (a.from < b.from ? -1 : 1));
}
