import type { HashPolicy, Labels } from './balancer.ts';
import type { Cluster } from './cluster.ts';
import type { HttpSettings } from './http-settings.ts';
import type { CorsPolicy } from './cors.ts';
import type { FaultPolicy } from './fault.ts';
import type { LlmRoute } from './llm.ts';
import type { JwtProvider, JwtStages, KeySet } from './jwt.ts';
import type { Matcher } from './matcher.ts';
import type { RbacRule } from './rbac.ts';
import type { AttemptCount, RetryPolicy } from './retry.ts';
import type { HostRewrite, RegexRewrite } from './rewrite.ts';
import type { HeaderChanges } from './route-headers.ts';
import type { TlsContext } from './tls.ts';

/**
 * All that the engines need to serve: plain, frozen, serialisable, without a secret in it (values live in {@link Secrets}
 * under the ids that the table names). One table is swapped for the next as a whole.
 */
export interface RoutingTable {
  /** Content hash: equal tables have equal versions. */
  readonly version: string;
  readonly listeners: readonly Listener[];
  /** By name `<namespace>.<name>`. */
  readonly virtualHosts: Readonly<Record<string, VirtualHost>>;
  /** By name `<upstream>_<namespace>`. */
  readonly clusters: Readonly<Record<string, Cluster>>;
  /** By `KeySet.id`. */
  readonly keySets: Readonly<Record<string, KeySet>>;
}

/** Values of secrets by id; ids end in a content hash, so that a rotated secret makes a new table version. Never dumped. */
export type Secrets = Readonly<Record<string, string>>;

/** One port and the virtual hosts it serves (Gloo `Gateway`). */
export interface Listener {
  /** `<namespace>.<gateway>`, or `default` when there are no Gateway resources. */
  readonly name: string;
  readonly port: number;
  /** Address it is bound to. Default: that of all listeners. */
  readonly address?: string;
  readonly tls: boolean;
  /** Compare `Host` without its port (Gateway `httpConnectionManagerSettings.stripAnyHostPort`). */
  readonly stripPort: boolean;
  /** Protocols that requests may change to; absent: WebSocket, as in Gloo. */
  readonly upgrades?: readonly 'websocket'[];
  /** Absent: what holds everywhere. */
  readonly http?: HttpSettings;
  /** Bodies are read as a whole first, and a larger one is refused (Gloo `options.buffer`). Absent: they are not. */
  readonly maxBodyBytes?: number;
  /** Names into `RoutingTable.virtualHosts`. */
  readonly virtualHosts: readonly string[];
}

/** One VirtualService, compiled. */
export interface VirtualHost {
  readonly name: string;
  /** Lower-case: `host`, `host:port`, `*.suffix`, `*-suffix`, `prefix.*` or `*`. */
  readonly domains: readonly string[];
  /** First match wins. */
  readonly routes: readonly Route[];
  /** By the name used in {@link JwtStage.providers}. */
  readonly providers: Readonly<Record<string, JwtProvider>>;
  /**
   * Lower-case names of the headers that providers of this host write: removed from each request before routing. Without
   * those that are only appended to.
   */
  readonly claimHeaders: readonly string[];
  /** For TLS listeners (Gloo `sslConfig`). */
  readonly tls?: TlsContext;
}

/** One route with everything that is in force on it; merges and overrides are already decided. */
export interface Route {
  /** The user's name, or `unnamed-<index>`. */
  readonly name: string;
  /** OR. Never empty. */
  readonly matchers: readonly Matcher[];
  /** Absent: no token is looked for. */
  readonly jwt?: JwtStages;
  /** Absent: no authorization by claims. */
  readonly rbac?: RbacRule;
  /** In place of that of the listener, where that has one; 0: bodies are not read first. */
  readonly maxBodyBytes?: number;
  /** Of the route, then of the virtual host. */
  readonly headers?: readonly HeaderChanges[];
  /** For forwarding routes: preflights are answered before a token is looked for. */
  readonly cors?: CorsPolicy;
  /** Before everything else that the route does. */
  readonly fault?: FaultPolicy;
  /** For requests to models. */
  readonly llm?: LlmRoute;
  readonly action: RouteAction;
}

export type RouteAction = ForwardAction | RedirectAction | DirectResponseAction | ClosedAction;

/** Proxy to one of several clusters, chosen by weight. */
export interface ForwardAction {
  readonly kind: 'forward';
  readonly destinations: readonly WeightedCluster[];
  /** Until the response is complete, in milliseconds; 0 = none. Envoy's and Gloo's default is 15 s. */
  readonly timeoutMs: number;
  /** Replaces the matched prefix. */
  readonly prefixRewrite?: string;
  /** Absent: only what a stale connection has lost is sent again. */
  readonly retry?: RetryPolicy;
  readonly attemptCount?: AttemptCount;
  /** Where copies of requests go. */
  readonly shadow?: Shadow;
  /** Protocols that requests may change to; absent: those of the listener. */
  readonly upgrades?: readonly 'websocket'[];
  /** Between two pieces of request and response; 0 = none. Absent: five minutes. */
  readonly idleTimeoutMs?: number;
  /** From the head of the request to the end of the response; 0 = none, absent: that of the listener. */
  readonly maxDurationMs?: number;
  /** For clusters whose balancer hashes; absent: such a cluster chooses by chance. */
  readonly hash?: readonly HashPolicy[];
  /** Rewrites the path; never together with `prefixRewrite`. */
  readonly regexRewrite?: RegexRewrite;
  /** Absent: `Host` stays as the client sent it. */
  readonly host?: HostRewrite;
}

export interface Shadow {
  /** Name into `RoutingTable.clusters`. */
  readonly cluster: string;
  /** Of the requests, above 0. */
  readonly percent: number;
}

export interface WeightedCluster {
  /** Name into `RoutingTable.clusters`, or of a cluster that is not there (503). */
  readonly cluster: string;
  readonly weight: number;
  /** Only endpoints of the cluster with these labels. */
  readonly subset?: Labels;
  /** For requests that go there, before those of the route. */
  readonly headers?: HeaderChanges;
}

export interface RedirectAction {
  readonly kind: 'redirect';
  readonly status: 301 | 302 | 303 | 307 | 308;
  readonly host?: string;
  readonly port?: number;
  readonly https: boolean;
  readonly path?: RedirectPath;
  readonly stripQuery: boolean;
}

export type RedirectPath =
  | { readonly kind: 'replace'; readonly value: string }
  | { readonly kind: 'prefix'; readonly value: string }
  | { readonly kind: 'regex'; readonly pattern: string; readonly substitution: string };

interface DirectResponseAction {
  readonly kind: 'direct';
  readonly status: number;
  readonly body: string;
}

/** A route that could not be compiled safely: it answers with an error and never opens. */
export interface ClosedAction {
  readonly kind: 'closed';
  readonly status: number;
  readonly body: string;
  /** For the log: why. */
  readonly detail: string;
}
