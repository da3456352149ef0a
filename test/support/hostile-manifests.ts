/** A manifest that has to be refused, and what the refusal has to name. */
export interface HostileManifest {
  readonly title: string;
  readonly manifest: object;
  readonly names: string;
}

const jwks = { remote: { url: 'https://issuer.example.com/jwks' } };
const action = { directResponseAction: { status: 200 } };

const gateway = (kind: string, spec: unknown, metadata: object = {}) => ({
  apiVersion: 'gateway.solo.io/v1',
  kind,
  metadata: { name: 'hostile', ...metadata },
  spec,
});
const virtualService = (spec: unknown) => gateway('VirtualService', spec);
const virtualHost = (fields: object) => virtualService({ virtualHost: fields });
const route = (fields: object) => virtualHost({ routes: [{ ...action, ...fields }] });
const matcher = (fields: object) => route({ matchers: [fields] });
const provider = (fields: object) =>
  virtualHost({ options: { jwt: { providers: { kc: { jwks, ...fields } } } } });
const principal = (fields: object) =>
  virtualHost({
    options: { rbac: { policies: { p: { principals: [{ jwtPrincipal: fields }] } } } },
  });
const upstream = (spec: object) => ({
  ...gateway('Upstream', spec),
  apiVersion: 'gloo.solo.io/v1',
});
const host = (fields: object) =>
  upstream({ static: { hosts: [{ addr: 'a.example.com', port: 80, ...fields }] } });

/** Every one is refused both by the API server and by the check of files; one table, so that the two cannot differ. */
export const hostileManifests: readonly HostileManifest[] = [
  // Wrong types
  { title: 'text for a list', manifest: virtualHost({ domains: 'a.com' }), names: 'domains' },
  {
    title: 'a list for a map of providers',
    manifest: virtualHost({ options: { jwt: { providers: [{ issuer: 'a' }] } } }),
    names: 'spec.virtualHost.options.jwt.providers',
  },
  {
    title: 'a map for the list of the short form',
    manifest: virtualService({ jwt: { providers: { a: { issuer: 'a' } } } }),
    names: 'spec.jwt.providers',
  },
  {
    title: 'text for a number',
    manifest: host({ port: '80' }),
    names: 'spec.static.hosts[0].port',
  },
  {
    title: 'a number for text',
    manifest: provider({ issuer: 5 }),
    names: 'spec.virtualHost.options.jwt.providers.kc.issuer',
  },
  { title: 'text for a boolean', manifest: provider({ keepToken: 'yes' }), names: 'keepToken' },
  {
    title: 'a fraction for a whole number',
    manifest: provider({ clockSkewSeconds: 1.5 }),
    names: 'clockSkewSeconds',
  },
  { title: 'text for the spec', manifest: virtualService('hello'), names: 'spec' },
  {
    title: 'a number as a claim value',
    manifest: principal({ claims: { level: 5 } }),
    names: 'jwtPrincipal.claims.level',
  },
  {
    title: 'a list as a claim value',
    manifest: principal({ claims: { groups: ['a'] } }),
    names: 'jwtPrincipal.claims.groups',
  },
  // Unknown fields
  {
    title: 'an unknown field of the spec',
    manifest: virtualService({ virtualhost: {} }),
    names: 'spec.virtualhost',
  },
  {
    title: 'an unknown field at depth',
    manifest: provider({ tokenSource: { headers: [{ header: 'x', prefx: 'y' }] } }),
    names: 'spec.virtualHost.options.jwt.providers.kc.tokenSource.headers[0].prefx',
  },
  {
    title: 'a field one level too high',
    manifest: route({ prefix: '/' }),
    names: 'spec.virtualHost.routes[0].prefix',
  },
  {
    title: 'a field beside the spec',
    manifest: { ...virtualService({}), virtualHost: {} },
    names: 'virtualHost',
  },
  // One of several
  {
    title: 'remote and local keys together',
    manifest: provider({ jwks: { ...jwks, local: { key: 'k' } } }),
    names: 'set exactly one',
  },
  {
    title: 'neither remote nor local keys',
    manifest: provider({ jwks: {} }),
    names: 'remote, local',
  },
  {
    title: 'a short provider without keys',
    manifest: virtualService({ jwt: { providers: [{ issuer: 'a' }] } }),
    names: 'remoteJwks, publicKey, jwks',
  },
  {
    title: 'two kinds of path in a matcher',
    manifest: matcher({ prefix: '/a', exact: '/a' }),
    names: 'spec.virtualHost.routes[0].matchers[0]',
  },
  {
    title: 'a route with two actions',
    manifest: route({ redirectAction: {} }),
    names: 'spec.virtualHost.routes[0]',
  },
  {
    title: 'a route without an action',
    manifest: virtualHost({ routes: [{ matchers: [{ prefix: '/' }] }] }),
    names: 'spec.virtualHost.routes[0]',
  },
  {
    title: 'both forms together',
    manifest: virtualService({ virtualHost: {}, jwt: { providers: [] } }),
    names: 'set at most one',
  },
  { title: 'an Upstream of no kind', manifest: upstream({}), names: 'static, kube, ai' },
  {
    title: 'jwt and jwtStaged together',
    manifest: virtualHost({ options: { jwt: {}, jwtStaged: {} } }),
    names: 'spec.virtualHost.options',
  },
  // Sizes, ranges, forms
  {
    title: 'more routes than any gateway has',
    manifest: virtualHost({ routes: Array.from({ length: 3000 }, () => action) }),
    names: 'spec.virtualHost.routes',
  },
  {
    title: 'an unknown word of an enum',
    manifest: virtualHost({ options: { jwt: { validationPolicy: 'REQUIRE' } } }),
    names: 'ALLOW_MISSING_OR_FAILED',
  },
  {
    title: 'a number beyond an enum',
    manifest: virtualHost({ options: { jwt: { validationPolicy: 7 } } }),
    names: 'validationPolicy',
  },
  {
    title: 'a duration without a unit',
    manifest: route({ options: { timeout: '15' } }),
    names: 'spec.virtualHost.routes[0].options.timeout',
  },
  {
    title: 'a negative duration',
    manifest: provider({ jwks: { remote: { ...jwks.remote, cacheDuration: '-5m' } } }),
    names: 'cacheDuration',
  },
  {
    title: 'a negative number',
    manifest: provider({ clockSkewSeconds: -1 }),
    names: 'clockSkewSeconds',
  },
  { title: 'port 0', manifest: host({ port: 0 }), names: 'spec.static.hosts[0].port' },
  { title: 'port 70000', manifest: host({ port: 70_000 }), names: 'spec.static.hosts[0].port' },
  {
    title: 'a line break in a header name',
    manifest: provider({ claimsToHeaders: [{ claim: 'sub', header: 'x-user\r\nx-admin' }] }),
    names: 'claimsToHeaders[0].header',
  },
  {
    title: 'an empty name in a reference',
    manifest: virtualHost({ routes: [{ routeAction: { single: { upstream: { name: '' } } } }] }),
    names: 'routeAction.single.upstream.name',
  },
  // Missing and null
  {
    title: 'a reference without a name',
    manifest: virtualHost({ routes: [{ routeAction: { single: { upstream: {} } } }] }),
    names: 'upstream.name',
  },
  { title: 'no spec', manifest: gateway('Gateway', undefined), names: 'spec' },
  { title: 'null in a list', manifest: virtualHost({ routes: [null] }), names: 'routes[0]' },
  {
    title: 'null as a required name',
    manifest: matcher({ headers: [{ name: null }] }),
    names: 'spec.virtualHost.routes[0].matchers[0].headers[0].name',
  },
  {
    title: 'a name that is no DNS name',
    manifest: gateway('RouteTable', {}, { name: 'Not_A_Name' }),
    names: 'metadata.name',
  },
  // Fields that need another
  {
    title: 'a substitution without a pattern',
    manifest: virtualHost({
      routes: [{ redirectAction: { regexRewrite: { substitution: '/a' } } }],
    }),
    names: 'pattern',
  },
  {
    title: 'a certificate without its key',
    manifest: virtualService({
      virtualHost: { routes: [action] },
      sslConfig: { sslFiles: { tlsCert: '/etc/tls.crt' } },
    }),
    names: 'tlsKey',
  },
  {
    title: 'the namespace of a route table without its name',
    manifest: virtualHost({ routes: [{ delegateAction: { namespace: 'other' } }] }),
    names: 'name',
  },
];
