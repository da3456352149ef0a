import type { JwtProvider, JwtStage, JwtStages } from '../ir/jwt.ts';
import type { Matcher } from '../ir/matcher.ts';
import type { RbacRule } from '../ir/rbac.ts';
import type { HeaderChanges } from '../ir/route-headers.ts';
import type {
  Listener,
  Route,
  RoutingTable,
  Secrets,
  VirtualHost,
  WeightedCluster,
} from '../ir/table.ts';

import type { PreparedStage } from '../jwt/authenticate.ts';
import { prepareRbac, type PreparedRbac } from '../rbac/authorize.ts';
import { createRotation, type Rotation } from './balance.ts';
import { prepareDomains } from './domains.ts';
import { prepareCors, type PreparedCors } from './cors.ts';
import { prepareFaults, type FaultInjector, type FaultParts } from './fault-injection.ts';
import { prepareChanges, type PreparedChanges } from './header-edits.ts';
import { compileMatcher, type Test } from './matcher.ts';
import { Upstream, type UpstreamParts } from './upstream.ts';
import { prepareTlsChains, type TlsChains } from './tls-chains.ts';

/** The routing table in the form that requests are served from. */
export interface Program {
  readonly version: string;
  readonly table: RoutingTable;
  readonly secrets: Secrets;
  /** By name. */
  readonly listeners: ReadonlyMap<string, PreparedListener>;
  readonly virtualHosts: ReadonlyMap<string, PreparedVirtualHost>;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  /** A request begins to use the program. */
  readonly enter: () => void;
  /** And ends: a retired program without requests lets go of its connections. */
  readonly leave: () => void;
  /** It is in force now. */
  readonly publish: () => void;
  /** Another program is in force now. */
  readonly retire: () => void;
}

/** A listener and how its virtual host is found. */
export interface PreparedListener {
  readonly listener: Listener;
  readonly served: readonly PreparedVirtualHost[];
  readonly find: (host: string) => PreparedVirtualHost | undefined;
  /** Headers that any of its virtual hosts writes claims to: an upstream may trust them, whichever host leads there. */
  readonly trustedNames: ReadonlySet<string>;
  /** For TLS listeners. */
  readonly chains: TlsChains | undefined;
}

/** A virtual host with everything compiled that can be. */
export interface PreparedVirtualHost {
  readonly virtualHost: VirtualHost;
  readonly routes: readonly PreparedRoute[];
  /** `_` written as `-`: servers behind CGI do not tell them apart. */
  readonly trustedNames: ReadonlySet<string>;
  /** A route has a condition on a header that claims are written to. */
  readonly choosesByClaims: boolean;
}

/** A route with its matchers, its verification and its authorization. */
export interface PreparedRoute {
  readonly route: Route;
  readonly matchers: readonly PreparedMatcher[];
  /** Equal texts ask for the same verification. */
  readonly jwtKey: string;
  readonly beforeExtAuth: PreparedStage | undefined;
  readonly afterExtAuth: PreparedStage | undefined;
  readonly authorization: PreparedRbac | undefined;
  readonly destinations: Rotation<PreparedShare>;
  /** Header changes, the most specific first. */
  readonly levels: readonly PreparedChanges[];
  /** Whether the route, or one of its shares, changes headers. */
  readonly editsHeaders: boolean;
  readonly cors: PreparedCors | undefined;
  readonly inject: FaultInjector | undefined;
}

/** One of the clusters of a route, and the header changes that are made for it. */
export interface PreparedShare extends WeightedCluster {
  readonly levels: readonly PreparedChanges[];
}

/** A matcher and its test. */
export interface PreparedMatcher {
  readonly matcher: Matcher;
  readonly test: Test;
}

/** What preparing needs beside the table. */
export interface ProgramParts extends Omit<UpstreamParts, 'secrets'>, FaultParts {
  /** `prepareStage` of the verifier, whose engine has to know the key sets of the table already. */
  readonly prepareStage: (
    stage: JwtStage,
    providers: Readonly<Record<string, JwtProvider>>,
  ) => PreparedStage;
}

/** Prepares a table; whatever has not changed since the previous program is taken from there, connections included. */
export function prepareProgram(
  table: RoutingTable,
  secrets: Secrets,
  parts: ProgramParts,
  previous?: Program,
): Program {
  const virtualHosts = new Map<string, PreparedVirtualHost>();
  for (const [name, virtualHost] of Object.entries(table.virtualHosts)) {
    const former = previous?.virtualHosts.get(name);
    const isSame = former && isEqual(former.virtualHost, virtualHost);
    virtualHosts.set(
      name,
      isSame ? former : preparedVirtualHost(virtualHost, { ...parts, secrets }),
    );
  }
  const upstreamParts = { ...parts, secrets };
  const upstreams = new Map<string, Upstream>();
  for (const [name, cluster] of Object.entries(table.clusters)) {
    const former = previous?.upstreams.get(name);
    // A secret is in it by an id that ends in the hash of its value.
    const isSame = former && isEqual(former.cluster, cluster);
    upstreams.set(name, isSame ? former.hold() : new Upstream(cluster, upstreamParts, former));
  }
  const listeners = new Map(
    table.listeners.map((listener) => {
      const served = listener.virtualHosts.flatMap((host) => virtualHosts.get(host) ?? []);
      const former = previous?.listeners.get(listener.name);
      return [listener.name, preparedListener(listener, served, { secrets, former })];
    }),
  );
  const { version } = table;
  return { version, table, secrets, listeners, virtualHosts, upstreams, ...lifetime(upstreams) };
}

function lifetime(
  upstreams: ReadonlyMap<string, Upstream>,
): Pick<Program, 'enter' | 'leave' | 'publish' | 'retire'> {
  let users = 1;
  let published = false;
  const leave = (): void => {
    users -= 1;
    if (users === 0) for (const upstream of upstreams.values()) upstream.release();
  };
  return {
    enter: () => {
      users += 1;
    },
    leave,
    publish: () => {
      published = true;
      for (const upstream of upstreams.values()) upstream.publish();
    },
    retire: () => {
      if (published) for (const upstream of upstreams.values()) upstream.unpublish();
      leave();
    },
  };
}

/** Parts of tables are mostly the same objects as before; equal ones will do. */
function isEqual(former: object, next: object): boolean {
  return former === next || JSON.stringify(former) === JSON.stringify(next);
}

function preparedListener(
  listener: Listener,
  served: readonly PreparedVirtualHost[],
  { secrets, former }: { readonly secrets: Secrets; readonly former: PreparedListener | undefined },
): PreparedListener {
  const isSame =
    former?.served.length === served.length &&
    former.served.every((host, index) => host === served[index]);
  // Names of their secrets are in the virtual hosts, so that the chains are the same as well.
  if (isSame && former.listener.tls === listener.tls) return { ...former, listener };
  const hosts = served.map(({ virtualHost }) => virtualHost);
  const chains = listener.tls ? prepareTlsChains(hosts, secrets) : undefined;
  const { find } = prepareDomains(domainsOf(served));
  return { listener, served, find, trustedNames: trustedNamesOf(served), chains };
}

// What every request has: one virtual host may write claims there, but not take it from the requests to the others.
const COMMON_HEADER =
  /^(?:accept(?:-.*)?|authorization|cache-control|content-.*|cookie|date|if-.*|origin|range|referer|user-agent)$/;

function trustedNamesOf(served: readonly PreparedVirtualHost[]): ReadonlySet<string> {
  const names = served.flatMap(({ trustedNames }) => [...trustedNames]);
  return new Set(names.filter((name) => !COMMON_HEADER.test(name)));
}

function* domainsOf(
  served: readonly PreparedVirtualHost[],
): Iterable<readonly [string, PreparedVirtualHost]> {
  for (const host of served) for (const domain of host.virtualHost.domains) yield [domain, host];
}

function preparedVirtualHost(
  virtualHost: VirtualHost,
  parts: ProgramParts & { readonly secrets: Secrets },
): PreparedVirtualHost {
  const { providers } = virtualHost;
  // Routes that change nothing of it have the stages and the policies of the virtual host.
  const shared: RouteParts = {
    stage: once((stage) => parts.prepareStage(stage, providers)),
    authorization: once(prepareRbac),
    jwtKey: once((stages) => JSON.stringify(stages)),
    changes: once((changes) => prepareChanges(changes, parts.secrets)),
    parts,
  };
  return {
    virtualHost,
    routes: virtualHost.routes.map((route) => preparedRoute(route, shared)),
    trustedNames: new Set(virtualHost.claimHeaders.map((name) => name.replaceAll('_', '-'))),
    choosesByClaims: choosesByClaims(virtualHost),
  };
}

function choosesByClaims({ claimHeaders, providers, routes }: VirtualHost): boolean {
  const all = Object.values(providers).flatMap(({ claimsToHeaders }) => claimsToHeaders);
  const written = new Set([...claimHeaders, ...all.map(({ header }) => header)]);
  if (written.size === 0) return false;
  return routes.some(({ matchers }) =>
    matchers.some(({ headers }) => headers.some(({ name }) => written.has(name))),
  );
}

interface RouteParts {
  readonly stage: (stage: JwtStage) => PreparedStage;
  readonly authorization: (rule: RbacRule) => PreparedRbac;
  readonly jwtKey: (stages: JwtStages) => string;
  readonly changes: (changes: HeaderChanges) => PreparedChanges;
  readonly parts: FaultParts;
}

/** Makes something of each object once. */
function once<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}

function preparedRoute(route: Route, shared: RouteParts): PreparedRoute {
  const { beforeExtAuth, afterExtAuth } = route.jwt ?? {};
  const levels = (route.headers ?? []).map(shared.changes);
  const shares = sharesOf(route, levels, shared);
  const rotation = createRotation(shares, ({ weight }) => weight);
  return {
    route,
    matchers: route.matchers.map((matcher) => ({ matcher, test: compileMatcher(matcher) })),
    jwtKey: route.jwt ? shared.jwtKey(route.jwt) : '',
    beforeExtAuth: beforeExtAuth && shared.stage(beforeExtAuth),
    afterExtAuth: afterExtAuth && shared.stage(afterExtAuth),
    authorization: route.rbac && shared.authorization(route.rbac),
    destinations: rotation,
    levels,
    editsHeaders: levels.length > 0 || shares.some((share) => share.levels.length > 0),
    cors: route.cors && prepareCors(route.cors),
    inject: route.fault && prepareFaults(route.fault, shared.parts),
  };
}

function sharesOf(
  { action }: Route,
  levels: readonly PreparedChanges[],
  shared: RouteParts,
): readonly PreparedShare[] {
  if (action.kind !== 'forward') return [];
  return action.destinations.map((destination) => {
    const { headers } = destination;
    return { ...destination, levels: headers ? [shared.changes(headers), ...levels] : levels };
  });
}
