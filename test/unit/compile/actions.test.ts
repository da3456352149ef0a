import { describe, expect, it } from '@jest/globals';
import { createCompileMemory } from '../../../src/compile/compile-memory.ts';
import { compile } from '../../../src/compile/compile.ts';
import { importKeys } from '../../../src/jwt/import-keys.ts';
import { checkRegex } from '../../../src/rbac/regex.ts';
import { createStore } from '../../../src/store/store.ts';
import {
  compileYaml,
  echo,
  localProvider,
  resourcesOf,
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
    [single('model'), 3_600_000],
    [multi(share('echo', 1), share('model', 1)), 3_600_000],
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

describe('an Upstream that cannot be used', () => {
  const noHosts = withSpec('Upstream', 'other', { static: {} });
  const good = withSpec('Upstream', 'other', { static: { hosts: [{ addr: 'a.test', port: 80 }] } });
  const ai = (secret: string) =>
    withSpec('Upstream', 'other', {
      ai: { deepseek: { authToken: { secretRef: { name: secret } } } },
    });
  const kube = withSpec('Upstream', 'other', { kube: { serviceName: 'web', servicePort: 80 } });
  const broken = withSpec('Upstream', 'other', { static: { hosts: [{ addr: 'a b', port: 80 }] } });

  it.each([
    ['no hosts', noHosts, 'spec.static.hosts: requests get 503: found no hosts'],
    ['no key', ai('gone'), 'secretRef: the secret is missing: found no Secret "default.gone"'],
    ['no Service', kube, 'spec.kube: requests get 503: found no Service "default.web"'],
    [
      'no endpoints',
      kube + withSpec('Service', 'web', { ports: [{ port: 80 }] }),
      'found no ready endpoint of default.web:80',
    ],
    ['an error', broken, 'spec.static.hosts[0].addr: '],
  ])('is told of by the routes to it: %s', async (_title, upstream, text) => {
    const compiled = await compileRoute(multi(share('echo', 1), share('other', 1)), upstream);
    const path = `${at}.routeAction.multi.destinations[1].destination.upstream`;
    expect(compiled.findings('VirtualService/web')).toEqual([`warning UpstreamNotReady ${path}`]);
    expect(compiled.messages('VirtualService/web')).toContain(
      'requests get 503: Upstream default.other cannot be used: ',
    );
    expect(compiled.messages('VirtualService/web')).toContain(text);
    expect(compiled.outcome('VirtualService/web')).toMatchObject({
      state: 'Warning',
      conditions: [{ status: 'True' }, { status: 'False', reason: 'UpstreamNotReady' }],
    });
  });

  it('is told of no longer when it can be, also by a compile that remembers', async () => {
    const memory = createCompileMemory();
    const host = withSpec('VirtualService', 'web', { virtualHost: { routes: [single('other')] } });
    const store = createStore();
    const states: string[] = [];
    for (const text of [host + good, ai('key'), noHosts, good]) {
      const resources = resourcesOf(text);
      const kinds = ['VirtualService', 'Upstream'] as const;
      for (const entry of kinds.flatMap((kind) => resources.list(kind))) store.put('watch', entry);
      const options = { allowLocalUpstreams: 'off', lastGood: new Map(), memory } as const;
      const ports = { httpPort: undefined, httpsPort: undefined };
      const tools = { importKeys, checkRegex };
      const { outcomes } = await compile(store.snapshot(), tools, { ...options, ...ports });
      states.push(outcomes.find(({ ref }) => ref.kind === 'VirtualService')!.state);
    }
    expect(states).toEqual(['Accepted', 'Warning', 'Warning', 'Accepted']);
  });

  it('keeps what it lacks to itself in front of other namespaces', async () => {
    const theirs = withSpec('Upstream', 'team/other', {
      kube: { serviceName: 'hidden', servicePort: 80 },
    });
    const compiled = await compileRoute(single('other', 'team'), theirs);
    expect(compiled.messages('VirtualService/web')).toBe(
      'requests get 503: Upstream team.other cannot be used, its status says why',
    );
  });

  it('is none that only has a warning', async () => {
    const insecure = withSpec('Upstream', 'other', {
      static: { hosts: [{ addr: 'a.test', port: 443 }] },
    });
    const compiled = await compileRoute(single('other'), insecure);
    expect(compiled.findings('VirtualService/web')).toEqual([]);
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
      timeoutMs: 3_600_000,
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

  it('may lack its key, or be rejected: the virtual service says so', async () => {
    const keyless = withSpec('Upstream', 'deepseek', { ai: { deepseek: {} } });
    const broken = withSpec('Upstream', 'deepseek', {
      ai: { deepseek: { authToken: { inline: 'a b' } } },
    });
    for (const upstream of [keyless, broken]) {
      const compiled = await short({ jwt }, upstream);
      expect(compiled.findings('VirtualService/web')).toEqual([
        'warning NoVirtualHost spec.routes',
        'warning UpstreamNotReady spec.routes',
      ]);
    }
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
