import type { Listener, TlsContext, VirtualHost } from '../ir/table.ts';
import { bufferFilter } from './buffer-filter.ts';
import { upgradeConfigs } from './forwarding.ts';
import { jwtFilter } from './jwt-filter.ts';
import { secretSource, type Translation } from './translation.ts';
import { typedConfig, type EnvoyConfig } from './typed-config.ts';
import { envoyVirtualHost, rbacFilterName } from './virtual-host.ts';

/** A listener with its connection manager; with TLS, one filter chain for every certificate. */
export function envoyListener(
  listener: Listener,
  address: string,
  translation: Translation,
): EnvoyConfig {
  const hosts = listener.virtualHosts.flatMap((name) => translation.table.virtualHosts[name] ?? []);
  const filters = [connectionManager(listener, hosts, translation)];
  return {
    name: listener.name,
    address: { socket_address: { address, port_value: listener.port } },
    ...(listener.tls ? tlsChains(hosts, filters, translation) : { filter_chains: [{ filters }] }),
  };
}

function connectionManager(
  listener: Listener,
  hosts: readonly VirtualHost[],
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
      merge_slashes: false,
      path_with_escaped_slashes_action: 'KEEP_UNCHANGED',
      upgrade_configs: upgradeConfigs(listener.upgrades ?? ['websocket']),
      ...(listener.stripPort ? { strip_any_host_port: true } : {}),
      route_config: {
        name: listener.name,
        // A cluster that is not there costs only its own share.
        validate_clusters: false,
        virtual_hosts: hosts.map((host) => envoyVirtualHost(host, translation)),
      },
      http_filters: [
        ...(before ? [before] : []),
        ...(after ? [after] : []),
        { name: rbacFilterName, typed_config: rbac },
        ...bufferFilter(listener),
        { name: 'envoy.filters.http.router', typed_config: router },
      ],
    }),
  };
}

/** Each certificate for its names; without names it is for those of its host, and the first such one for all others. */
function tlsChains(
  hosts: readonly VirtualHost[],
  filters: readonly EnvoyConfig[],
  translation: Translation,
): EnvoyConfig {
  const taken = new Set<string>();
  let fallback: EnvoyConfig | undefined;
  const chains = hosts.flatMap(({ name, tls, domains }) => {
    if (tls === undefined) return [];
    const transport = tlsSocket(tls, translation);
    const wanted = tls.sniDomains.length > 0 ? tls.sniDomains : domains.map(withoutPort);
    if (tls.sniDomains.length === 0 || wanted.includes('*')) {
      fallback ??= { name, filters, transport_socket: transport };
    }
    const names = wanted.map((one) => one.toLowerCase()).filter((one) => isServerName(one));
    const own = [...new Set(names)].filter((one) => !taken.has(one));
    for (const one of own) taken.add(one);
    if (own.length === 0) return [];
    const match = { server_names: own };
    return [{ name, filter_chain_match: match, filters, transport_socket: transport }];
  });
  const inspector = typedConfig('extensions.filters.listener.tls_inspector.v3.TlsInspector');
  return {
    listener_filters: [{ name: 'envoy.filters.listener.tls_inspector', typed_config: inspector }],
    filter_chains: chains,
    ...(fallback ? { default_filter_chain: fallback } : {}),
  };
}

/** Envoy knows names and `*.suffix`; other patterns fall to the default chain. */
function isServerName(name: string): boolean {
  return /^(?:\*\.)?[^*]+$/.test(name);
}

function withoutPort(domain: string): string {
  return domain.replace(/:\d+$/, '');
}

function tlsSocket(tls: TlsContext, translation: Translation): EnvoyConfig {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typedConfig('extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
      common_tls_context: {
        alpn_protocols: ['http/1.1'],
        tls_params: { tls_minimum_protocol_version: 'TLSv1_2' },
        tls_certificates: [
          {
            certificate_chain: secretSource(tls.certificateSecret, translation),
            private_key: secretSource(tls.keySecret, translation),
          },
        ],
      },
    }),
  };
}
