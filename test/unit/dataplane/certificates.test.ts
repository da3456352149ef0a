import { describe, expect, test } from '@jest/globals';

import { prepareCertificates } from '../../../src/dataplane/certificates.ts';
import { virtualHost } from '../../support/gateway.ts';
import { openssl } from '../../support/openssl.ts';

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
const both = openssl('req', '-x509', ...curve, '-subj', '/CN=a', '-keyout', '-', '-out', '-');
const [key = '', cert = ''] = both.split(/(?=-----BEGIN CERTIFICATE-----)/);
const secrets = { cert, second: cert, key, bad: 'no PEM' };

const host = (domains: readonly string[], sniDomains: readonly string[], certificate = 'cert') =>
  virtualHost({
    domains,
    tls: { certificateSecret: certificate, keySecret: 'key', sniDomains },
  });

describe('prepareCertificates', () => {
  test('serves the names of sniDomains only', () => {
    const { find, fallback } = prepareCertificates(
      [host(['x'], ['*.a.example', 'B.example'])],
      secrets,
    );
    expect(find('1.a.example')).toBeDefined();
    expect(find('b.EXAMPLE')).toBeDefined();
    expect(find('x')).toBeUndefined();
    expect(fallback).toBeUndefined();
  });

  test('without sniDomains serves its domains first, and whatever else nobody has', () => {
    const [first, second] = [host(['a.example:8443'], []), host(['b.example'], [], 'second')];
    const { find, fallback } = prepareCertificates([first, second], secrets);
    expect(find('a.example')).toBe(find('other'));
    expect(find('b.example')).not.toBe(find('other'));
    expect(fallback).toEqual({ cert, key });
  });

  test('a certificate that does not load hurts only its own names', () => {
    const { find } = prepareCertificates(
      [host(['x'], ['a.example'], 'bad'), host(['y'], ['b.example']), host(['z'], ['c'], 'none')],
      secrets,
    );
    expect(() => find('a.example')).toThrow();
    expect(find('b.example')).toBeDefined();
    expect(find('c')).toBeUndefined();
  });

  test('loads a pair once, for all that have it and for the certificates after these', () => {
    const first = prepareCertificates(
      [host(['a'], ['a.example']), host(['b'], ['b.example'])],
      secrets,
    );
    const context = first.find('a.example');
    expect(first.find('b.example')).toBe(context);
    const next = prepareCertificates([host(['c'], ['c.example'])], secrets, first);
    expect(next.find('c.example')).toBe(context);
    const rotated = prepareCertificates(
      [host(['c'], ['c.example'], 'other')],
      { ...secrets, other: cert },
      next,
    );
    expect(rotated.find('c.example')).not.toBe(context);
    expect(rotated.find('c.example')).toBeDefined();
  });

  test('a virtual host without TLS has none', () => {
    const { find, fallback } = prepareCertificates([virtualHost()], secrets);
    expect([find('a'), fallback]).toEqual([undefined, undefined]);
  });
});
