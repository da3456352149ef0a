import { describe, expect, it } from '@jest/globals';
import type { CompileResult } from '../../../src/compile/compile.ts';
import { createSelfSigned } from '../../support/self-signed.ts';
import { createTempFolder } from '../../support/temp-folder.ts';
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

const web = { virtualHost: { routes }, sslConfig: { secretRef } };

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
    ['no authorities', { secretRef }, { ...pair, 'ca.crt': 'x' }, `InvalidKey ${at}.secretRef`],
    [
      'a key among the authorities',
      { secretRef },
      { ...pair, 'ca.crt': pair['tls.crt'] + pair['tls.key'] },
      `InvalidKey ${at}.secretRef`,
    ],
    [
      'names of clients that nobody certifies',
      { secretRef, verifySubjectAltName: ['a'] },
      { ...pair, 'ca.crt': '' },
      `SecretNotFound ${at}.verifySubjectAltName`,
    ],
    [
      'a cipher that nobody has',
      { secretRef, parameters: { cipherSuites: ['RC4-MD5'] } },
      pair,
      `InvalidValue ${at}.parameters.cipherSuites[0]`,
    ],
    [
      'a group that nobody has',
      { secretRef, parameters: { ecdhCurves: ['P-256', 'K-163'] } },
      pair,
      `InvalidValue ${at}.parameters.ecdhCurves[1]`,
    ],
    [
      'versions that are none',
      { secretRef, parameters: { minimumProtocolVersion: 4, maximumProtocolVersion: 'TLSv1_2' } },
      pair,
      `InvalidValue ${at}.parameters.maximumProtocolVersion`,
    ],
    [
      'only old versions',
      { secretRef, parameters: { maximumProtocolVersion: 'TLSv1_1' } },
      pair,
      `InvalidValue ${at}.parameters.maximumProtocolVersion`,
    ],
    [
      'a server name that is none',
      { secretRef, sniDomains: ['a.test', '*'] },
      pair,
      `InvalidDomain ${at}.sniDomains[1]`,
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

describe('what TLS is to be', () => {
  const contextOf = async (ssl: object, data: object = pair) =>
    (await compileTls({ secretRef, ...ssl }, data)).host('web').tls;

  it('adds nothing that was not asked for', async () => {
    expect(Object.keys((await contextOf({})) ?? {}).sort()).toEqual([
      'certificateSecret',
      'keySecret',
      'sniDomains',
    ]);
  });

  it('is told in the words of the engines', async () => {
    const parameters = {
      minimumProtocolVersion: 'TLSv1_3',
      maximumProtocolVersion: 'TLSv1_3',
      cipherSuites: ['[ECDHE-RSA-AES128-GCM-SHA256|ECDHE-RSA-CHACHA20-POLY1305]', 'AES128-SHA'],
      ecdhCurves: ['X25519', 'P-384'],
    };
    const tls = await contextOf({
      parameters,
      alpnProtocols: ['http/1.1'],
      disableTlsSessionResumption: true,
      transportSocketConnectTimeout: '1.5s',
    });
    expect(tls).toMatchObject({
      minVersion: 'TLSv1.3',
      ciphers: ['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-CHACHA20-POLY1305', 'AES128-SHA'],
      curves: ['X25519', 'P-384'],
      alpn: ['http/1.1'],
      noResumption: true,
      handshakeTimeoutMs: 1500,
    });
    expect(tls).not.toHaveProperty('maxVersion');
    const capped = await contextOf({ parameters: { maximumProtocolVersion: 'TLSv1_2' } });
    expect(capped).toMatchObject({ maxVersion: 'TLSv1.2' });
  });

  it('asks for certificates of clients, whose authorities travel with the secrets', async () => {
    const data = { ...pair, 'ca.crt': pair['tls.crt'] };
    const compiled = await compileTls({ secretRef, verifySubjectAltName: ['spiffe://a'] }, data);
    const clients = compiled.host('web').tls?.clients;
    expect(clients?.names).toEqual(['spiffe://a']);
    expect(compiled.secrets[clients?.authoritiesSecret ?? '']).toBe(pair['tls.crt']);
  });

  it('warns of versions that are not spoken', async () => {
    const compiled = await compileTls({
      secretRef,
      parameters: { minimumProtocolVersion: 'TLSv1_0' },
    });
    expect(compiled.findings('VirtualService/web')).toEqual([
      `warning Unsupported ${at}.parameters.minimumProtocolVersion`,
    ]);
    expect(compiled.host('web').tls).not.toHaveProperty('minVersion');
  });
});

describe('the last certificate', () => {
  const secret = (stringData: object, uid = 's1') =>
    manifest('Secret', 'tls', { type: 'kubernetes.io/tls', stringData }, { uid });
  const host = (spec: object = web, uid = 'v1') => withSpec('VirtualService', 'web', spec, { uid });
  const after = ({ accepted, certificates }: CompileResult, text: string) =>
    compileYaml(text, { lastGood: accepted, lastCertificates: certificates });
  const junk = { 'tls.crt': 'no certificate', 'tls.key': 'no key' };
  const mismatched = { ...pair, 'tls.key': keyFile('ec-p256.private.pem') };
  const shown = ({ table, secrets }: CompileResult): string | undefined =>
    secrets[table.virtualHosts['default.web']?.tls?.certificateSecret ?? ''];

  function otherPair() {
    using folder = createTempFolder();
    const { cert, key } = createSelfSigned(folder);
    return { 'tls.crt': cert, 'tls.key': key };
  }

  it.each([
    ['does not load', secret(junk), 'InvalidKey'],
    ['is of two pairs', secret(mismatched), 'InvalidKey'],
    ['has no key', secret({ 'tls.crt': pair['tls.crt'] }), 'SecretNotFound'],
    ['was deleted', '', 'SecretNotFound'],
  ])('serves while the one in its Secret %s', async (_title, broken, reason) => {
    const first = await compileYaml(host() + secret(pair));
    let last = await after(first, host() + broken);
    // Also after many compiles.
    last = await after(last, host() + broken);
    expect(last.table).toEqual(first.table);
    expect(last.secrets).toEqual(first.secrets);
    expect(last.outcome('VirtualService/web')).toMatchObject({
      state: 'Rejected',
      servingLastGood: true,
      conditions: [
        {
          status: 'False',
          reason,
          message: expect.stringMatching(
            /; the last accepted version keeps serving, with the last certificate that loaded$/,
          ),
        },
        {},
      ],
    });
    const other = otherPair();
    const repaired = await after(last, host() + secret(other));
    expect(shown(repaired)).toBe(other['tls.crt']);
    expect(repaired.outcome('VirtualService/web').state).toBe('Accepted');
  });

  it('serves for the version that was accepted, not for one that came after', async () => {
    const edited = { ...web, virtualHost: { routes: [{ name: 'later', ...routes[0] }] } };
    const first = await compileYaml(host() + secret(pair));
    const second = await after(first, host(edited) + secret(junk));
    expect(second.table).toEqual(first.table);
    const third = await after(second, host(edited) + secret(pair));
    expect(third.route('web').name).toBe('later');
  });

  it('asks for certificates of clients as long as either Secret does', async () => {
    const authority = { 'ca.crt': pair['tls.crt'] };
    const asks = ({ table }: CompileResult) =>
      table.virtualHosts['default.web']?.tls?.clients !== undefined;
    const without = await compileYaml(host() + secret(pair));
    expect(asks(without)).toBe(false);
    expect(asks(await after(without, host() + secret({ ...junk, ...authority })))).toBe(true);
    const first = await compileYaml(host() + secret({ ...pair, ...authority }));
    expect(asks(first)).toBe(true);
    expect(asks(await after(first, host() + secret(junk)))).toBe(true);
    expect(asks(await after(first, host()))).toBe(true);
  });

  it('is not used where the Secret has a good one, although the host has an error', async () => {
    const other = otherPair();
    const broken = {
      ...web,
      virtualHost: { routes: [{ ...routes[0], matchers: [{ regex: '(' }] }] },
    };
    const first = await compileYaml(host() + secret(pair));
    const second = await after(first, host(broken) + secret(other));
    expect(shown(second)).toBe(other['tls.crt']);
    expect(second.outcome('VirtualService/web').conditions[0]?.message).toMatch(/keeps serving$/);
  });

  it('comes back when what kept the host from serving is over', async () => {
    const rival = withSpec('VirtualService', 'old', web, {
      creationTimestamp: '2020-01-01T00:00:00Z',
    });
    const first = await compileYaml(host() + secret(pair));
    const taken = await after(first, host() + rival + secret(pair));
    expect(Object.keys(taken.table.virtualHosts)).toEqual(['default.old']);
    const again = await after(taken, host() + secret(junk));
    expect(again.table).toEqual(first.table);
  });

  it.each<[string, string]>([
    ['another Secret of the same name', host() + secret(junk, 's2')],
    ['another VirtualService of the same name', host(web, 'v2') + secret(junk)],
    [
      'a VirtualService that names another Secret',
      host({ ...web, sslConfig: { secretRef: { name: 'x' } } }, 'v2'),
    ],
    ['a Secret that asks for certificates of clients', host() + secret({ ...junk, 'ca.crt': 'x' })],
    ['another VirtualService beside it', host({}) + withSpec('VirtualService', 'new', web)],
  ])('serves for nobody else: %s', async (_title, text) => {
    const first = await compileYaml(host() + secret(pair));
    const second = await after(first, text);
    expect(second.table.virtualHosts).toEqual({});
    expect(second.secrets).toEqual({});
  });

  it('serves as long as its Secret may be used', async () => {
    const shared = (namespaces: readonly string[]) =>
      withSpec('Settings', 'default', { seekgate: { sharedNamespaces: namespaces } });
    const theirs = manifest('Secret', 'team/tls', { stringData: pair }, { uid: 's1' });
    const across = host({ ...web, sslConfig: { secretRef: { name: 'tls', namespace: 'team' } } });
    const first = await compileYaml(across + theirs + shared(['team']));
    const deleted = await after(first, across + shared(['team']));
    expect(shown(deleted)).toBe(pair['tls.crt']);
    const withdrawn = await after(deleted, across + shared([]));
    expect(withdrawn.table.virtualHosts).toEqual({});
  });
});
