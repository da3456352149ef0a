import { describe, expect, it } from '@jest/globals';
import {
  compileYaml,
  echo,
  keyFile,
  localProvider,
  manifest,
  toEcho,
  withSpec,
} from '../../support/resources.ts';

const oct = { providers: { kc: { jwks: { local: { key: keyFile('oct.jwk.json') } } } } };
const host = (name: string, fields: object) =>
  withSpec('VirtualService', name, {
    virtualHost: { domains: [name], routes: [toEcho], ...fields },
  });

describe('the table', () => {
  it('is in the order of names, whatever came first', async () => {
    const parts = ['b', 'a', 'c'].map((name) =>
      host(name, { options: { jwt: { providers: { kc: localProvider } } } }),
    );
    const upstreams = echo + echo.replace('"echo"', '"a"');
    const forward = await compileYaml(upstreams + parts.join(''));
    const backward = await compileYaml(parts.toReversed().join('') + upstreams);
    expect(Object.keys(forward.table.virtualHosts)).toEqual([
      'default.a',
      'default.b',
      'default.c',
    ]);
    expect(Object.keys(forward.table.clusters)).toEqual(['a_default', 'echo_default']);
    expect(backward.table).toEqual(forward.table);
  });

  it('has every Upstream, used or not', async () => {
    expect(Object.keys((await compileYaml(echo)).table.clusters)).toEqual(['echo_default']);
  });

  it('has no keys, clusters and secrets that only rejected resources name', async () => {
    const kube = { routeAction: { single: { kube: { ref: { name: 'a' }, port: 1 } } } };
    const rejected = host('bad', {
      options: { jwt: oct },
      routes: [kube, { ...toEcho, matchers: [{}] }],
    });
    const upstream = withSpec('Upstream', 'bad', {
      ai: {
        deepseek: { authToken: { inline: 'sk-1' }, customHost: { host: '127.0.0.1', port: 1 } },
      },
    });
    const compiled = await compileYaml(echo + rejected + upstream);
    expect(compiled.table).toMatchObject({ keySets: {}, virtualHosts: {} });
    expect(Object.keys(compiled.table.clusters)).toEqual(['echo_default']);
    expect(compiled.secrets).toEqual({});
  });

  it('has the secrets that are named in it: certificates, keys of model servers, shared secrets', async () => {
    const tls = manifest('Secret', 'tls', {
      stringData: {
        'tls.crt': keyFile('tls.certificate.pem'),
        'tls.key': keyFile('tls.private.pem'),
      },
    });
    const secure = withSpec('VirtualService', 'secure', {
      virtualHost: { routes: [toEcho] },
      sslConfig: { secretRef: { name: 'tls' } },
    });
    const model = withSpec('Upstream', 'model', {
      ai: { openai: { authToken: { inline: 'sk' } } },
    });
    const compiled = await compileYaml(
      echo + tls + secure + model + host('a', { options: { jwt: oct } }),
    );
    expect(Object.keys(compiled.secrets).map((id) => id.replace(/@.*$/, ''))).toEqual([
      'default/model/inline',
      'default/tls/tls.crt',
      'default/tls/tls.key',
      expect.stringMatching(/^local-/),
    ]);
  });
});
