import { describe, expect, it } from '@jest/globals';
import {
  compileYaml,
  keyFile,
  manifest,
  withSpec,
  type Compiled,
} from '../../support/resources.ts';

const pair = { 'tls.crt': keyFile('tls.certificate.pem'), 'tls.key': keyFile('tls.private.pem') };
const secretRef = { name: 'tls' };
const routes = [{ directResponseAction: { status: 200 } }];
const at = 'spec.sslConfig';

async function compileTls(sslConfig: object, stringData: object = pair): Promise<Compiled> {
  const secret = manifest('Secret', 'tls', { type: 'kubernetes.io/tls', stringData });
  return compileYaml(
    secret + withSpec('VirtualService', 'web', { virtualHost: { routes }, sslConfig }),
  );
}

describe('compileTls', () => {
  it('names certificate and key by id, on the TLS listener only', async () => {
    const compiled = await compileTls({ secretRef, sniDomains: ['A.Test'] });
    const tls = compiled.host('web').tls;
    expect(tls?.sniDomains).toEqual(['a.test']);
    expect(compiled.secrets[tls?.certificateSecret ?? '']).toBe(pair['tls.crt']);
    expect(compiled.secrets[tls?.keySecret ?? '']).toBe(pair['tls.key']);
    expect(JSON.stringify(compiled.table)).not.toContain('BEGIN');
    expect(compiled.table.listeners).toMatchObject([
      { name: 'default-ssl', port: 8443, tls: true, virtualHosts: ['default.web'] },
    ]);
  });

  it.each([
    [
      'an authority for clients that is not asked for',
      { oneWayTls: true },
      { ...pair, 'ca.crt': 'x' },
    ],
    [
      'names of clients that are not asked for',
      { oneWayTls: true, verifySubjectAltName: ['a'] },
      pair,
    ],
  ])('serves without client certificates: %s', async (_title, fields, data) => {
    const compiled = await compileTls({ secretRef, ...fields }, data);
    expect(compiled.outcome('VirtualService/web').state).not.toBe('Rejected');
  });

  it.each([
    ['no secretRef', {}, pair, `Unsupported ${at}`],
    ['files', { sslFiles: { tlsCert: '/a', tlsKey: '/b' } }, pair, `Unsupported ${at}`],
    [
      'a Secret that is away',
      { secretRef: { name: 'gone' } },
      pair,
      `SecretNotFound ${at}.secretRef`,
    ],
    [
      'a Secret of another namespace',
      { secretRef: { name: 'tls', namespace: 'team' } },
      pair,
      `RefNotPermitted ${at}.secretRef`,
    ],
    ['no key', { secretRef }, { 'tls.crt': pair['tls.crt'] }, `SecretNotFound ${at}.secretRef`],
    ['nonsense', { secretRef }, { ...pair, 'tls.crt': 'nonsense' }, `InvalidKey ${at}.secretRef`],
    [
      'another key',
      { secretRef },
      { ...pair, 'tls.key': keyFile('ec-p256.private.pem') },
      `InvalidKey ${at}.secretRef`,
    ],
    [
      'client certificates',
      { secretRef },
      { ...pair, 'ca.crt': 'x' },
      `Unsupported ${at}.secretRef`,
    ],
    [
      'names of clients',
      { secretRef, verifySubjectAltName: ['a'] },
      pair,
      `Unsupported ${at}.verifySubjectAltName`,
    ],
  ])(
    'never serves without TLS, nor with less than was asked for: %s',
    async (_title, ssl, data, finding) => {
      const compiled = await compileTls(ssl, data);
      const errors = compiled
        .findings('VirtualService/web')
        .filter((one) => one.startsWith('error'));
      expect(errors).toEqual([`error ${finding}`]);
      expect(compiled.table).toMatchObject({ listeners: [], virtualHosts: {} });
      expect(compiled.secrets).toEqual({});
    },
  );
});
