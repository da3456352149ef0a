import { describe, expect, it } from '@jest/globals';
import { envoyClusters, keyServerName } from '../../../src/xds/envoy-clusters.ts';
import { cluster, translationOf } from '../../support/envoy-table.ts';

const remote = {
  kind: 'remote',
  id: 'k',
  url: 'http://[::1]:81/jwks',
  cacheDurationMs: 1,
} as const;
const limited = {
  provider: 'openai',
  credential: { kind: 'none' },
  authority: 'r1',
  concurrency: { account: 'ns/a', limit: 1, maxWaiting: 1, waitMs: 1 },
} as const;

describe('envoyClusters', () => {
  it('verifies the name that is asked for, with the authorities of the table', () => {
    const endpoints = [
      { host: 'a.test', port: 1, weight: 1, sni: 'b.test' },
      { host: '10.0.0.1', port: 1, weight: 1 },
    ];
    const tls = { verify: true, ca: 'CA' };
    const [found] = envoyClusters(translationOf({ clusters: [{ ...cluster, endpoints, tls }] }));
    expect(found).toHaveProperty(
      'transport_socket.typed_config.common_tls_context.validation_context',
      {
        trusted_ca: { inline_string: 'CA' },
        match_typed_subject_alt_names: [
          { san_type: 'DNS', matcher: { exact: 'b.test' } },
          { san_type: 'IP_ADDRESS', matcher: { exact: '10.0.0.1' } },
        ],
      },
    );
  });

  it('tells that the limit of an account is not held', () => {
    const translation = translationOf({ clusters: [{ ...cluster, llm: limited }] });
    envoyClusters(translation);
    expect(translation.notes).toEqual([
      {
        place: 'cluster c',
        what: 'requests of its account are not limited, and do not wait for each other',
        effect: 'different',
      },
    ]);
  });

  it('asks each endpoint for its own server, and keeps its name for Host', () => {
    const endpoints = [
      { host: 'a.test', port: 1, weight: 1, sni: 'b.test' },
      { host: '10.0.0.1', port: 1, weight: 1, hostname: '10.0.0.1' },
      { host: '10.0.0.2', port: 1, weight: 1, sni: 'b.test' },
    ];
    const tls = { verify: true, ca: 'CA' };
    const [found] = envoyClusters(translationOf({ clusters: [{ ...cluster, endpoints, tls }] }));
    const match = (server: string) => ({
      filter_metadata: { 'envoy.transport_socket_match': { server } },
    });
    const names = (kind: string, name: string) => ({
      match_typed_subject_alt_names: [{ san_type: kind, matcher: { exact: name } }],
    });
    const socket = (sni: object, validation: object) => ({
      typed_config: { ...sni, common_tls_context: { validation_context: validation } },
    });
    expect(found).toMatchObject({
      load_assignment: {
        endpoints: [
          {
            lb_endpoints: [
              { endpoint: { hostname: 'a.test' }, metadata: match('b.test') },
              { endpoint: { hostname: '10.0.0.1' }, metadata: match('10.0.0.1') },
              { endpoint: {}, metadata: match('b.test') },
            ],
          },
        ],
      },
      transport_socket_matches: [
        {
          match: { server: 'b.test' },
          transport_socket: socket({ sni: 'b.test' }, names('DNS', 'b.test')),
        },
        {
          match: { server: '10.0.0.1' },
          transport_socket: socket({}, names('IP_ADDRESS', '10.0.0.1')),
        },
      ],
    });
    expect(found).not.toHaveProperty(
      'load_assignment.endpoints[0].lb_endpoints[2].endpoint.hostname',
    );
  });

  it('verifies nothing only where the table says so', () => {
    const tls = { verify: false };
    const [found] = envoyClusters(translationOf({ clusters: [{ ...cluster, tls }] }));
    expect(found).toHaveProperty('transport_socket.typed_config.common_tls_context', {});
  });

  it('has a cluster for a server of keys, by its address', () => {
    const [, found] = envoyClusters(translationOf({ keySet: remote }));
    const address = { socket_address: { address: '::1', port_value: 81 } };
    expect(found).toMatchObject({
      name: 'jwks:http://[::1]:81',
      type: 'STATIC',
      load_assignment: { endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
    });
  });
});

describe('keyServerName', () => {
  it('is the cluster that the manifest names, where it does', () => {
    expect(keyServerName({ ...remote, cluster: 'c' })).toBe('c');
  });
});
