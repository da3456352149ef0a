const plurals: Readonly<Record<string, string>> = {
  Gateway: 'gateways',
  RouteOption: 'routeoptions',
  RouteTable: 'routetables',
  Secret: 'secrets',
  Settings: 'settings',
  Upstream: 'upstreams',
  UpstreamGroup: 'upstreamgroups',
  VirtualHostOption: 'virtualhostoptions',
  VirtualService: 'virtualservices',
};

/** A kind as it stands in a path of the Kubernetes API. */
export function pluralOf(kind: string): string {
  const plural = plurals[kind];
  if (plural === undefined) throw new Error(`no such kind: ${kind}`);
  return plural;
}
