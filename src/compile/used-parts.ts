import type { KeySet } from '../ir/jwt.ts';
import type { RoutingTable, Secrets, VirtualHost } from '../ir/table.ts';
import type { CompileState } from './compile-state.ts';
import { headerSecrets } from './header-secret.ts';
import { serviceTarget } from './service-target.ts';

type Parts = Pick<RoutingTable, 'virtualHosts' | 'clusters' | 'keySets'>;

/**
 * What goes into the table, by name, so that the order in which resources came changes nothing: without what only rejected
 * resources would have needed, so that nothing is fetched or dialled for them. Upstreams are there in any case.
 */
export function usedParts(state: CompileState): Parts {
  const keySets = new Set<string>();
  const clusters = new Map(state.clusters);
  for (const host of state.virtualHosts.values()) {
    const named = namedBy(host);
    for (const id of named.keySets) keySets.add(id);
    for (const name of named.clusters) {
      const service = clusters.has(name) ? undefined : state.namedServices.get(name);
      if (service) clusters.set(name, serviceTarget(service, state).cluster);
    }
  }
  return {
    virtualHosts: byName(state.virtualHosts),
    clusters: byName(clusters),
    keySets: byName(state.keySets, keySets),
  };
}

/** The secrets that are named in the table. */
export function usedSecrets(
  { virtualHosts, clusters, keySets }: Parts,
  secrets: ReadonlyMap<string, string>,
): Secrets {
  if (secrets.size === 0) return {};
  const ids = new Set([
    ...Object.values(virtualHosts).flatMap(({ tls }) =>
      tls
        ? [
            tls.certificateSecret,
            tls.keySecret,
            ...(tls.clients ? [tls.clients.authoritiesSecret] : []),
          ]
        : [],
    ),
    ...Object.values(virtualHosts).flatMap(headerSecrets),
    ...Object.values(clusters).flatMap(({ llm, tls }) => [
      ...(llm?.credential.kind === 'secret' ? [llm.credential.secret] : []),
      ...[tls?.certificateSecret, tls?.keySecret, llm?.isolation?.keySecret].flatMap(
        (id) => id ?? [],
      ),
    ]),
    ...Object.values(keySets).flatMap(sharedSecretsOf),
  ]);
  return byName(secrets, ids);
}

interface Named {
  readonly keySets: readonly string[];
  readonly clusters: readonly string[];
}

/** Of virtual hosts, which never change. */
const known = new WeakMap<VirtualHost, Named>();

function namedBy(host: VirtualHost): Named {
  const named = known.get(host) ?? readNames(host);
  known.set(host, named);
  return named;
}

function readNames({ providers, routes }: VirtualHost): Named {
  const clusters = routes.flatMap(({ action }) =>
    action.kind === 'forward' ? action.destinations.map(({ cluster }) => cluster) : [],
  );
  const keySets = Object.values(providers).map(({ keySet }) => keySet);
  return { keySets: [...new Set(keySets)], clusters: [...new Set(clusters)] };
}

function sharedSecretsOf(keySet: KeySet): readonly string[] {
  return keySet.kind === 'local' ? keySet.keys.flatMap(({ secret }) => secret ?? []) : [];
}

function byName<T>(
  parts: ReadonlyMap<string, T>,
  used?: ReadonlySet<string>,
): Readonly<Record<string, T>> {
  const names = [...(used ?? parts).keys()].sort();
  return Object.fromEntries(entriesOf(names, parts));
}

function* entriesOf<T>(
  names: readonly string[],
  parts: ReadonlyMap<string, T>,
): Iterable<[string, T]> {
  for (const name of names) {
    const part = parts.get(name);
    if (part !== undefined) yield [name, part];
  }
}
