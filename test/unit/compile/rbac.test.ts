import { describe, expect, it } from '@jest/globals';
import {
  compileYaml,
  echo,
  localProvider,
  toEcho,
  withSpec,
  type Compiled,
} from '../../support/resources.ts';

const jwt = { providers: { kc: localProvider, 'b.c': localProvider } };
const at = 'spec.virtualHost.options.rbac';
const jwtAt = `${at}.policies.p.principals[0].jwtPrincipal`;

async function compileOptions(
  options: object,
  routeOptions: object = {},
  more = '',
): Promise<Compiled> {
  const routes = [{ ...toEcho, options: routeOptions }, toEcho];
  const virtualHost = { options, routes };
  return compileYaml(echo + withSpec('VirtualService', 'web', { virtualHost }) + more);
}

const policyOf = (jwtPrincipal: object, more: object = {}) => ({
  policies: { p: { principals: [{ jwtPrincipal }], ...more } },
});
const compilePrincipal = (jwtPrincipal: object, more: object = {}) =>
  compileOptions({ jwt, rbac: policyOf(jwtPrincipal, more) });

describe('the rule in force', () => {
  const dev = policyOf({ claims: { role: 'dev' } });
  const requireRbac = withSpec('Settings', 'default', { rbac: { requireRbac: true } });
  const names = ['p'];

  it.each([
    ['none', { jwt }, {}, '', undefined],
    ['that of the virtual host', { jwt, rbac: dev }, {}, '', names],
    ['that of the route instead', { jwt, rbac: dev }, { rbac: { policies: {} } }, '', []],
    ['turned off on the route', { jwt, rbac: dev }, { rbac: { disable: true } }, '', undefined],
    ['disable: false turns nothing off', { jwt }, { rbac: { disable: false } }, '', []],
    ['nothing in it refuses everybody', { jwt, rbac: {} }, {}, '', []],
    ['nothing at all, but required', { jwt }, {}, requireRbac, []],
    ['required and there', { jwt, rbac: dev }, {}, requireRbac, names],
    ['required and turned off', { jwt }, { rbac: { disable: true } }, requireRbac, undefined],
  ])('%s', async (_title, host, route, more, policies) => {
    const compiled = await compileOptions(host, route, more);
    expect(compiled.findings('VirtualService/web')).toEqual([]);
    expect(compiled.route('web').rbac?.policies.map(({ name }) => name)).toEqual(policies);
  });

  it('refuses everybody where no token is verified, and says so', async () => {
    const compiled = await compileOptions({ jwt, rbac: dev }, { jwt: { disable: true } });
    expect(compiled.findings('VirtualService/web')).toEqual([`warning InvalidRbac ${at}`]);
    expect(compiled.route('web').rbac).toBeDefined();
  });
});

describe('policies', () => {
  it('come in the order of their names, with everything that narrows them', async () => {
    const principals = [{ jwtPrincipal: { claims: { a: 'b' } } }];
    const policies = {
      z: { principals },
      a: { principals, permissions: { pathPrefix: '/api/', methods: ['GET'] } },
    };
    const compiled = await compileOptions({ jwt, rbac: { policies } });
    expect(compiled.route('web').rbac?.policies).toEqual([
      {
        name: 'a',
        principals: [{ claims: [{ path: ['a'], matcher: 'EXACT_STRING', value: 'b' }] }],
        pathPrefix: '/api/',
        methods: ['GET'],
      },
      expect.objectContaining({ name: 'z', pathPrefix: '', methods: [] }),
    ]);
  });

  it('may be for some models only', async () => {
    const permissions = { models: ['deepseek-flash'] };
    const compiled = await compilePrincipal({ claims: { a: 'b' } }, { permissions });
    expect(compiled.findings('VirtualService/web')).toEqual([]);
    expect(compiled.route('web').rbac?.policies[0]?.models).toEqual(permissions.models);
  });

  it('with a prefix that takes longer names as well are warned of, once for all routes', async () => {
    const compiled = await compilePrincipal(
      { claims: { a: 'b' } },
      { permissions: { pathPrefix: '/api' } },
    );
    expect(compiled.findings('VirtualService/web')).toEqual([
      `warning PrefixWithoutSlash ${at}.policies.p.permissions.pathPrefix`,
    ]);
  });

  it.each([
    [{ policies: { p: {} } }, `${at}.policies.p.principals`],
    [{ policies: { 'a.b': {} } }, `${at}.policies["a.b"].principals`],
    [{ policies: { p: { principals: [{}] } } }, `${jwtAt}.claims`],
    [policyOf({ claims: {} }), `${jwtAt}.claims`],
    [policyOf({ provider: 'kc' }), `${jwtAt}.claims`],
    [policyOf({ claims: { a: 'yes' }, matcher: 'BOOLEAN' }), `${jwtAt}.claims.a`],
    [
      policyOf({ claims: { 'a..b': 'x' } }, { nestedClaimDelimiter: '.' }),
      `${jwtAt}.claims["a..b"]`,
    ],
    [policyOf({ claims: { '.a': 'x' } }, { nestedClaimDelimiter: '.' }), `${jwtAt}.claims[".a"]`],
    [
      policyOf({ claims: { a: 'b' } }, { permissions: { models: [] } }),
      `${at}.policies.p.permissions.models`,
    ],
  ])('are refused where they would be for nobody or everybody: %j', async (rbac, path) => {
    const compiled = await compileOptions({ jwt, rbac });
    expect(compiled.findings('VirtualService/web')).toEqual([`error InvalidRbac ${path}`]);
    expect(compiled.table.virtualHosts).toEqual({});
  });
});

describe('claims', () => {
  it.each([
    [{ claims: { a: 'b' } }, {}, { path: ['a'], matcher: 'EXACT_STRING', value: 'b' }],
    [{ claims: { 'a.b': 'c' } }, {}, { path: ['a.b'], matcher: 'EXACT_STRING', value: 'c' }],
    [
      { claims: { 'a.b': 'c' } },
      { nestedClaimDelimiter: '.' },
      { path: ['a', 'b'], matcher: 'EXACT_STRING', value: 'c' },
    ],
    [
      { claims: { 'a::b': 'c' }, matcher: 'LIST_CONTAINS' },
      { nestedClaimDelimiter: '::' },
      { path: ['a', 'b'], matcher: 'LIST_CONTAINS', value: 'c' },
    ],
    [
      { claims: { a: true }, matcher: 'BOOLEAN' },
      {},
      { path: ['a'], matcher: 'BOOLEAN', value: 'true' },
    ],
    [
      { claims: { a: 'false' }, matcher: 1 },
      {},
      { path: ['a'], matcher: 'BOOLEAN', value: 'false' },
    ],
    [
      { claims: { a: 'b.*' }, matcher: 3 },
      {},
      { path: ['a'], matcher: 'REGEX_MATCH', value: 'b.*' },
    ],
  ])('%j %j', async (principal, more, claim) => {
    const compiled = await compilePrincipal(principal, more);
    expect(compiled.findings('VirtualService/web')).toEqual([]);
    expect(compiled.route('web').rbac?.policies[0]?.principals[0]?.claims).toEqual([claim]);
  });

  it('as booleans never match a matcher of texts, which is warned of', async () => {
    const compiled = await compilePrincipal({ claims: { email_verified: true } });
    expect(compiled.findings('VirtualService/web')).toEqual([
      `warning InvalidValue ${jwtAt}.claims.email_verified`,
    ]);
  });

  it('never show what they are compared with', async () => {
    const compiled = await compilePrincipal({ claims: { a: 'hunter2' }, matcher: 'BOOLEAN' });
    expect(JSON.stringify(compiled.outcomes)).not.toContain('hunter2');
  });
});

describe('a principal of one provider', () => {
  const named = (provider: string) => policyOf({ claims: { a: 'b' }, provider });
  const providerIn = (compiled: Compiled) =>
    compiled.route('web').rbac?.policies[0]?.principals[0]?.provider;
  const unknown = [`warning ReferenceNotFound ${jwtAt}.provider`];
  const staged = (validationPolicy: string) => ({
    jwtStaged: {
      beforeExtAuth: { providers: { first: localProvider } },
      afterExtAuth: { providers: { second: localProvider }, validationPolicy },
    },
  });

  it.each([
    ['of the virtual host', { jwt }, 'kc', []],
    ['with a dot in its name', { jwt }, 'b.c', []],
    ['that is not there', { jwt }, 'gone', unknown],
    ['called like a member of every object', { jwt }, 'constructor', unknown],
    ['of the later stage', staged('REQUIRE_VALID'), 'second', []],
    [
      'of the earlier stage, whose claims the later one replaces',
      staged('REQUIRE_VALID'),
      'first',
      unknown,
    ],
    [
      'of the earlier stage, where the later one may be skipped',
      staged('ALLOW_MISSING'),
      'first',
      [],
    ],
  ])('%s', async (_title, options, provider, findings) => {
    const compiled = await compileOptions({ ...options, rbac: named(provider) });
    expect(compiled.findings('VirtualService/web')).toEqual(findings);
    expect(providerIn(compiled)).toBe(provider);
  });

  it('means the one of that name in force on the route', async () => {
    const other = { ...localProvider, issuer: 'https://other.test' };
    const compiled = await compileOptions(
      { jwt, rbac: named('kc') },
      { jwtProvidersStaged: { afterExtAuth: { providers: { kc: other } } } },
    );
    expect(providerIn(compiled)).toBe('kc#2');
    expect(compiled.route('web', 1).rbac?.policies[0]?.principals[0]?.provider).toBe('kc');
  });

  it('may be left empty for any', async () => {
    expect(providerIn(await compileOptions({ jwt, rbac: named('') }))).toBeUndefined();
  });
});
