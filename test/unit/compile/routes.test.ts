import { describe, expect, it } from '@jest/globals';
import {
  compileYaml,
  echo,
  localProvider,
  toEcho,
  withSpec,
  type Compiled,
} from '../../support/resources.ts';

const jwt = { providers: { kc: localProvider } };
const replace = withSpec('Settings', 'default', {
  gloo: {
    invalidConfigPolicy: {
      replaceInvalidRoutes: true,
      invalidRouteResponseCode: 418,
      invalidRouteResponseBody: 'out of order',
    },
  },
});
const badWeights = { routeAction: { multi: { destinations: [] } } };
const nobody = { policies: { p: {} } };

async function compileRoutes(options: object, routes: object[], more = ''): Promise<Compiled> {
  const virtualHost = { options, routes };
  return compileYaml(echo + withSpec('VirtualService', 'web', { virtualHost }) + more);
}

describe('routes', () => {
  it('keep their order and their names', async () => {
    const routes = [{ name: 'first', ...toEcho }, toEcho, { name: 'third', ...toEcho }];
    const compiled = await compileRoutes({}, routes);
    expect(compiled.host('web').routes.map(({ name }) => name)).toEqual([
      'first',
      'unnamed-1',
      'third',
    ]);
  });
});

describe('what is not enforced yet', () => {
  it.each([
    ['a guard of the route', {}, { ...toEcho, options: { extauth: {} } }],
    ['a guard of the virtual host', { waf: {} }, toEcho],
    ['a redirect behind a guard', { dlp: {} }, { redirectAction: {} }],
    [
      'an answer of the gateway behind a guard',
      { csrf: {} },
      { directResponseAction: { status: 200 } },
    ],
    [
      'options kept elsewhere',
      {},
      { ...toEcho, optionsConfigRefs: { delegateOptions: [{ name: 'a' }] } },
    ],
  ])('keeps the route closed: %s', async (_title, options, route) => {
    const compiled = await compileRoutes({ jwt, ...options }, [route]);
    expect(compiled.outcome('VirtualService/web').state).toBe('Warning');
    expect(compiled.route('web')).toMatchObject({
      jwt: { afterExtAuth: {} },
      action: { kind: 'closed', status: 500 },
    });
  });

  it('on one route costs the others nothing', async () => {
    const compiled = await compileRoutes({}, [{ ...toEcho, options: { waf: {} } }, toEcho]);
    expect(compiled.route('web', 1).action.kind).toBe('forward');
  });

  it('in options of the virtual host that are kept elsewhere closes every route', async () => {
    const optionsConfigRefs = { delegateOptions: [{ name: 'a' }] };
    const virtualHost = { optionsConfigRefs, routes: [toEcho, toEcho] };
    const compiled = await compileYaml(echo + withSpec('VirtualService', 'web', { virtualHost }));
    expect(compiled.host('web').routes.map(({ action }) => action.kind)).toEqual([
      'closed',
      'closed',
    ]);
  });
});

describe('a route with an error', () => {
  it.each([
    ['weights', badWeights],
    ['a matcher', { matchers: [{}], ...toEcho }],
    ['a policy', { ...toEcho, options: { rbac: nobody } }],
  ])('takes its virtual service along: %s', async (_title, route) => {
    const compiled = await compileRoutes({}, [toEcho, route]);
    expect(compiled.outcome('VirtualService/web').state).toBe('Rejected');
    expect(compiled.table.virtualHosts).toEqual({});
  });
});

describe('where invalid routes are replaced', () => {
  const closedAs = (status: number) => ({ action: { kind: 'closed', status } });

  it('one answers the configured response, behind its verification', async () => {
    const compiled = await compileRoutes({ jwt }, [badWeights, toEcho], replace);
    expect(compiled.outcome('VirtualService/web').state).toBe('Warning');
    expect(compiled.route('web')).toMatchObject({
      jwt: { afterExtAuth: {} },
      action: { kind: 'closed', status: 418, body: 'out of order' },
    });
    expect(compiled.route('web', 1).action.kind).toBe('forward');
  });

  const regexPolicy = (a: string) => ({
    policies: { p: { principals: [{ jwtPrincipal: { matcher: 3, claims: { a } } }] } },
  });
  const badProvider = { jwks: { local: { key: 'nonsense' } } };

  it.each([
    ['a policy for nobody', { rbac: nobody }],
    ['a policy with a broken expression', { rbac: regexPolicy('(') }],
    [
      'a provider without keys',
      { jwtProvidersStaged: { afterExtAuth: { providers: { a: badProvider } } } },
    ],
    ['no provider', { jwtProvidersStaged: { beforeExtAuth: {} } }],
  ])(
    'one whose auth is broken answers 500, and nothing of it is left to load: %s',
    async (_title, options) => {
      const compiled = await compileRoutes({ jwt }, [{ ...badWeights, options }, toEcho], replace);
      const { jwt: verification, rbac, action } = compiled.route('web');
      expect([verification, rbac]).toEqual([undefined, undefined]);
      expect(action).toMatchObject({ kind: 'closed', status: 500 });
      expect(compiled.route('web', 1).action.kind).toBe('forward');
    },
  );

  it('broken JWT settings of the virtual host close what uses them, and only that', async () => {
    const broken = { providers: { kc: badProvider } };
    const compiled = await compileRoutes(
      { jwt: broken },
      [
        toEcho,
        { ...toEcho, options: { jwt: { disable: true } } },
        { ...toEcho, options: { jwtProvidersStaged: { afterExtAuth: jwt } } },
        { ...toEcho, options: { jwtProvidersStaged: { beforeExtAuth: jwt } } },
      ],
      replace,
    );
    expect(compiled.outcome('VirtualService/web').state).toBe('Warning');
    expect(compiled.host('web').routes).toMatchObject([
      closedAs(500),
      { action: { kind: 'forward' } },
      { action: { kind: 'forward' } },
      closedAs(500),
    ]);
  });

  it('so do broken policies of the virtual host, and each is told of once', async () => {
    const compiled = await compileRoutes({ jwt, rbac: nobody }, [toEcho, toEcho], replace);
    expect(compiled.host('web').routes).toMatchObject([closedAs(500), closedAs(500)]);
    expect(compiled.findings('VirtualService/web')).toEqual([
      'warning InvalidRbac spec.virtualHost.options.rbac.policies.p.principals',
    ]);
  });

  it('a short form with a broken key closes its default route', async () => {
    const jwtOfShort = { providers: [{ publicKey: 'nonsense' }] };
    const compiled = await compileYaml(
      withSpec('VirtualService', 'web', { jwt: jwtOfShort }) + replace,
    );
    expect(compiled.route('web')).toMatchObject(closedAs(500));
    expect(compiled.route('web').jwt).toBeUndefined();
  });

  it('one is left with the matchers that are good', async () => {
    const matchers = [{ prefix: '/a' }, { regex: '(' }];
    const compiled = await compileRoutes({}, [{ matchers, ...toEcho }, toEcho], replace);
    expect(compiled.route('web')).toMatchObject({
      matchers: [{ path: { value: '/a' } }],
      ...closedAs(418),
    });
  });

  it('one with no good matcher takes no request', async () => {
    const matchers = [{ regex: '(' }];
    const compiled = await compileRoutes({}, [{ matchers, ...toEcho }, toEcho], replace);
    expect(compiled.outcome('VirtualService/web').state).toBe('Warning');
    expect(compiled.host('web').routes.map(({ name }) => name)).toEqual(['unnamed-1']);
  });

  it.each([
    ['policies', { rbac: regexPolicy('a') }],
    ['providers', { jwtProvidersStaged: { beforeExtAuth: jwt } }],
    ['guards', { extauth: {} }],
  ])('but not where requests would get around its %s to a later route', async (_title, options) => {
    const matchers = [{ regex: '(' }];
    const compiled = await compileRoutes(
      { jwt },
      [{ matchers, ...toEcho, options }, toEcho],
      replace,
    );
    expect(compiled.outcome('VirtualService/web').state).toBe('Rejected');
    expect(compiled.table.virtualHosts).toEqual({});
  });
});
