import type { KeySet } from '../ir/jwt.ts';
import type { RoutingTable, Secrets, VirtualHost } from '../ir/table.ts';
import type { CompileContext } from './context.ts';

type Parts = Pick<RoutingTable, 'virtualHosts' | 'clusters' | 'keySets'>;

/**
 * What goes into the table, by name, so that the order in which resources came changes nothing: without what only rejected
 * resources would have needed, so that nothing is fetched or dialled for them. Upstreams are there in any case.
 */
export function usedParts(context: CompileContext): Parts {
  const hosts = [...context.virtualHosts.values()];
  const keySets = new Set(
    hosts.flatMap(({ providers }) => Object.values(providers).map(({ keySet }) => keySet)),
  );
  const clusters = new Set([...context.compiledClusters.keys(), ...hosts.flatMap(destinationsOf)]);
  return {
    virtualHosts: byName(context.virtualHosts),
    clusters: byName(context.clusters, clusters),
    keySets: byName(context.keySets, keySets),
  };
}

/** The secrets that are named in the table. */
export function usedSecrets(
  { virtualHosts, clusters, keySets }: Parts,
  secrets: ReadonlyMap<string, string>,
): Secrets {
  const ids = new Set([
    ...Object.values(virtualHosts).flatMap(({ tls }) =>
      tls ? [tls.certificateSecret, tls.keySecret] : [],
    ),
    ...Object.values(clusters).flatMap(({ llm }) =>
      llm?.credential.kind === 'secret' ? [llm.credential.secret] : [],
    ),
    ...Object.values(keySets).flatMap(sharedSecretsOf),
  ]);
  return byName(secrets, ids);
}

function destinationsOf({ routes }: VirtualHost): readonly string[] {
  return routes.flatMap(({ action }) =>
    action.kind === 'forward' ? action.destinations.map(({ cluster }) => cluster) : [],
  );
}

function sharedSecretsOf(keySet: KeySet): readonly string[] {
  return keySet.kind === 'local' ? keySet.keys.flatMap(({ secret }) => secret ?? []) : [];
}

function byName<T>(
  parts: ReadonlyMap<string, T>,
  used?: ReadonlySet<string>,
): Readonly<Record<string, T>> {
  const named = [...parts].filter(([name]) => used?.has(name) ?? true);
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
