import { describe, expect, test } from '@jest/globals';

import { prepareTlsChains } from '../../../src/dataplane/tls-chains.ts';
import type { TlsContext } from '../../../src/ir/tls.ts';
import { virtualHost } from '../../support/gateway.ts';

const secrets = { cert: 'CERT', second: 'SECOND', key: 'KEY', authority: 'AUTHORITY' };

const host = (
  name: string,
  domains: readonly string[],
  sniDomains: readonly string[],
  more: Partial<TlsContext> = {},
) =>
  virtualHost({
    name,
    domains,
    tls: { certificateSecret: 'cert', keySecret: 'key', sniDomains, ...more },
  });

const second = { certificateSecret: 'second' };

describe('prepareTlsChains', () => {
  test('serves the names of sniDomains only', () => {
    const { find } = prepareTlsChains([host('a', ['x'], ['*.a.example', 'b.example'])], secrets);
    expect(find('1.a.example')?.hosts).toEqual(new Set(['a']));
    expect(find('b.example')).toBe(find('1.a.example'));
    expect(find('x')).toBeUndefined();
    expect(find(undefined)).toBeUndefined();
  });

  test('without sniDomains serves its domains first, and whatever else nobody has', () => {
    const hosts = [host('a', ['a.example:8443'], []), host('b', ['b.example'], [], second)];
    const { find } = prepareTlsChains(hosts, secrets);
    expect(find('a.example')).toBe(find('other'));
    expect(find('a.example')).toBe(find(undefined));
    expect(find('b.example')?.hosts).toEqual(new Set(['b']));
    expect(find('other')?.hosts).toEqual(new Set(['a']));
  });

  test('hosts with equal TLS share their connections, whatever their names', () => {
    const hosts = [host('a', ['a'], ['a']), host('b', ['b'], ['b']), host('c', ['c'], [])];
    const { find, all } = prepareTlsChains(hosts, secrets);
    expect(all).toHaveLength(1);
    expect(find('a')?.hosts).toEqual(new Set(['a', 'b', 'c']));
  });

  test.each<[string, Partial<TlsContext>]>([
    ['another certificate', second],
    ['certificates of clients', { clients: { authoritiesSecret: 'authority', names: [] } }],
    ['another version', { minVersion: 'TLSv1.3' }],
    ['other protocols', { alpn: ['http/1.1'] }],
  ])('hosts with %s do not', (_name, more) => {
    const hosts = [host('a', ['a'], ['a']), host('b', ['b'], ['b'], more)];
    const { find } = prepareTlsChains(hosts, secrets);
    expect(find('a')?.hosts).toEqual(new Set(['a']));
    expect(find('b')?.hosts).toEqual(new Set(['b']));
    expect(find('a')?.key).not.toBe(find('b')?.key);
  });

  test('the first keeps a name that two have', () => {
    const hosts = [host('a', ['a'], ['x']), host('b', ['b'], ['x'], second)];
    expect(prepareTlsChains(hosts, secrets).find('x')?.hosts).toEqual(new Set(['a']));
  });

  test('tells node what was asked for, and else what Envoy does', () => {
    const { find } = prepareTlsChains(
      [
        host('a', ['a'], ['a']),
        host('b', ['b'], ['b'], {
          minVersion: 'TLSv1.3',
          maxVersion: 'TLSv1.3',
          ciphers: ['AES128-SHA'],
          curves: ['X25519', 'P-256'],
          alpn: ['http/1.1'],
          noResumption: true,
          handshakeTimeoutMs: 5,
          clients: { authoritiesSecret: 'authority', names: ['n'] },
        }),
      ],
      secrets,
    );
    expect(find('a')?.options).toEqual({
      cert: 'CERT',
      key: 'KEY',
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.3',
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    expect(find('b')?.options).toMatchObject({
      minVersion: 'TLSv1.3',
      ciphers: expect.stringMatching(/^TLS_AES_128_GCM_SHA256:.*:AES128-SHA$/),
      ecdhCurve: 'X25519:P-256',
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: 5,
      requestCert: true,
      rejectUnauthorized: true,
      ca: ['AUTHORITY'],
    });
    expect(find('b')?.clients?.names).toEqual(['n']);
  });

  test('authorities that are missing are nobody, and not those of the system', () => {
    const clients = { authoritiesSecret: 'gone', names: [] };
    const { find } = prepareTlsChains([host('a', ['a'], ['a'], { clients })], secrets);
    expect(find('a')?.options).toMatchObject({ requestCert: true, ca: [] });
  });

  test('a virtual host without TLS has none', () => {
    expect(prepareTlsChains([virtualHost()], secrets).all).toEqual([]);
  });
});
