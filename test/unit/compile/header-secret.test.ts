import { describe, expect, it } from '@jest/globals';
import { compileYaml, echo, manifest, toEcho, withSpec } from '../../support/resources.ts';

const routes = (headerSecretRef: object) => [
  {
    ...toEcho,
    options: { headerManipulation: { requestHeadersToAdd: [{ headerSecretRef }] } },
  },
];
const web = (ref: object, name = 'web') =>
  withSpec('VirtualService', name, { virtualHost: { routes: routes(ref) } });
const at =
  'spec.virtualHost.routes[0].options.headerManipulation.requestHeadersToAdd[0].headerSecretRef';
const key = (members: object, name = 'key') => manifest('Secret', name, members);

describe('secretHeaders', () => {
  it('adds every key, and keeps the values apart', async () => {
    const secret = key({ stringData: { 'X-B': 'hunter2\n', authorization: 'Bearer hunter3' } });
    const compiled = await compileYaml(echo + secret + web({ name: 'key' }));
    expect(compiled.findings('VirtualService/web')).toEqual([]);
    const add = compiled.route('web').headers?.[0]?.request?.add ?? [];
    expect(add.map(({ name, append }) => [name, append])).toEqual([
      ['x-b', true],
      ['authorization', true],
    ]);
    expect(JSON.stringify(compiled.table)).not.toContain('hunter');
    expect(Object.values(compiled.secrets).sort()).toEqual(['Bearer hunter3', 'hunter2']);
  });

  it('makes another table of another value', async () => {
    const versions = ['a', 'b'].map(async (value) => {
      const text = echo + key({ stringData: { 'x-a': value } }) + web({ name: 'key' });
      return (await compileYaml(text)).table.version;
    });
    const [first, second] = await Promise.all(versions);
    expect(first).not.toBe(second);
  });

  it.each([
    ['no Secret', '', 'SecretNotFound'],
    ['a certificate', key({ type: 'kubernetes.io/tls', stringData: { a: 'b' } }), 'InvalidValue'],
    ['a line break', key({ stringData: { 'x-a': 'a\r\nb' } }), 'InvalidValue'],
    ['a name that routes', key({ stringData: { host: 'a' } }), 'InvalidValue'],
  ])('refuses %s', async (_title, secret, reason) => {
    const compiled = await compileYaml(echo + secret + web({ name: 'key' }));
    expect(compiled.findings('VirtualService/web')).toEqual([`error ${reason} ${at}`]);
  });

  it('asks the namespace of the Secret, and that of everybody who leads to it', async () => {
    const secret = key({ stringData: { 'x-a': 'b' } }, 'default/key');
    const option = withSpec('RouteOption', 'default/opt', {
      options: routes({ name: 'key' })[0]?.options,
    });
    const upstream = { upstream: { name: 'echo', namespace: 'default' } };
    const user = withSpec('VirtualService', 'team/web', {
      virtualHost: {
        routes: [
          {
            routeAction: { single: upstream },
            optionsConfigRefs: { delegateOptions: [{ name: 'opt', namespace: 'default' }] },
          },
        ],
      },
    });
    const direct = web({ name: 'key', namespace: 'default' }, 'team/direct');
    const compiled = await compileYaml(echo + secret + option + user + direct);
    expect(compiled.findings('VirtualService/team/direct')).toContain(
      `error RefNotPermitted ${at}`,
    );
    expect(compiled.messages('VirtualService/team/web')).toContain('by way of namespace team');
    expect(Object.values(compiled.secrets)).toEqual([]);
  });
});
