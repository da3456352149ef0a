import type { LocalAddresses } from '../base/local-addresses.ts';
import type { JwtProvider, JwtStage } from '../ir/jwt.ts';
import type { Matcher } from '../ir/matcher.ts';
import type { Listener, Route, RoutingTable, Secrets, VirtualHost } from '../ir/table.ts';

import type { PreparedStage } from '../jwt/authenticate.ts';
import { prepareRbac, type PreparedRbac } from '../rbac/authorize.ts';
import { createRotation, type Rotation } from './balance.ts';
import { prepareCertificates, type Certificates } from './certificates.ts';
import { prepareDomains } from './domains.ts';
import { compileMatcher, type Test } from './matcher.ts';
import { Upstream } from './upstream.ts';

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
  /** Another program is in force now. */
  readonly retire: () => void;
}

/** A listener and how its virtual host is found. */
export interface PreparedListener {
  readonly listener: Listener;
  readonly find: (host: string) => PreparedVirtualHost | undefined;
  /** For TLS listeners. */
  readonly certificates: Certificates | undefined;
}

/** A virtual host with everything compiled that can be. */
export interface PreparedVirtualHost {
  readonly virtualHost: VirtualHost;
  /** Equal contents mean that the former one serves on. */
  readonly key: string;
  readonly routes: readonly PreparedRoute[];
  /** `_` written as `-`: servers behind CGI do not tell them apart. */
  readonly trustedNames: ReadonlySet<string>;
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
  readonly destinations: Rotation<string>;
}

/** A matcher and its test. */
export interface PreparedMatcher {
  readonly matcher: Matcher;
  readonly test: Test;
}

/** What preparing needs beside the table. */
export interface ProgramParts {
  /** `prepareStage` of the verifier, whose engine has to know the key sets of the table already. */
  readonly prepareStage: (
    stage: JwtStage,
    providers: Readonly<Record<string, JwtProvider>>,
  ) => PreparedStage;
  /** Which local addresses may be connected to. */
  readonly localAddresses: LocalAddresses;
}

/** Prepares a table; whatever has not changed since the previous program is taken from there, connections included. */
export function prepareProgram(
  table: RoutingTable,
  secrets: Secrets,
  parts: ProgramParts,
  previous?: Program,
): Program {
  const virtualHosts = new Map(
    Object.entries(table.virtualHosts).map(([name, virtualHost]) => [
      name,
      preparedVirtualHost(virtualHost, parts, previous?.virtualHosts.get(name)),
    ]),
  );
  const upstreamParts = { secrets, localAddresses: parts.localAddresses };
  const upstreams = new Map(
    Object.entries(table.clusters).map(([name, cluster]) => {
      // A secret is in it by an id that ends in the hash of its value.
      const key = JSON.stringify(cluster);
      const former = previous?.upstreams.get(name);
      const upstream =
        former?.key === key ? former.hold() : new Upstream(cluster, key, upstreamParts, former);
      return [name, upstream];
    }),
  );
  const listeners = new Map(
    table.listeners.map((listener) => [
      listener.name,
      preparedListener(listener, virtualHosts, secrets),
    ]),
  );
  const { version } = table;
  return { version, table, secrets, listeners, virtualHosts, upstreams, ...lifetime(upstreams) };
}

function lifetime(
  upstreams: ReadonlyMap<string, Upstream>,
): Pick<Program, 'enter' | 'leave' | 'retire'> {
  let users = 1;
  const leave = (): void => {
    users -= 1;
    if (users === 0) for (const upstream of upstreams.values()) upstream.release();
  };
  return {
    enter: () => {
      users += 1;
    },
    leave,
    retire: leave,
  };
}

function preparedListener(
  listener: Listener,
  virtualHosts: ReadonlyMap<string, PreparedVirtualHost>,
  secrets: Secrets,
): PreparedListener {
  const served = listener.virtualHosts.flatMap((name) => virtualHosts.get(name) ?? []);
  const domains = prepareDomains(
    served.flatMap((host) => host.virtualHost.domains.map((domain) => [domain, host] as const)),
  );
  const certificates = listener.tls
    ? prepareCertificates(
        served.map(({ virtualHost }) => virtualHost),
        secrets,
      )
    : undefined;
  return { listener, find: domains.find, certificates };
}

function preparedVirtualHost(
  virtualHost: VirtualHost,
  parts: ProgramParts,
  former: PreparedVirtualHost | undefined,
): PreparedVirtualHost {
  if (former?.virtualHost === virtualHost) return former;
  const key = JSON.stringify(virtualHost);
  if (former?.key === key) return former;
  return {
    virtualHost,
    key,
    routes: virtualHost.routes.map((route) => preparedRoute(route, virtualHost, parts)),
    trustedNames: new Set(virtualHost.claimHeaders.map((name) => name.replaceAll('_', '-'))),
  };
}

function preparedRoute(
  route: Route,
  { providers }: VirtualHost,
  { prepareStage }: ProgramParts,
): PreparedRoute {
  const { beforeExtAuth, afterExtAuth } = route.jwt ?? {};
  const destinations = route.action.kind === 'forward' ? route.action.destinations : [];
  const names = createRotation(destinations, ({ weight }) => weight);
  return {
    route,
    matchers: route.matchers.map((matcher) => ({ matcher, test: compileMatcher(matcher) })),
    jwtKey: JSON.stringify(route.jwt ?? null),
    beforeExtAuth: beforeExtAuth && prepareStage(beforeExtAuth, providers),
    afterExtAuth: afterExtAuth && prepareStage(afterExtAuth, providers),
    authorization: route.rbac && prepareRbac(route.rbac),
    destinations: { size: names.size, next: () => names.next()?.cluster },
  };
}
