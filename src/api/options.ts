import { aiOptionsSchema } from './ai-options.ts';
import { corsMergeSchema, corsSchema } from './cors.ts';
import { faultsSchema } from './faults.ts';
import { headerManipulationSchema, shareHeaderManipulationSchema } from './header-manipulation.ts';
import {
  routeExtensionSchema,
  stagedRouteSchema,
  stagedVhostSchema,
  vhostExtensionSchema,
} from './jwt.ts';
import { bufferPerRouteSchema } from './buffer.ts';
import { lbHashSchema } from './load-balancer.ts';
import { rbacSchema } from './rbac.ts';
import { retriesSchema } from './retries.ts';
import { regexRewriteSchema } from './rewrite.ts';
import {
  duration,
  later,
  nullableBool,
  obj,
  opt,
  str,
  unsupported,
  whole,
  type Static,
} from './schema.ts';
import { shadowingSchema } from './shadowing.ts';
import { maxStreamDurationSchema } from './stream-limits.ts';
import { upgradesSchema } from './upgrades.ts';

/** Options of routes and virtual hosts that Gloo has and that are not enforced here yet. */
const shared = {
  retries: opt(retriesSchema),
  stats: later('Statistics by path.'),
  extensions: later('Extensions.'),
  extauth: later('External authorization. Not enforced: the route answers 500 rather than open.'),
  ratelimit: later('Rate limits.'),
  ratelimitBasic: later('Simple rate limits.'),
  ratelimitEarly: later('Rate limits before JWT.'),
  ratelimitRegular: later('Rate limits after JWT.'),
  rateLimitConfigs: later('References to RateLimitConfigs.'),
  rateLimitEarlyConfigs: later('References to RateLimitConfigs, before JWT.'),
  rateLimitRegularConfigs: later('References to RateLimitConfigs, after JWT.'),
  headerManipulation: opt(whole(headerManipulationSchema)),
  cors: opt(whole(corsSchema)),
  transformations: later('Transformations.'),
  stagedTransformations: later('Transformations by stage.'),
  waf: later('Web application firewall. Not enforced: the route answers 500 rather than open.'),
  dlp: later('Data loss prevention. Not enforced: the route answers 500 rather than open.'),
  csrf: later('Cross-site request forgery. Not enforced: the route answers 500 rather than open.'),
  bufferPerRoute: opt(bufferPerRouteSchema),
  extProc: later('External processing. Not enforced: the route answers 500 rather than open.'),
};

export const virtualHostOptionsSchema = obj(
  'Options of a virtual host.',
  {
    jwt: opt(vhostExtensionSchema),
    jwtStaged: opt(stagedVhostSchema),
    rbac: opt(rbacSchema),
    ...shared,
    includeRequestAttemptCount: opt(
      nullableBool('Tell upstreams in x-envoy-attempt-count which try it is. Default false.'),
    ),
    includeAttemptCountInResponse: opt(
      nullableBool(
        'Tell clients in x-envoy-attempt-count how many tries there were. Default false.',
      ),
    ),
    corsPolicyMergeSettings: opt(corsMergeSchema),
  },
  { oneOf: [{ fields: ['jwt', 'jwtStaged'] }] },
);
export type VirtualHostOptions = Static<typeof virtualHostOptionsSchema>;

export const routeOptionsSchema = obj(
  'Options of a route.',
  {
    jwt: opt(routeExtensionSchema),
    jwtStaged: opt(stagedRouteSchema),
    jwtProvidersStaged: opt(stagedVhostSchema),
    rbac: opt(rbacSchema),
    timeout: opt(
      duration('Until the response is complete; 0s = none. Default 15s, 1h to a model server.'),
    ),
    prefixRewrite: opt(str('Put in place of the matched prefix.', { maxLength: 4096 })),
    ...shared,
    ai: opt(aiOptionsSchema),
    regexRewrite: opt(regexRewriteSchema('Rewrite the path by a RE2 expression.')),
    faults: opt(faultsSchema),
    tracing: later('Tracing.'),
    shadowing: opt(shadowingSchema),
    lbHash: opt(lbHashSchema),
    upgrades: opt(upgradesSchema),
    hostRewrite: opt(str('New Host for the upstream.', { maxLength: 253 })),
    autoHostRewrite: opt(nullableBool('Host is the addr of the static endpoint. Default false.')),
    hostRewritePathRegex: opt(regexRewriteSchema('Host is made of the path.')),
    hostRewriteHeader: opt(str('Host is the value of this header.', { maxLength: 256 })),
    appendXForwardedHost: opt(
      nullableBool('Append a Host that is replaced to x-forwarded-host. Default false.'),
    ),
    envoyMetadata: later('Metadata.'),
    maxStreamDuration: opt(maxStreamDurationSchema),
    idleTimeout: opt(
      duration('Between two pieces of a request and its response; 0s = none. Default 5m.'),
    ),
    includeRequestAttemptCount: opt(unsupported(nullableBool('Of a virtual host only.'))),
    includeAttemptCountInResponse: opt(unsupported(nullableBool('Of a virtual host only.'))),
  },
  {
    oneOf: [
      { fields: ['jwt', 'jwtStaged', 'jwtProvidersStaged'] },
      {
        fields: ['hostRewrite', 'autoHostRewrite', 'hostRewritePathRegex', 'hostRewriteHeader'],
      },
    ],
  },
);
export type RouteOptions = Static<typeof routeOptionsSchema>;

/** Options of one share of a weighted route. */
export const destinationOptionsSchema = obj('Options for this share.', {
  headerManipulation: opt(whole(shareHeaderManipulationSchema)),
  extensions: later('Extensions.'),
  transformations: later('Transformations.'),
  stagedTransformations: later('Transformations by stage.'),
  extauth: later('External authorization. Not enforced: the route answers 500 rather than open.'),
  csrf: later('Cross-site request forgery. Not enforced: the route answers 500 rather than open.'),
  bufferPerRoute: later('Buffering and the size of bodies.'),
});
