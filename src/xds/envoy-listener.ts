import type { Listener, VirtualHost } from '../ir/table.ts';
import { bufferFilter } from './buffer-filter.ts';
import { upgradeConfigs } from './forwarding.ts';
import { managerSettings } from './manager-settings.ts';
import { corsFilterName } from './cross-origin.ts';
import { faultFilterName } from './faults.ts';
import { jwtFilter } from './jwt-filter.ts';
import { tlsFilterChains } from './tls-filter-chains.ts';
import type { Translation } from './translation.ts';
import { typedConfig, type EnvoyConfig } from './typed-config.ts';
import { envoyVirtualHost, rbacFilterName } from './virtual-host.ts';

/** A listener with its connection manager; with TLS, one filter chain for each kind of it. */
export function envoyListener(
  listener: Listener,
  address: string,
  translation: Translation,
): EnvoyConfig {
  const hosts = listener.virtualHosts.flatMap((name) => translation.table.virtualHosts[name] ?? []);
  const filtersOf = (served: readonly VirtualHost[], others: readonly VirtualHost[] = []) => [
    connectionManager(listener, { hosts: served, others }, translation),
  ];
  return {
    name: listener.name,
    address: {
      socket_address: { address: addressOf(listener.address, address), port_value: listener.port },
    },
    ...(listener.tls
      ? tlsFilterChains(hosts, filtersOf, translation)
      : { filter_chains: [{ filters: filtersOf(hosts) }] }),
  };
}

interface Served {
  readonly hosts: readonly VirtualHost[];
  /** On the same port, with other TLS. */
  readonly others: readonly VirtualHost[];
}

function connectionManager(
  listener: Listener,
  { hosts, others }: Served,
  translation: Translation,
): EnvoyConfig {
  const before = jwtFilter('beforeExtAuth', hosts, translation);
  const after = jwtFilter('afterExtAuth', hosts, translation);
  const rbac = typedConfig('extensions.filters.http.rbac.v3.RBAC');
  const router = typedConfig('extensions.filters.http.router.v3.Router', {
    suppress_envoy_headers: true,
  });
  const message = 'extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: typedConfig(message, {
      stat_prefix: listener.name,
      normalize_path: true,
      ...managerSettings(listener.http),
      path_with_escaped_slashes_action: 'KEEP_UNCHANGED',
      upgrade_configs: upgradeConfigs(listener.upgrades ?? ['websocket']),
      ...(listener.stripPort ? { strip_any_host_port: true } : {}),
      route_config: {
        name: listener.name,
        // A cluster that is not there costs only its own share.
        validate_clusters: false,
        virtual_hosts: [
          ...hosts.map((host) => envoyVirtualHost(host, translation)),
          ...misdirectedHost(others),
        ],
      },
      http_filters: [
        ...routeFilters(hosts),
        ...(before ? [before] : []),
        ...(after ? [after] : []),
        { name: rbacFilterName, typed_config: rbac },
        ...bufferFilter(listener),
        { name: 'envoy.filters.http.router', typed_config: router },
      ],
    }),
  };
}

/** Hosts that another server name leads to: the client is told to ask there. */
function misdirectedHost(others: readonly VirtualHost[]): readonly EnvoyConfig[] {
  const domains = others.flatMap((host) => host.domains);
  if (domains.length === 0) return [];
  const answer = { match: { prefix: '/' }, direct_response: { status: 421 } };
  return [{ name: 'misdirected', domains, routes: [answer] }];
}

/** Filters that only some routes need, in front of all verification. */
function routeFilters(hosts: readonly VirtualHost[]): readonly EnvoyConfig[] {
  const routes = hosts.flatMap((host) => host.routes);
  const fault = typedConfig('extensions.filters.http.fault.v3.HTTPFault');
  const cors = typedConfig('extensions.filters.http.cors.v3.Cors');
  return [
    ...(routes.some((route) => route.fault)
      ? [{ name: faultFilterName, typed_config: fault }]
      : []),
    ...(routes.some((route) => route.cors) ? [{ name: corsFilterName, typed_config: cors }] : []),
  ];
}

/** An operator that names an address means it. */
function addressOf(own: string | undefined, ofAll: string): string {
  return own !== undefined && (ofAll === '::' || ofAll === '0.0.0.0') ? own : ofAll;
}
