import { describe, expect, test } from '@jest/globals';

import { clusterTls } from '../../../src/jwt/cluster-tls.ts';

const secrets = { 'tls.crt@1': 'CERTIFICATE', 'tls.key@1': 'KEY' };

describe('clusterTls', () => {
  test.each([
    [{ verify: false }, { rejectUnauthorized: false }],
    [
      { verify: true, ca: 'CA' },
      { rejectUnauthorized: true, ca: 'CA' },
    ],
    [
      { verify: true, certificateSecret: 'tls.crt@1', keySecret: 'tls.key@1' },
      { rejectUnauthorized: true, cert: 'CERTIFICATE', key: 'KEY' },
    ],
    [{ verify: true, certificateSecret: 'tls.crt@1' }, { rejectUnauthorized: true }],
    [
      { verify: true, minVersion: 'TLSv1.3', ciphers: ['A', 'B'], curves: ['X25519', 'P-256'] },
      {
        rejectUnauthorized: true,
        minVersion: 'TLSv1.3',
        ciphers: 'A:B',
        ecdhCurve: 'X25519:P-256',
      },
    ],
    [
      { verify: true, maxVersion: 'TLSv1.2' },
      { rejectUnauthorized: true, maxVersion: 'TLSv1.2' },
    ],
  ] as const)('%j', (tls, options) => {
    expect(clusterTls(tls, secrets)).toEqual(options);
  });

  test('names take the place of the one that was connected to', () => {
    const { checkServerIdentity } = clusterTls({ verify: true, names: ['a.test'] }, secrets);
    const certificate = { subjectaltname: 'DNS:a.test' } as Parameters<
      NonNullable<typeof checkServerIdentity>
    >[1];
    expect(checkServerIdentity?.('b.test', certificate)).toBeUndefined();
    const other = { ...certificate, subjectaltname: 'DNS:b.test' };
    expect(checkServerIdentity?.('b.test', other)).toBeInstanceOf(Error);
  });
});
