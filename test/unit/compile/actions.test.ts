import { describe, expect, it } from '@jest/globals';
import {
  compileYaml,
  echo,
  localProvider,
  toEcho,
  withSpec,
  type Compiled,
} from '../../support/resources.ts';

const at = 'spec.virtualHost.routes[0]';
const model = withSpec('Upstream', 'model', {
  ai: { deepseek: { authToken: { inline: 'sk-1' } } },
});

async function compileRoute(route: object, more = ''): Promise<Compiled> {
  const virtualHost = { routes: [route] };
  return compileYaml(echo + model + withSpec('VirtualService', 'web', { virtualHost }) + more);
}

const single = (name: string, namespace?: string) => ({
  routeAction: {
    single: { upstream: { name, ...(namespace === undefined ? {} : { namespace }) } },
  },
});
const multi = (...destinations: object[]) => ({ routeAction: { multi: { destinations } } });
const share = (name: string, weight?: number) => ({
  destination: { upstream: { name } },
  ...(weight === undefined ? {} : { weight }),
});

describe('compileAction', () => {
  it.each([
    [{ directResponseAction: { status: 204 } }, { kind: 'direct', status: 204, body: '' }],
    [
      { directResponseAction: { status: 200, body: 'hi' } },
      { kind: 'direct', status: 200, body: 'hi' },
    ],
    [{ redirectAction: {} }, { kind: 'redirect', status: 301 }],
    [single('echo'), { kind: 'forward', destinations: [{ cluster: 'echo_default', weight: 1 }] }],
    [
      multi(share('echo', 3), share('model', 0), share('model')),
      {
        destinations: [
          { cluster: 'echo_default', weight: 3 },
          { cluster: 'model_default', weight: 0 },
          { cluster: 'model_default', weight: 0 },
        ],
      },
    ],
  ])('%j', async (route, action) => {
    const compiled = await compileRoute(route);
    expect(compiled.findings('VirtualService/web')).toEqual([]);
    expect(compiled.route('web').action).toMatchObject(action);
  });

  it.each([
    ['clusterHeader', { routeAction: { clusterHeader: 'x-cluster' } }],
    ['dynamicForwardProxy', { routeAction: { dynamicForwardProxy: {} } }],
    ['graphqlApiRef', { graphqlApiRef: {} }],
  ])('keeps a route with %s closed', async (field, route) => {
    const compiled = await compileRoute(route);
    expect(compiled.route('web').action).toMatchObject({ kind: 'closed', status: 500 });
    const [finding] = compiled.findings('VirtualService/web');
    expect(finding?.startsWith(`warning Unsupported ${at}.`)).toBe(true);
    expect(finding?.endsWith(field)).toBe(true);
  });

  it('sends nobody to a kind of destination that is not served', async () => {
    const compiled = await compileRoute({ routeAction: { single: { consul: {} } } });
    expect(compiled.route('web').action).toMatchObject({ destinations: [{ cluster: '' }] });
    expect(compiled.table.clusters['']).toBeUndefined();
  });
});

describe('timeouts and rewrites', () => {
  it.each([
    [single('echo'), 15_000],
    [single('model'), 600_000],
    [multi(share('echo', 1), share('model', 1)), 600_000],
    [{ ...single('model'), options: { timeout: '5s' } }, 5000],
    [{ ...single('echo'), options: { timeout: '0s' } }, 0],
  ])('case %#: %s ms', async (route, timeoutMs) => {
    expect((await compileRoute(route)).route('web').action).toMatchObject({ timeoutMs });
  });

  it('rewrites the prefix, with what can stand in a path', async () => {
    const good = await compileRoute({ ...toEcho, options: { prefixRewrite: '/v1' } });
    expect(good.route('web').action).toMatchObject({ prefixRewrite: '/v1' });
    const bad = await compileRoute({ ...toEcho, options: { prefixRewrite: '/a b' } });
    expect(bad.findings('VirtualService/web')).toEqual([
      `error InvalidRoute ${at}.options.prefixRewrite`,
    ]);
  });
});

describe('weights', () => {
  it.each([
    [multi(), 'must specify at least one weighted destination'],
    [multi(share('echo')), 'total weight that is greater than or equal to 1'],
    [multi(share('echo', 0), share('model', 0)), 'total weight'],
  ])('case %#: %s', async (route, text) => {
    const compiled = await compileRoute(route);
    expect(compiled.findings('VirtualService/web')).toEqual([
      `error InvalidRoute ${at}.routeAction.multi.destinations`,
    ]);
    expect(compiled.outcome('VirtualService/web').reason).toContain(text);
  });
});

describe('a missing Upstream', () => {
  const replace = withSpec('Settings', 'default', {
    gloo: { invalidConfigPolicy: { replaceInvalidRoutes: true, invalidRouteResponseCode: 418 } },
  });

  it('is a Warning in the words of Gloo, and its route goes nowhere', async () => {
    const compiled = await compileRoute(single('gone'));
    const outcome = compiled.outcome('VirtualService/web');
    expect(outcome.state).toBe('Warning');
    expect(outcome.reason).toBe(
      'warning: \n  Route Warning: InvalidDestinationWarning. Reason: *v1.Upstream { default.gone } not found',
    );
    expect(outcome.conditions[1]).toMatchObject({ status: 'False', reason: 'UpstreamNotFound' });
    expect(compiled.findings('VirtualService/web')).toEqual([
      `warning UpstreamNotFound ${at}.routeAction.single.upstream`,
    ]);
    expect(compiled.table.clusters['gone_default']).toBeUndefined();
    expect(compiled.route('web').action).toMatchObject({
      destinations: [{ cluster: 'gone_default' }],
    });
  });

  it('makes the route answer the replacement where invalid ones are replaced', async () => {
    const compiled = await compileRoute(single('gone'), replace);
    expect(compiled.outcome('VirtualService/web').state).toBe('Warning');
    expect(compiled.route('web').action).toMatchObject({ kind: 'closed', status: 418 });
  });

  it('costs only its share of several', async () => {
    const compiled = await compileRoute(multi(share('echo', 1), share('gone', 1)), replace);
    expect(compiled.findings('VirtualService/web')).toEqual([
      `warning UpstreamNotFound ${at}.routeAction.multi.destinations[1].destination.upstream`,
    ]);
    expect(compiled.route('web').action.kind).toBe('forward');
  });
});

describe('namespaces', () => {
  const elsewhere =
    withSpec('Upstream', 'team/plain', { static: { hosts: [{ addr: 'a.test', port: 80 }] } }) +
    withSpec('Upstream', 'team/paid', { ai: { deepseek: { authToken: { inline: 'sk-1' } } } }) +
    withSpec('Upstream', 'team/unpaid', {
      ai: { deepseek: { authToken: { secretRef: { name: 'gone' } } } },
    }) +
    withSpec('Upstream', 'gloo-system/paid', { ai: { openai: { authToken: { inline: 'sk' } } } });
  const share = (...sharedNamespaces: string[]) =>
    withSpec('Settings', 'default', { seekgate: { sharedNamespaces } });

  it.each([
    ['a plain Upstream', single('plain', 'team'), '', 'Accepted'],
    ['one with a key', single('paid', 'team'), '', 'Rejected'],
    ['one whose key is away', single('unpaid', 'team'), '', 'Rejected'],
    ['one with a key, shared', single('paid', 'team'), share('team'), 'Accepted'],
    ['one with a key, all shared', single('paid', 'team'), share('*'), 'Accepted'],
    ['one with a key in gloo-system', single('paid', 'gloo-system'), '', 'Accepted'],
    [
      'the same, with other namespaces shared',
      single('paid', 'gloo-system'),
      share('x'),
      'Rejected',
    ],
  ])('%s', async (_title, route, settings, state) => {
    const compiled = await compileRoute(route, elsewhere + settings);
    expect(compiled.outcome('VirtualService/web').state).toBe(state);
    expect(compiled.findings('VirtualService/web')).toEqual(
      state === 'Rejected' ? [`error RefNotPermitted ${at}.routeAction.single.upstream`] : [],
    );
  });
});

describe('the default backend', () => {
  const short = (spec: object, more: string) =>
    compileYaml(withSpec('VirtualService', 'web', spec) + more);
  const jwt = { providers: [{ publicKey: localProvider.jwks.local.key }] };
  const deepseek = model.replace('"model"', '"deepseek"');

  it('is the Upstream called deepseek beside the virtual service', async () => {
    const compiled = await short({ jwt }, deepseek);
    expect(compiled.route('web').action).toMatchObject({
      destinations: [{ cluster: 'deepseek_default', weight: 1 }],
      timeoutMs: 600_000,
    });
    expect(compiled.findings('VirtualService/web')).toEqual(['warning NoVirtualHost spec.routes']);
    expect(compiled.outcome('VirtualService/web').reason).toContain(
      'virtual service [default.web] does not specify a virtual host: everything goes to',
    );
  });

  it('is the one that Settings name', async () => {
    const settings = withSpec('Settings', 'default', {
      seekgate: { defaultUpstream: { name: 'model' } },
    });
    const compiled = await short({ jwt }, model + deepseek + settings);
    expect(compiled.route('web').action).toMatchObject({
      destinations: [{ cluster: 'model_default' }],
    });
  });

  it('may be missing: then a valid token gets 503, and ResolvedRefs says why', async () => {
    const compiled = await short({ jwt }, '');
    expect(compiled.route('web').jwt).toBeDefined();
    expect(compiled.route('web').action).toMatchObject({
      kind: 'forward',
      destinations: [{ cluster: 'deepseek_default' }],
    });
    expect(compiled.outcome('VirtualService/web')).toMatchObject({
      state: 'Warning',
      conditions: [{ status: 'True' }, { status: 'False', reason: 'UpstreamNotFound' }],
    });
  });

  it.each([{ domains: ['a.test'] }, { rbac: {} }])(
    'is not opened to requests that nobody verifies: %j',
    async (spec) => {
      const compiled = await short(spec, deepseek);
      expect(compiled.route('web').action).toMatchObject({ kind: 'closed', status: 500 });
      expect(compiled.outcome('VirtualService/web').state).toBe('Warning');
    },
  );

  it('keeps to the rule of namespaces', async () => {
    const settings = withSpec('Settings', 'default', {
      seekgate: { defaultUpstream: { name: 'model', namespace: 'team' } },
    });
    const compiled = await short(
      { jwt },
      settings + model.replace('"name":"model"', '"name":"model","namespace":"team"'),
    );
    expect(compiled.findings('VirtualService/web')).toContain('error RefNotPermitted spec.routes');
  });
});
