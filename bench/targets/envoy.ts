import { writeFileSync } from 'node:fs';
import { audience, issuer, role, type Credentials } from '../harness/credentials.ts';

export interface EnvoySetup {
  readonly credentials: Credentials;
  readonly port: number;
  readonly upstreamPort: number;
  /** Keep verified tokens (`jwt_cache_config`), as many as seekgate does. */
  readonly cache: boolean;
  /** Write one line a request to this file. */
  readonly accessLog?: string;
}

/** Writes an Envoy configuration: verify the token by a local JWKS, ask for a claim, forward. */
export function writeEnvoyConfig(file: string, setup: EnvoySetup): void {
  writeFileSync(file, JSON.stringify({ static_resources: resources(setup) }, null, 2));
}

function resources(setup: EnvoySetup): object {
  return {
    listeners: [
      {
        address: socket(setup.port),
        filter_chains: [
          {
            filters: [
              {
                name: 'envoy.filters.network.http_connection_manager',
                typed_config: connectionManager(setup),
              },
            ],
          },
        ],
      },
    ],
    clusters: [
      {
        name: 'upstream',
        type: 'STATIC',
        load_assignment: {
          cluster_name: 'upstream',
          endpoints: [{ lb_endpoints: [{ endpoint: { address: socket(setup.upstreamPort) } }] }],
        },
      },
    ],
  };
}

function connectionManager(setup: EnvoySetup): object {
  const log = setup.accessLog
    ? [
        {
          name: 'envoy.access_loggers.file',
          typed_config: {
            '@type': type('extensions.access_loggers.file.v3.FileAccessLog'),
            path: setup.accessLog,
          },
        },
      ]
    : [];
  return {
    '@type': type('extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: 'bench',
    normalize_path: true,
    access_log: log,
    route_config: {
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          routes: [{ match: { prefix: '/' }, route: { cluster: 'upstream' } }],
        },
      ],
    },
    http_filters: [
      { name: 'envoy.filters.http.jwt_authn', typed_config: jwtAuthn(setup) },
      { name: 'envoy.filters.http.rbac', typed_config: rbac() },
      {
        name: 'envoy.filters.http.router',
        typed_config: { '@type': type('extensions.filters.http.router.v3.Router') },
      },
    ],
  };
}

function jwtAuthn(setup: EnvoySetup): object {
  // The default size of the cache is 100 tokens; 10,000 is what seekgate keeps.
  const cache = setup.cache ? { jwt_cache_config: { jwt_cache_size: 10_000 } } : {};
  return {
    '@type': type('extensions.filters.http.jwt_authn.v3.JwtAuthentication'),
    providers: {
      bench: {
        issuer,
        audiences: [audience],
        local_jwks: { inline_string: JSON.stringify(setup.credentials.jwks) },
        payload_in_metadata: 'principal',
        ...cache,
      },
    },
    rules: [{ match: { prefix: '/' }, requires: { provider_name: 'bench' } }],
  };
}

function rbac(): object {
  const metadata_matcher = {
    filter: 'envoy.filters.http.jwt_authn',
    path: [{ key: 'principal' }, { key: 'role' }],
    value: { string_match: { exact: role } },
  };
  return {
    '@type': type('extensions.filters.http.rbac.v3.RBAC'),
    rules: {
      policies: {
        developers: {
          permissions: [{ any: true }],
          principals: [{ sourced_metadata: { metadata_matcher } }],
        },
      },
    },
  };
}

function type(message: string): string {
  return `type.googleapis.com/envoy.${message}`;
}

function socket(port: number): object {
  return { socket_address: { address: '127.0.0.1', port_value: port } };
}
