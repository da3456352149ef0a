import type { Cluster } from '../../src/ir/cluster.ts';
import type { JwtProvider, KeySet } from '../../src/ir/jwt.ts';
import type { Route, RoutingTable, Secrets, VirtualHost } from '../../src/ir/table.ts';
import type { SecretReference, Translation, TranslationNote } from '../../src/xds/translation.ts';

const forward = {
  kind: 'forward',
  destinations: [{ cluster: 'c', weight: 1 }],
  timeoutMs: 1500,
} as const;
export const route = (changes: Partial<Route> = {}): Route => ({
  name: 'r',
  matchers: [
    {
      path: { kind: 'prefix', value: '/', caseSensitive: true },
      headers: [],
      query: [],
      methods: [],
    },
  ],
  action: forward,
  ...changes,
});
export const provider = (changes: Partial<JwtProvider> = {}): JwtProvider => ({
  name: 'kc',
  audiences: [],
  keySet: 'keys',
  sources: [{ kind: 'header', name: 'authorization', prefix: 'Bearer ' }],
  keepToken: false,
  claimsToHeaders: [],
  clockSkewSeconds: 60,
  ...changes,
});
export const host = (changes: Partial<VirtualHost> = {}): VirtualHost => ({
  name: 'ns.vs',
  domains: ['*'],
  routes: [route()],
  providers: {},
  claimHeaders: [],
  ...changes,
});
export const cluster: Cluster = {
  name: 'c',
  endpoints: [{ host: 'a.test', port: 8080, weight: 1 }],
  connectTimeoutMs: 5000,
  maxConnections: 10,
};
export const shared: KeySet = {
  kind: 'local',
  id: 'keys',
  keys: [{ kty: 'oct', algorithms: ['HS256', 'HS512'], jwk: {}, secret: 'keys/oct@1' }],
};

/** What a table is made of here. */
export interface TableParts {
  readonly host?: VirtualHost;
  readonly clusters?: readonly Cluster[];
  readonly keySet?: KeySet;
  readonly tls?: boolean;
}

export function table({
  host: one = host(),
  clusters = [cluster],
  keySet,
  tls = false,
}: TableParts): RoutingTable {
  return {
    version: '1',
    listeners: [{ name: 'l', port: 8080, tls, stripPort: false, virtualHosts: [one.name] }],
    virtualHosts: { [one.name]: one },
    clusters: Object.fromEntries(clusters.map((each) => [each.name, each])),
    keySets: keySet ? { [keySet.id]: keySet } : {},
  };
}

/** A virtual host whose only route asks for a token. */
export const verified = (changes: Partial<JwtProvider> = {}): VirtualHost => {
  const jwt = { afterExtAuth: { validation: 'REQUIRE_VALID', providers: ['kc'] } } as const;
  return host({ routes: [route({ jwt })], providers: { kc: provider(changes) } });
};

/** A translation that keeps what it is told. */
export function translationOf(
  parts: TableParts,
  secrets?: Secrets,
): Translation & { readonly notes: TranslationNote[]; readonly references: SecretReference[] } {
  const notes: TranslationNote[] = [];
  const references: SecretReference[] = [];
  return {
    table: table(parts),
    secrets,
    notes,
    references,
    note: (note) => void notes.push(note),
    refer: (reference) => void references.push(reference),
  };
}
