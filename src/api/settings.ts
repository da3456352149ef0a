import {
  bool,
  enumeration,
  int,
  later,
  list,
  obj,
  opt,
  opaque,
  refTo,
  str,
  unsupported,
  type Static,
} from './schema.ts';
import { errorDetails } from '../ir/jwt.ts';
import { pathMatchings } from '../ir/matcher.ts';
import { circuitBreakersSchema } from './upstream-connections.ts';

const seekgate = obj('Settings that Gloo does not have.', {
  defaultUpstream: opt(
    refTo(
      'Upstream for VirtualServices without routes. Default: the one called `deepseek` in their namespace.',
    ),
  ),
  sharedNamespaces: opt(
    list(
      'Namespaces whose Upstreams with a key may be used from every namespace, and whose Secrets may be if listed here; `*` is all. Default: gloo-system for Upstreams, none for Secrets.',
      str('A namespace.', { maxLength: 253 }),
    ),
  ),
  allowWeakKeys: opt(
    bool('Accept RSA keys under 2048 bits and short shared secrets. Default false.'),
  ),
  pathMatching: opt(
    enumeration(
      'How prefixes of routes and of RBAC policies are compared: `textual` as in Gloo, where `/api` also takes `/apix`; `strict` by whole segments, where it takes `/api` and what is below `/api/`. Default textual.',
      pathMatchings,
    ),
  ),
  errorDetail: opt(
    enumeration(
      'What the answer to a refused token tells: `full` which check failed, as Envoy; `generic` status 401 and one text whatever it was, the access log has the rest. A virtual host or route may say otherwise in its jwt. Default full.',
      errorDetails,
    ),
  ),
});

export const settingsSchema = obj('Settings of the installation.', {
  seekgate: opt(seekgate),
  rbac: opt(
    obj('Authorization.', {
      requireRbac: opt(bool('Routes without policies refuse everybody. Default false.')),
    }),
  ),
  gloo: opt(
    obj('Translation.', {
      regexMaxProgramSize: opt(int('Longest regular expression, in characters. Default 1024.')),
      invalidConfigPolicy: opt(
        obj('What becomes of routes with errors.', {
          replaceInvalidRoutes: opt(
            bool('Such a route answers the response below, the others serve. Default false.'),
          ),
          invalidRouteResponseCode: opt(
            int('Status. Default 404.', { minimum: 200, maximum: 599 }),
          ),
          invalidRouteResponseBody: opt(str('Body.', { maxLength: 4096 })),
        }),
      ),
      xdsBindAddr: opt(unsupported(str('Address of the xDS server.'))),
      validationBindAddr: opt(unsupported(str('Address of the validation server.'))),
      restXdsBindAddr: opt(unsupported(str('Address of the REST xDS server.'))),
      proxyDebugBindAddr: opt(unsupported(str('Address of the debug server.'))),
      enableRestEds: opt(unsupported(bool('Endpoints over REST.'))),
      disableKubernetesDestinations: opt(unsupported(bool('No Upstreams from Services.'))),
      disableGrpcWeb: opt(unsupported(bool('No gRPC-Web.'))),
      disableProxyGarbageCollection: opt(unsupported(bool('Keep Proxies.'))),
      circuitBreakers: opt(circuitBreakersSchema),
      endpointsWarmingTimeout: later('Warming of endpoints.'),
      failoverUpstreamDnsPollingInterval: later('DNS.'),
      logTransformationRequestResponseInfo: later('Logs.'),
      awsOptions: later('AWS.'),
      removeUnusedFilters: later('Filters.'),
      transformationEscapeCharacters: later('Transformations.'),
      istioOptions: later('Istio.'),
    }),
  ),
  gateway: opt(unsupported(opaque('Gateway translation and validation.'))),
  discoveryNamespace: opt(unsupported(str('Namespace that discovery writes to.'))),
  watchNamespaces: opt(unsupported(list('Namespaces to watch.', str('A namespace.')))),
  refreshRate: later('Interval of polling.'),
  kubernetesArtifactSource: opt(unsupported(opaque('Artifacts.'))),
  kubernetesConfigSource: opt(unsupported(opaque('Configuration.'))),
  kubernetesSecretSource: opt(unsupported(opaque('Secrets.'))),
  watchNamespaceSelectors: later('Namespaces to watch, by label.'),
  secretOptions: later('Secrets.'),
  vaultSecretSource: later('Secrets from Vault.'),
  directorySecretSource: later('Secrets from a folder.'),
  consulKvSource: later('Configuration from Consul.'),
  consulKvArtifactSource: later('Artifacts from Consul.'),
  directoryArtifactSource: later('Artifacts from a folder.'),
  consulDiscovery: later('Consul.'),
  extensions: later('Extensions.'),
  metadata: later('Metadata in the spec.'),
  directoryConfigSource: later('Configuration from a folder.'),
  discovery: later('Discovery.'),
  extauth: later('External authorization.'),
  namedExtauth: later('External authorization by name.'),
  ratelimit: later('Rate limits.'),
  ratelimitServer: later('Rate-limit server.'),
  cachingServer: later('Caching.'),
  consul: later('Consul.'),
  kubernetes: later('Kubernetes.'),
  linkerd: later('Linkerd.'),
  knative: later('Knative.'),
  observabilityOptions: later('Metrics.'),
  upstreamOptions: later('Defaults of Upstreams.'),
  consoleOptions: later('Console.'),
  graphqlOptions: later('GraphQL.'),
  extProc: later(
    'External processing. Not enforced: routes answer 500 rather than open, unless they turn it off.',
  ),
  devMode: later('Development mode.'),
});

/** `spec` of Settings (Gloo `SettingsSpec`; `seekgate` is ours). */
export type SettingsSpec = Static<typeof settingsSchema>;
