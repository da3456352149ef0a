import { expect, it } from '@jest/globals';

import type { VirtualHost } from '../../../src/ir/table.ts';
import type { TlsContext } from '../../../src/ir/tls.ts';
import { tlsFilterChains } from '../../../src/xds/tls-filter-chains.ts';
import { host, translationOf } from '../../support/envoy-table.ts';

const hostOf = (name: string, more: Partial<TlsContext> = {}): VirtualHost => ({
  ...host({}),
  name,
  domains: [`${name}.test`],
  tls: { certificateSecret: 'crt', keySecret: 'key', sniDomains: [`${name}.test`], ...more },
});

const names = (hosts: readonly VirtualHost[]): string => hosts.map(({ name }) => name).join(' ');

function chains(...hosts: readonly VirtualHost[]) {
  const translation = translationOf({ host: host({}), tls: true });
  return tlsFilterChains(
    hosts,
    (own, others) => [{ own: names(own), others: names(others) }],
    translation,
  );
}

it('has a chain for each kind of TLS, which sends others away', () => {
  expect(chains(hostOf('a'), hostOf('b'), hostOf('c', { alpn: ['h2'] }))).toMatchObject({
    filter_chains: [
      {
        filter_chain_match: { server_names: ['a.test', 'b.test'] },
        filters: [{ own: 'a b', others: 'c' }],
      },
      { filter_chain_match: { server_names: ['c.test'] }, filters: [{ own: 'c', others: 'a b' }] },
    ],
  });
});

it('says all that TLS is to be', () => {
  const found = chains(
    hostOf('a', {
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      ciphers: ['AES128-SHA'],
      curves: ['P-256'],
      alpn: ['http/1.1'],
      noResumption: true,
      handshakeTimeoutMs: 1500,
      clients: { authoritiesSecret: 'ca', names: ['spiffe://a', '10.0.0.1'] },
    }),
  );
  expect(found).toMatchObject({
    filter_chains: [
      {
        transport_socket_connect_timeout: '1.5s',
        transport_socket: {
          typed_config: {
            require_client_certificate: true,
            disable_stateless_session_resumption: true,
            disable_stateful_session_resumption: true,
            common_tls_context: {
              alpn_protocols: ['http/1.1'],
              tls_params: {
                tls_minimum_protocol_version: 'TLSv1_3',
                tls_maximum_protocol_version: 'TLSv1_3',
                cipher_suites: ['AES128-SHA'],
                ecdh_curves: ['P-256'],
              },
              validation_context: {
                trusted_ca: { filename: 'secrets/ca' },
                match_typed_subject_alt_names: [
                  { san_type: 'DNS', matcher: { exact: 'spiffe://a' } },
                  { san_type: 'URI', matcher: { exact: 'spiffe://a' } },
                  { san_type: 'EMAIL', matcher: { exact: 'spiffe://a' } },
                  { san_type: 'IP_ADDRESS', matcher: { exact: '10.0.0.1' } },
                ],
              },
            },
          },
        },
      },
    ],
  });
});
