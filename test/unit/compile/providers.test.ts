import { describe, expect, it } from '@jest/globals';
import type { JwtProvider, KeySet } from '../../../src/ir/jwt.ts';
import {
  compileYaml,
  keyFile,
  localProvider,
  toEcho,
  echo,
  withSpec,
  type Compiled,
} from '../../support/resources.ts';

const at = 'spec.virtualHost.options.jwt.providers.kc';
const weakRsa = keyFile('rsa-1024.public.pem');

async function compileProvider(provider: object, more = ''): Promise<Compiled> {
  const options = { jwt: { providers: { kc: provider } } };
  const virtualHost = { options, routes: [toEcho] };
  return compileYaml(echo + withSpec('VirtualService', 'web', { virtualHost }) + more);
}

function providerOf(compiled: Compiled): JwtProvider {
  const provider = compiled.host('web').providers['kc'];
  if (!provider) throw new Error('no provider kc');
  return provider;
}

function keySetOf(compiled: Compiled): KeySet {
  const keySet = compiled.table.keySets[providerOf(compiled).keySet];
  if (!keySet) throw new Error('no key set');
  return keySet;
}

describe('compileProvider', () => {
  it('fills in the defaults of Gloo', async () => {
    const { keySet, ...rest } = providerOf(await compileProvider({ jwks: localProvider.jwks }));
    expect(keySet).toMatch(/^local-[0-9a-f]{16}$/);
    expect(rest).toEqual({
      name: 'kc',
      audiences: [],
      sources: [
        { kind: 'query', name: 'access_token' },
        { kind: 'header', name: 'authorization', prefix: 'Bearer ' },
      ],
      keepToken: false,
      claimsToHeaders: [],
      clockSkewSeconds: 60,
    });
  });

  it.each([
    [{ issuer: 'https://a/' }, { issuer: 'https://a/' }],
    [{ clockSkewSeconds: 0 }, { clockSkewSeconds: 0 }],
    [{ keepToken: true }, { keepToken: true }],
    [
      { audiences: ['api', 'https://api/', 'http://b', 'HTTPS://c', 'd//'] },
      { audiences: ['api', 'api', 'b', 'HTTPS://c', 'd/'] },
    ],
    [
      { claimsToHeaders: [{ claim: 'sub', header: 'X-Sub' }] },
      { claimsToHeaders: [{ claim: 'sub', header: 'x-sub', append: false }] },
    ],
    [
      { tokenSource: { headers: [{ header: 'X-A' }, { header: 'x-b', prefix: 'T ' }] } },
      {
        sources: [
          { kind: 'header', name: 'x-b', prefix: 'T ' },
          { kind: 'header', name: 'x-a', prefix: '' },
        ],
      },
    ],
    [
      { tokenSource: { queryParams: ['a', 'b'], headers: [{ header: 'c' }] } },
      {
        sources: [
          { kind: 'query', name: 'b' },
          { kind: 'query', name: 'a' },
          { kind: 'header', name: 'c', prefix: '' },
        ],
      },
    ],
    [{ tokenSource: {} }, { sources: [] }],
  ])('%j', async (fields, expected) => {
    const compiled = await compileProvider({ jwks: localProvider.jwks, ...fields });
    expect(compiled.findings('VirtualService/web')).toEqual([]);
    expect(providerOf(compiled)).toMatchObject(expected);
  });

  it('takes an empty issuer for none', async () => {
    const compiled = await compileProvider({ ...localProvider, issuer: '' });
    expect(providerOf(compiled)).not.toHaveProperty('issuer');
  });

  it.each(['Host', 'content-length', 'Transfer-Encoding', 'connection'])(
    'lets no claim take the place of %s',
    async (header) => {
      const claimsToHeaders = [
        { claim: 'a', header: 'x-a' },
        { claim: 'b', header },
      ];
      const compiled = await compileProvider({ ...localProvider, claimsToHeaders });
      expect(compiled.findings('VirtualService/web')).toEqual([
        `error InvalidValue ${at}.claimsToHeaders[1].header`,
      ]);
    },
  );

  it('needs keys', async () => {
    const compiled = await compileProvider({ issuer: 'a' });
    expect(compiled.findings('VirtualService/web')).toEqual([`error MissingField ${at}.jwks`]);
  });
});

describe('keys in the manifest', () => {
  const local = (key: string, more = '') => compileProvider({ jwks: { local: { key } } }, more);
  const allowWeakKeys = withSpec('Settings', 'default', { seekgate: { allowWeakKeys: true } });
  const good = JSON.parse(keyFile('ec-p256.jwk.json')) as object;

  it('are in the table, public members only', async () => {
    expect(keySetOf(await local(keyFile('rsa.public.pem')))).toMatchObject({
      kind: 'local',
      keys: [{ kty: 'RSA', jwk: { n: expect.any(String), e: 'AQAB' } }],
    });
  });

  it('keep the value of a shared secret out of the table', async () => {
    const text = keyFile('oct.jwk.json');
    const { k } = JSON.parse(text) as { k: string };
    const compiled = await local(text);
    const keySet = keySetOf(compiled);
    const secret = keySet.kind === 'local' ? keySet.keys[0]?.secret : undefined;
    expect(compiled.secrets[secret ?? '']).toBe(k);
    expect(JSON.stringify(compiled.table)).not.toContain(k);
    expect(JSON.stringify(compiled.outcomes)).not.toContain(k);
  });

  it.each([
    ['nonsense', 'nonsense', '', 'error InvalidKey'],
    ['an empty set', '{"keys":[]}', '', 'error InvalidKey'],
    ['a weak key', weakRsa, '', 'error WeakKey'],
    ['a weak key that Settings allow', weakRsa, allowWeakKeys, 'warning WeakKey'],
    [
      'a bad key beside a good one',
      JSON.stringify({ keys: [{ kty: 'x' }, good] }),
      '',
      'warning InvalidKey',
    ],
  ])('%s', async (_title, key, more, finding) => {
    const compiled = await local(key, more);
    expect(compiled.findings('VirtualService/web')).toEqual([`${finding} ${at}.jwks.local.key`]);
    expect(compiled.messages('VirtualService/web')).not.toContain('nonsense');
    expect('default.web' in compiled.table.virtualHosts).toBe(finding.startsWith('warning'));
  });

  it('that cannot be read for a fault of ours cost only their resource', async () => {
    const options = { jwt: { providers: { kc: localProvider } } };
    const text =
      echo +
      withSpec('VirtualService', 'web', { virtualHost: { options } }) +
      withSpec('VirtualService', 'open', { virtualHost: { domains: ['open.test'] } });
    const compiled = await compileYaml(
      text,
      {},
      {
        importKeys: async () => {
          throw new Error('out of order');
        },
      },
    );
    expect(compiled.findings('VirtualService/web')).toEqual(['error InternalError ']);
    expect(compiled.outcome('VirtualService/open').state).toBe('Accepted');
  });
});

describe('keys from the network', () => {
  const remote = (fields: object, more = '') =>
    compileProvider({ jwks: { remote: { url: 'https://issuer.test/jwks', ...fields } } }, more);

  it('are known by their settings, and the resource waits for them', async () => {
    const compiled = await remote({});
    const keySet = keySetOf(compiled);
    expect(keySet).toEqual({
      kind: 'remote',
      id: expect.stringMatching(/^remote-/),
      url: 'https://issuer.test/jwks',
      cacheDurationMs: 300_000,
    });
    expect(compiled.outcome('VirtualService/web').keySets).toEqual([keySet.id]);
  });

  it('have another id for another host, duration, Upstream or strength', async () => {
    const weak = withSpec('Settings', 'default', { seekgate: { allowWeakKeys: true } });
    const ids = await Promise.all([
      remote({}),
      remote({ url: 'https://other.test/jwks' }),
      remote({ cacheDuration: '1m' }),
      remote({ upstreamRef: { name: 'echo' } }),
      remote({}, weak),
    ]);
    expect(new Set(ids.map((compiled) => keySetOf(compiled).id)).size).toBe(ids.length);
  });

  it.each([
    ['0s', 300_000],
    ['1ms', 1000],
    ['10m', 600_000],
  ])('are fetched anew after %s', async (cacheDuration, cacheDurationMs) => {
    expect(keySetOf(await remote({ cacheDuration }))).toMatchObject({ cacheDurationMs });
  });

  it.each(['ftp://a.test/jwks', 'issuer.test/jwks', 'https://user:pw@a.test/jwks', 'https://'])(
    'are not fetched from %j',
    async (url) => {
      const compiled = await remote({ url });
      expect(compiled.findings('VirtualService/web')).toEqual([
        `error InvalidValue ${at}.jwks.remote.url`,
      ]);
      expect(compiled.messages('VirtualService/web')).not.toContain('user:pw');
    },
  );

  it.each([
    ['http://issuer.test/jwks', {}, ['warning InsecureUpstream']],
    ['http://keys/jwks', {}, []],
    ['http://keys.team.svc:8080/jwks', {}, []],
    ['http://keys.team.svc.cluster.local/jwks', {}, []],
    ['http://127.0.0.1:9000/jwks', {}, []],
    ['http://issuer.test/jwks', { upstreamRef: { name: 'echo' } }, []],
  ])('%s %j', async (url, fields, findings) => {
    const compiled = await remote({ url, ...fields });
    expect(compiled.findings('VirtualService/web')).toEqual(
      findings.map((finding) => `${finding} ${at}.jwks.remote.url`),
    );
  });

  it('do not come through an Upstream without endpoints, and that is said', async () => {
    const empty = withSpec('Upstream', 'empty', { static: {} });
    const compiled = await remote({ upstreamRef: { name: 'empty' } }, empty);
    expect(compiled.findings('VirtualService/web')).toEqual([
      `warning UpstreamNotReady ${at}.jwks.remote.upstreamRef`,
    ]);
    expect(compiled.messages('VirtualService/web')).toMatch(
      /^keys cannot be fetched, every token will be refused: Upstream default.empty cannot be used: /,
    );
  });

  it('come through the Upstream that is named; a dangling name is a Warning', async () => {
    const known = await remote({ upstreamRef: { name: 'echo' } });
    expect(keySetOf(known)).toMatchObject({ cluster: 'echo_default' });
    const gone = await remote({ upstreamRef: { name: 'gone', namespace: 'team' } });
    expect(keySetOf(gone)).toMatchObject({ cluster: 'gone_team' });
    expect(gone.findings('VirtualService/web')).toEqual([
      `warning UpstreamNotFound ${at}.jwks.remote.upstreamRef`,
    ]);
  });
});

describe('mistakes of the short form', () => {
  it.each([
    [{ publicKey: 'nonsense' }, 'InvalidKey spec.jwt.providers[0].publicKey'],
    [{ remoteJwks: { url: 'x' } }, 'InvalidValue spec.jwt.providers[0].remoteJwks.url'],
    [{ remoteJwks: { uri: 'x' } }, 'InvalidValue spec.jwt.providers[0].remoteJwks.uri'],
    [{ jwks: { remote: { url: 'x' } } }, 'InvalidValue spec.jwt.providers[0].jwks.remote.url'],
  ])('are told where they were written: %j', async (provider, finding) => {
    const spec = { jwt: { providers: [provider] }, routes: [toEcho] };
    const compiled = await compileYaml(echo + withSpec('VirtualService', 'web', spec));
    expect(compiled.findings('VirtualService/web')).toEqual([`error ${finding}`]);
  });
});
