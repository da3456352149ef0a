import { describe, expect, it } from '@jest/globals';

import { compileYaml, keyFile, manifest, withSpec } from '../../support/resources.ts';

const hosts = { static: { hosts: [{ addr: 'a.test', port: 443 }] } };
const certificate = keyFile('tls.certificate.pem');
const key = keyFile('tls.private.pem');

async function compiled(sslConfig: object, stringData: object = {}) {
  const secret = manifest('Secret', 'tls', {
    stringData: { 'ca.crt': certificate, ...stringData },
  });
  const spec = { ...hosts, sslConfig: { secretRef: { name: 'tls' }, ...sslConfig } };
  const result = await compileYaml(withSpec('Upstream', 'up', spec) + secret);
  return { tls: result.table.clusters['up_default']?.tls, result };
}

describe('a certificate of our own', () => {
  it('is that of the Secret; the table names it, and has nothing of it', async () => {
    const { tls, result } = await compiled({}, { 'tls.crt': certificate, 'tls.key': key });
    expect(result.findings('Upstream/up')).toEqual([]);
    expect(tls).toEqual({
      verify: true,
      ca: certificate,
      certificateSecret: expect.stringMatching(/^default\/tls\/tls\.crt@[0-9a-f]{8}$/),
      keySecret: expect.stringMatching(/^default\/tls\/tls\.key@[0-9a-f]{8}$/),
    });
    expect([
      result.secrets[tls?.certificateSecret ?? ''],
      result.secrets[tls?.keySecret ?? ''],
    ]).toEqual([certificate, key]);
    expect(JSON.stringify([result.table, result.outcomes])).not.toContain('PRIVATE KEY');
  });

  it.each([
    ['without a key', { 'tls.crt': certificate }],
    ['without a certificate', { 'tls.key': key }],
    ['with the key of another', { 'tls.crt': certificate, 'tls.key': keyFile('rsa.private.pem') }],
    ['that is none', { 'tls.crt': 'x', 'tls.key': key }],
  ])('%s: the Upstream is Rejected', async (_title, stringData) => {
    const { tls, result } = await compiled({}, stringData);
    expect(tls).toBeUndefined();
    expect(result.findings('Upstream/up')).toEqual(['error InvalidKey spec.sslConfig.secretRef']);
    expect(result.messages('Upstream/up')).not.toContain('PRIVATE');
  });
});

describe('parameters', () => {
  it.each([
    [{ verifySubjectAltName: ['spiffe://a'] }, { names: ['spiffe://a'] }],
    [{ parameters: { minimumProtocolVersion: 'TLS_AUTO' } }, {}],
    [{ parameters: { minimumProtocolVersion: 'TLSv1_0' } }, {}],
    [{ parameters: { minimumProtocolVersion: 'TLSv1_3' } }, { minVersion: 'TLSv1.3' }],
    [{ parameters: { maximumProtocolVersion: 3 } }, { maxVersion: 'TLSv1.2' }],
    [
      {
        parameters: { cipherSuites: ['[ECDHE-RSA-AES128-GCM-SHA256|ECDHE-RSA-AES256-GCM-SHA384]'] },
      },
      { ciphers: ['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384'] },
    ],
    [{ parameters: { ecdhCurves: ['X25519', 'P-256'] } }, { curves: ['X25519', 'P-256'] }],
    [{ alpnProtocols: ['http/1.1'] }, {}],
  ])('%j', async (sslConfig, expected) => {
    const { tls, result } = await compiled(sslConfig);
    expect(result.findings('Upstream/up')).toEqual([]);
    expect(tls).toEqual({ verify: true, ca: certificate, ...expected });
  });

  it.each([
    [{ parameters: { maximumProtocolVersion: 'TLSv1_1' } }, 'maximumProtocolVersion'],
    [
      { parameters: { minimumProtocolVersion: 'TLSv1_3', maximumProtocolVersion: 'TLSv1_2' } },
      'maximumProtocolVersion',
    ],
    [{ parameters: { cipherSuites: ['ROT13'] } }, 'cipherSuites'],
    [{ parameters: { ecdhCurves: ['round'] } }, 'ecdhCurves'],
  ])('%j is an error', async (sslConfig, field) => {
    const { result } = await compiled(sslConfig);
    expect(result.findings('Upstream/up')).toEqual([
      `error InvalidValue spec.sslConfig.parameters.${field}`,
    ]);
  });

  it('HTTP/2 is not offered, which is told', async () => {
    const { result } = await compiled({ alpnProtocols: ['h2', 'http/1.1'] });
    expect(result.findings('Upstream/up')).toEqual([
      'warning Unsupported spec.sslConfig.alpnProtocols',
    ]);
  });
});
