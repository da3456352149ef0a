import { keyFile } from './resources.ts';

/** A manifest of the mixture, as `kubectl apply` takes it. */
export interface MixedResource {
  readonly manifest: Manifest;
  /**
   * Of resources that want the same thing, a domain or a port: the one with the lowest number has to be the oldest. Undefined:
   * nobody else's concern, it may be made at any time.
   */
  readonly rank?: number;
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [member: string]: unknown;
}

type Spec = Readonly<Record<string, unknown>>;

const groups: Readonly<Record<string, string>> = {
  Upstream: 'gloo.solo.io/v1',
  UpstreamGroup: 'gloo.solo.io/v1',
  Settings: 'gloo.solo.io/v1',
  Secret: 'v1',
};

const key = keyFile('ec-p256.public.pem');
const jwt = (local: string) => ({
  providers: { kc: { issuer: 'https://id.test', jwks: { local: { key: local } } } },
});
const rbac = (claims: Spec, matcher: string) => ({
  policies: { p: { principals: [{ jwtPrincipal: { claims, matcher } }] } },
});
const to = (name: string) => ({ routeAction: { single: { upstream: { name } } } });
const answer = { directResponseAction: { status: 200, body: 'a' } };
const delegate = (prefix: string, delegateAction: Spec) => ({
  matchers: [{ prefix }],
  delegateAction,
});
const destination = (name: string, weight: number) => ({
  destination: { upstream: { name } },
  weight,
});

/** Namespaces that the mixture is in, besides the one of the gateway. */
export const mixedNamespaces = ['apps', 'tenant'] as const;

const sets = 8;

interface MixedOptions {
  /** Of Gateways and Settings. */
  readonly namespace: string;
  /** Of the Gateways: without and with TLS. */
  readonly ports: readonly [number, number];
}

/**
 * 200 resources, good and bad ones of every kind: conflicts of domains and ports, tables in circles, references to what is not
 * there, mistakes in routes, keys, policies and Upstreams. None of them is refused by the CRDs.
 */
export function mixedResources(options: MixedOptions): readonly MixedResource[] {
  const all = [
    ...gatewayResources(options),
    ...Array.from({ length: sets }, (_none, index) => mixedSet(index)).flat(),
  ];
  const fillers = Array.from({ length: 200 - all.length }, (_none, index) =>
    make('VirtualService', ['apps', `filler-${index}`], host([`filler-${index}.test`], [answer])),
  );
  return [...all, ...fillers];
}

/** In ranks, those without one anywhere, each rank in an order that the random numbers choose. */
export function shuffledRanks(
  resources: readonly MixedResource[],
  random: () => number,
): readonly (readonly Manifest[])[] {
  const ranks = [...new Set(resources.flatMap(({ rank }) => rank ?? []))].sort((a, b) => a - b);
  const lists: Manifest[][] = ranks.map(() => []);
  for (const { manifest, rank } of resources) {
    const index = rank === undefined ? Math.floor(random() * ranks.length) : ranks.indexOf(rank);
    lists[index]?.push(manifest);
  }
  return lists.map((list) => shuffled(list, random));
}

/** A copy in an order that the random numbers choose (Fisher and Yates). */
export function shuffled<T>(list: readonly T[], random: () => number): readonly T[] {
  const copy = [...list];
  for (let last = copy.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [copy[last], copy[other]] = [copy[other]!, copy[last]!];
  }
  return copy;
}

function make(
  kind: string,
  [namespace, name]: readonly [string, string],
  spec: Spec,
  { rank, labels }: { readonly rank?: number; readonly labels?: Record<string, string> } = {},
): MixedResource {
  const metadata = { name, namespace, ...(labels ? { labels } : {}) };
  const members = kind === 'Secret' ? spec : { spec };
  const apiVersion = groups[kind] ?? 'gateway.solo.io/v1';
  return {
    manifest: { apiVersion, kind, metadata, ...members },
    ...(rank === undefined ? {} : { rank }),
  };
}

function host(domains: readonly string[], routes: readonly Spec[], more: Spec = {}): Spec {
  return { virtualHost: { domains, routes, ...more } };
}

function gatewayResources({ namespace, ports }: MixedOptions): readonly MixedResource[] {
  const [plain, secure] = ports;
  const gateway = (name: string, spec: Spec, rank: number) =>
    make('Gateway', [namespace, name], spec, { rank });
  return [
    gateway('plain', { bindPort: plain, httpGateway: {} }, 0),
    gateway('same-port', { bindPort: plain, httpGateway: {} }, 1),
    gateway('secure', { bindPort: secure, ssl: true, httpGateway: {} }, 0),
    gateway('same-secure-port', { bindPort: secure, ssl: true, httpGateway: {} }, 2),
    gateway('nothing', { bindPort: plain }, 2),
    make('Settings', [namespace, 'default'], {
      gloo: { invalidConfigPolicy: { replaceInvalidRoutes: false } },
    }),
    make('Settings', [namespace, 'other'], { rbac: { requireRbac: true } }),
  ];
}

/** One of each; the next set has other names, and the other namespace. */
function mixedSet(index: number): readonly MixedResource[] {
  const namespace = mixedNamespaces[index % mixedNamespaces.length]!;
  const own = (name: string) => `${name}-${index}`;
  const at = (name: string) => [namespace, own(name)] as const;
  const domain = (name: string) => `${own(name)}.test`;
  const vs = (name: string, routes: readonly Spec[], more?: Spec, domains = [domain(name)]) =>
    make('VirtualService', at(name), host(domains, routes, more));
  const ranked = (rank: number, domains: readonly string[]) =>
    make('VirtualService', at(`rank-${rank}`), host(domains, [answer]), { rank });
  const labels = { tier: index % 2 === 0 ? 'gold' : 'iron', set: own('s') };
  return [
    make('Upstream', at('good'), { static: { hosts: [{ addr: 'one.test', port: 80 }] } }),
    make('Upstream', at('bad'), { static: { hosts: [] } }),
    make('Upstream', at('model'), {
      ai: { deepseek: { authToken: { secretRef: { name: own('key') } } } },
    }),
    make('Secret', at('key'), { stringData: { Authorization: `Bearer key-of-set-${index}` } }),
    make('Secret', at('pair'), {
      type: 'kubernetes.io/tls',
      stringData: {
        'tls.crt': keyFile('tls.certificate.pem'),
        'tls.key': index % 2 === 0 ? keyFile('tls.private.pem') : 'broken',
      },
    }),
    make('VirtualService', at('labelled'), host([domain('labelled')], [to(own('good'))]), {
      labels,
    }),
    vs('model', [to(own('model'))], { options: { jwt: jwt(key) } }),
    vs('missing-upstream', [to('nowhere'), answer]),
    vs('bad-upstream', [to(own('bad'))]),
    vs('bad-key', [answer], { options: { jwt: jwt('no key at all') } }),
    vs('bad-route', [{ matchers: [{ regex: '(' }], ...answer }, answer]),
    vs('bad-policy', [answer], {
      options: { jwt: jwt(key), rbac: rbac({ sub: '(' }, 'REGEX_MATCH') },
    }),
    // The oldest of them is for clients that name no server.
    ...(index < 3
      ? [secureService(at('secure'), { domain: domain('secure'), pair: own('pair'), rank: index })]
      : []),
    // The first keeps both of its domains, so that the second is refused, and the third may have what that one wanted.
    ranked(0, [domain('first'), domain('both')]),
    ranked(1, [domain('both'), domain('second')]),
    ranked(2, [domain('second')]),
    ...delegations(index),
  ];
}

function secureService(
  name: readonly [string, string],
  { domain, pair, rank }: { readonly domain: string; readonly pair: string; readonly rank: number },
): MixedResource {
  const sslConfig = { secretRef: { name: pair } };
  return make('VirtualService', name, { ...host([domain], [answer]), sslConfig }, { rank });
}

function delegations(index: number): readonly MixedResource[] {
  const namespace = mixedNamespaces[index % mixedNamespaces.length]!;
  const own = (name: string) => `${name}-${index}`;
  const at = (name: string) => [namespace, own(name)] as const;
  const table = (name: string, routes: readonly Spec[], labels?: Record<string, string>) =>
    make('RouteTable', at(name), { routes }, labels ? { labels } : {});
  const child = (path: string, more: Spec = answer) => ({ matchers: [{ prefix: path }], ...more });
  const picked = { pick: own('p') };
  return [
    make(
      'VirtualService',
      at('delegating'),
      host(
        [`${own('delegating')}.test`],
        [
          delegate('/round', { ref: { name: own('round-a') } }),
          delegate('/gone', { ref: { name: 'nowhere' } }),
          delegate('/picked', { selector: { labels: picked } }),
          { ...answer, optionsConfigRefs: { delegateOptions: [{ name: own('options') }] } },
        ],
        { optionsConfigRefs: { delegateOptions: [{ name: own('host-options') }] } },
      ),
    ),
    table('round-a', [delegate('/round', { ref: { name: own('round-b') } })]),
    table('round-b', [delegate('/round', { ref: { name: own('round-a') } }), child('/round/x')]),
    // Of one weight, and some routes equal: sorted by what they match, then by the names of their tables.
    table('picked-a', [child('/picked/a'), child('/picked')], picked),
    table(
      'picked-b',
      [child('/picked/b', to(own('good'))), child('/picked'), child('/out')],
      picked,
    ),
    make('RouteOption', at('options'), { options: { timeout: '3s' } }),
    make('VirtualHostOption', at('host-options'), { options: { jwt: jwt(key) } }),
    make('UpstreamGroup', at('group'), {
      destinations: [destination(own('good'), 1), destination('nowhere', index % 2)],
    }),
  ];
}
