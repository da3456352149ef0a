import type { Kind } from '../../src/api/kinds.ts';
import type { Entry } from '../../src/api/resource.ts';
import { validateManifest } from '../../src/api/validate.ts';
import type { Store } from '../../src/store/store.ts';
import { keyFile } from './resources.ts';

/** Numbers that look random and are the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes one change after the other to a store: resources of every kind that come, change, break, are repaired and go. */
export function createEditor(store: Store, random: () => number): { readonly edit: () => string } {
  const pick: Pick = (options) => options[Math.floor(random() * options.length)]!;
  const held = new Map<string, { ref: Entry['ref']; document: Document }>();
  const put = (document: Document): void => {
    const { entry } = validateManifest(document, { origin: '', defaultNamespace: 'default' });
    if (!entry) throw new Error(`no entry for ${JSON.stringify(document)}`);
    held.set(JSON.stringify(entry.ref), { ref: entry.ref, document });
    store.put('watch', entry);
  };
  const edit = (): string => {
    if (random() < 0.05) {
      const ref = { kind: pick(['Secret', 'Service', 'EndpointSlice']), namespace: 'default' };
      const name = pick(['s1', 's2', 'svc', 'other']);
      const isWithheld = random() < 0.7;
      store.withhold({ ...ref, name }, isWithheld);
      return `${isWithheld ? 'withhold' : 'show'} ${ref.kind} ${name}`;
    }
    const [key, known] = pick([...held, ['', undefined] as const]);
    if (known && random() < 0.12) {
      held.delete(key);
      store.delete('watch', known.ref);
      return `delete ${key}`;
    }
    if (known && random() < 0.08) {
      // As a relist does: nothing has changed, and all of it is new objects.
      put(structuredClone(known.document));
      return `repeat ${key}`;
    }
    const [kind, name, members] = pick(makers)(pick);
    const document = documentOf(kind, { name, namespace: pick(namespaces) }, { members, pick });
    put(document);
    return JSON.stringify(document);
  };
  return { edit };
}

type Pick = <T>(options: readonly T[]) => T;
type Document = Readonly<Record<string, unknown>>;
type Made = readonly [kind: Kind, name: string, members: object];
type Maker = (pick: Pick) => Made;

const namespaces = ['default', 'default', 'team'] as const;

const apiVersions: Partial<Record<Kind, string>> = {
  Upstream: 'gloo.solo.io/v1',
  UpstreamGroup: 'gloo.solo.io/v1',
  Settings: 'gloo.solo.io/v1',
  Secret: 'v1',
  Service: 'v1',
  EndpointSlice: 'discovery.k8s.io/v1',
};

function documentOf(
  kind: Kind,
  metadata: { readonly name: string; readonly namespace: string },
  { members, pick }: { readonly members: object; readonly pick: Pick },
): Document {
  const labels =
    kind === 'EndpointSlice'
      ? { 'kubernetes.io/service-name': pick(['svc', 'other']) }
      : { tier: pick(['a', 'b']) };
  return {
    apiVersion: apiVersions[kind] ?? 'gateway.solo.io/v1',
    kind,
    metadata: {
      ...metadata,
      uid: pick(['1', '1', '1', '2']),
      generation: pick([1, 2, 3]),
      creationTimestamp: `2026-01-0${pick([1, 2, 3])}T00:00:00Z`,
      labels,
    },
    ...members,
  };
}

const keys = ['ec-p256.public.pem', 'rsa.public.pem', 'rsa-1024.public.pem', 'oct.jwk.json'].map(
  keyFile,
);

function provider(pick: Pick): object {
  const local = { local: { key: pick([...keys, 'nonsense', 'throws']) } };
  const url = pick(['https://a.test/jwks', 'http://b.test/jwks', 'ftp://c.test']);
  const upstreamRef = pick([undefined, { name: 'u1' }, { name: 'u3', namespace: 'team' }]);
  const remote = { remote: { url, ...(upstreamRef ? { upstreamRef } : {}) } };
  return { issuer: pick(['i1', 'i2']), jwks: pick([local, local, remote]) };
}

function kubeDestination(pick: Pick): object {
  return { ref: { name: pick(['svc', 'other']) }, port: pick([80, 81]) };
}

function action(pick: Pick): object {
  const upstream = { name: pick(['u1', 'u2', 'u3', 'deepseek']), namespace: pick(namespaces) };
  const kube = kubeDestination(pick);
  return pick([
    { routeAction: { single: { upstream } } },
    { routeAction: { single: { upstream } } },
    { routeAction: { single: { kube } } },
    { routeAction: { multi: { destinations: [{ destination: { kube }, weight: 1 }] } } },
    { directResponseAction: { status: 200 } },
  ]);
}

function route(pick: Pick): object {
  const path = pick([
    { prefix: '/' },
    { prefix: '/a' },
    { regex: '/[a-z]+' },
    { regex: 'trap' },
    {},
  ]);
  const staged = { jwtProvidersStaged: { afterExtAuth: { providers: { own: provider(pick) } } } };
  const options = pick([undefined, undefined, undefined, staged, { extauth: {} }]);
  return { matchers: [path], ...action(pick), ...(options ? { options } : {}) };
}

const virtualService: Maker = (pick) => {
  const options = {
    jwt: { providers: { kc: provider(pick) } },
    rbac: {
      policies: {
        p: {
          principals: [
            { jwtPrincipal: { claims: { sub: pick(['a.*', '(']) }, matcher: 'REGEX_MATCH' } },
          ],
        },
      },
    },
  };
  const domains = pick([
    ['a.test'],
    ['b.test'],
    ['*'],
    ['a.test', 'c.test'],
    ['A.test'],
    ['a.test:80'],
    ['b.test:80', 'b.test:81'],
    5,
  ]);
  const long = {
    virtualHost: {
      domains,
      options: pick([{}, options, options]),
      routes: [
        { ...route(pick), ...optionRefs(pick) },
        pick([route, route, () => delegation(pick, '/t'), () => delegation(pick, '/t/a')])(pick),
        route(pick),
      ],
      ...optionRefs(pick),
    },
    ...pick([{}, {}, { sslConfig: { secretRef: { name: pick(['s1', 's2']) } } }]),
  };
  const short = { jwt: { providers: [{ publicKey: pick(keys) }] }, domains: ['short.test'] };
  return [
    'VirtualService',
    pick(['v1', 'v2', 'v3', 'v4']),
    { spec: pick([long, long, short, {}]) },
  ];
};

/** So little can be wrong with it that its certificate often is. */
const secureService: Maker = (pick) => {
  const routes = [{ directResponseAction: { status: pick([200, 404]) } }];
  const virtualHost = { domains: ['secure.test'], routes };
  return [
    'VirtualService',
    'secure',
    { spec: { virtualHost, sslConfig: { secretRef: { name: 's1' } } } },
  ];
};

const upstream: Maker = (pick) => {
  const hosts = [{ addr: pick(['one.test', 'two.test', '127.0.0.1']), port: pick([80, 443]) }];
  const deepseek = { authToken: { secretRef: { name: pick(['s1', 's2']), namespace: 'default' } } };
  const spec = pick([
    { static: { hosts } },
    { kube: { serviceName: pick(['svc', 'other']), servicePort: 80 } },
    { ai: { deepseek } },
    { static: { hosts: 1 } },
  ]);
  return ['Upstream', pick(['u1', 'u2', 'u3', 'deepseek']), { spec }];
};

const secret: Maker = (pick) => {
  const pair = {
    'tls.crt': keyFile('tls.certificate.pem'),
    'tls.key': pick([keyFile('tls.private.pem'), 'broken']),
  };
  const key = { Authorization: pick(['one', 'two', '\n']) };
  return ['Secret', pick(['s1', 's2']), { stringData: pick([pair, key, { ...pair, ...key }]) }];
};

const service: Maker = (pick) => {
  const ports = [{ port: 80, name: pick(['http', 'web']) }];
  const external = { type: 'ExternalName', externalName: 'x.test' };
  return ['Service', pick(['svc', 'other']), { spec: pick([{ ports }, { ports }, external]) }];
};

const slice: Maker = (pick) => {
  const addresses = [pick(['10.0.0.1', '10.0.0.2', '127.0.0.1'])];
  const endpoints = [{ addresses, conditions: { ready: pick([true, true, false]) } }];
  const members = { addressType: 'IPv4', endpoints, ports: [{ name: 'http', port: 8080 }] };
  return ['EndpointSlice', pick(['e1', 'e2']), members];
};

const settings: Maker = (pick) => {
  const spec = pick([
    {},
    { rbac: { requireRbac: true } },
    { seekgate: { allowWeakKeys: true } },
    { seekgate: { sharedNamespaces: ['default'] } },
    { seekgate: { defaultUpstream: { name: 'u1' } } },
    { gloo: { invalidConfigPolicy: { replaceInvalidRoutes: true } } },
    { rbac: 1 },
  ]);
  return ['Settings', pick(['default', 'other']), { spec }];
};

const gateway: Maker = (pick) => {
  const httpGateway = pick([
    {},
    {},
    { virtualServiceSelector: { tier: 'a' } },
    { virtualServices: [{ name: 'v1', namespace: 'default' }] },
    { virtualServiceNamespaces: ['team'] },
    { options: { waf: {} } },
  ]);
  const spec = { bindPort: pick([8080, 8081]), ssl: pick([false, false, true]), httpGateway };
  return ['Gateway', pick(['g1', 'g2']), { spec: pick([spec, spec, {}]) }];
};

const tableNames = ['t1', 't2', 't3', 't4'] as const;

const delegation = (pick: Pick, prefix: string) => {
  const delegateAction = pick([
    { ref: { name: pick(tableNames) } },
    { ref: { name: pick(tableNames), namespace: pick(namespaces) } },
    { name: pick(tableNames) },
    { selector: { labels: { tier: pick(['a', 'b']) } } },
    { selector: { namespaces: ['*'], expressions: [{ key: 'tier', operator: 5 }] } },
    { selector: { namespaces: ['team'], expressions: [{ key: 'tier', operator: 'In' }] } },
    {},
  ]);
  const matchers = pick([[{ prefix }], [{ prefix }], [{ prefix, methods: ['GET'] }], [], [{}]]);
  const inheritable = pick([
    {},
    {},
    { inheritableMatchers: true },
    { inheritablePathMatchers: true },
  ]);
  return { matchers, delegateAction, ...inheritable };
};

const optionRefs = (pick: Pick) =>
  pick([
    {},
    {},
    { optionsConfigRefs: { delegateOptions: [{ name: pick(['o1', 'o2']) }] } },
    { optionsConfigRefs: { delegateOptions: [{ name: 'o1', namespace: 'team' }, { name: 'o2' }] } },
  ]);

const ownOptions = (pick: Pick) => {
  const provider = { jwks: { local: { key: keyFile('ec-p256.public.pem') } } };
  const staged = { afterExtAuth: { providers: { own: provider } } };
  const claims = { jwtPrincipal: { claims: { a: 'b' } } };
  return pick([
    {},
    { timeout: '5s' },
    { jwt: { disable: true } },
    { jwtProvidersStaged: staged },
    { rbac: { policies: { p: { principals: [claims] } } } },
    { rbac: { policies: pick([{}, {}, { p: {} }]) } },
    { prefixRewrite: pick(['/x', '/x', '/ x']) },
  ]);
};

const tableRoute = (pick: Pick) => {
  // A table with a mistake anywhere is not used at all: most have none.
  const regex = pick(['/t/(a|b)', '/t/.*', '/t|/u', '(']);
  const path = pick([{ prefix: '/t/a' }, { exact: '/t/b' }, { regex }]);
  const matchers = pick([[path], [path], [{ ...path, methods: ['GET'] }], []]);
  const action = pick([
    { routeAction: { single: { upstream: { name: pick(['u1', 'deepseek']) } } } },
    { routeAction: { single: { upstream: { name: 'u2', namespace: pick(namespaces) } } } },
    { routeAction: { upstreamGroup: { name: 'g' } } },
    { routeAction: { single: { kube: kubeDestination(pick) } } },
    { directResponseAction: { status: 200 } },
  ]);
  return { matchers, ...action, options: ownOptions(pick), ...optionRefs(pick) };
};

const routeTable: Maker = (pick) => {
  const own = [tableRoute(pick), tableRoute(pick)];
  const routes = pick([own, own, [...own, delegation(pick, '/t')], [delegation(pick, '/t')], 1]);
  const spec = { routes, ...pick([{}, { weight: 1 }, { weight: -1 }]) };
  return ['RouteTable', pick(tableNames), { spec }];
};

const options: Maker = (pick) => {
  const kind = pick(['RouteOption', 'RouteOption', 'VirtualHostOption'] as const);
  const {
    jwtProvidersStaged,
    jwt: _jwt,
    timeout,
    prefixRewrite,
    ...rest
  } = ownOptions(pick) as Record<string, object>;
  const ofHost = { ...rest, ...(jwtProvidersStaged ? { jwtStaged: jwtProvidersStaged } : {}) };
  const ofRoute = { ...rest, jwtProvidersStaged, timeout, prefixRewrite };
  const spec = { options: kind === 'RouteOption' ? JSON.parse(JSON.stringify(ofRoute)) : ofHost };
  return [kind, pick(['o1', 'o2']), { spec: pick([spec, spec, { options: 1 }]) }];
};

const upstreamGroup: Maker = (pick) => {
  const destinations = ['u1', 'u2'].map((name) => ({
    destination: { upstream: { name, namespace: pick(namespaces) } },
    weight: pick([0, 1, 2]),
  }));
  const service = { destination: { kube: kubeDestination(pick) }, weight: 1 };
  const shares = pick([destinations, [...destinations, service], []]);
  return ['UpstreamGroup', 'g', { spec: { destinations: shares } }];
};

const makers: readonly Maker[] = [
  ...Array.from({ length: 9 }, () => virtualService),
  ...Array.from({ length: 4 }, () => secureService),
  ...Array.from({ length: 4 }, () => upstream),
  ...Array.from({ length: 5 }, () => secret),
  service,
  service,
  slice,
  slice,
  settings,
  gateway,
  gateway,
  ...Array.from({ length: 6 }, () => routeTable),
  options,
  options,
  options,
  upstreamGroup,
];
