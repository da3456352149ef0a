import { describe, expect, it } from '@jest/globals';

import { compileYaml, echo, localProvider, toEcho, withSpec } from '../../support/resources.ts';

const kc = { providers: { kc: localProvider } };
const refs = { optionsConfigRefs: { delegateOptions: [{ name: 'o' }] } };

describe('a route that hides verification of options it refers to', () => {
  const before = { jwtProvidersStaged: { beforeExtAuth: kc } };
  const both = { jwtProvidersStaged: { beforeExtAuth: kc, afterExtAuth: kc } };
  const at = 'spec.virtualHost.routes[0].options';

  it.each<[string, object, object, object, readonly string[]]>([
    ['its own say the same stage', before, before, {}, []],
    [
      'its own have the other stage',
      { jwtProvidersStaged: { afterExtAuth: kc } },
      before,
      {},
      [`warning AuthRemoved ${at}.jwtProvidersStaged`],
    ],
    [
      'its own turn the other stage off',
      { jwtStaged: { afterExtAuth: { disable: true } } },
      before,
      {},
      [`warning AuthRemoved ${at}.jwtStaged`],
    ],
    [
      'its own turn that stage off',
      { jwtStaged: { beforeExtAuth: { disable: true } } },
      before,
      {},
      [],
    ],
    [
      'the old field turns one of two off',
      { jwt: { disable: true } },
      both,
      {},
      [`warning AuthRemoved ${at}.jwt`],
    ],
    [
      'the virtual host asks for a token in that stage',
      { jwtProvidersStaged: { afterExtAuth: kc } },
      before,
      { jwtStaged: { beforeExtAuth: kc } },
      [],
    ],
    ['its own have no jwt', { timeout: '3s' }, before, {}, []],
  ])('%s', async (_title, own, kept, host, findings) => {
    const routes = [{ ...toEcho, options: own, ...refs }];
    const compiled = await compileYaml(
      echo +
        withSpec('RouteOption', 'o', { options: kept }) +
        withSpec('VirtualService', 'web', { virtualHost: { options: host, routes } }),
    );
    expect(compiled.findings('VirtualService/web')).toEqual(findings);
  });
});

describe('a virtual host that hides verification of options it refers to', () => {
  const staged = { jwtStaged: { beforeExtAuth: kc, afterExtAuth: kc } };
  const found = ['warning AuthRemoved spec.virtualHost.options.jwt'];

  it.each<[string, object, object, readonly string[]]>([
    ['both have one stage', { jwt: kc }, { jwtStaged: { afterExtAuth: kc } }, []],
    ['only the others have the stage before', { jwt: kc }, staged, found],
    ['both have all', staged, staged, []],
    ['only the others have any', {}, staged, []],
  ])('%s', async (_title, options, kept, findings) => {
    const virtualHost = { options, routes: [toEcho], ...refs };
    const compiled = await compileYaml(
      echo +
        withSpec('VirtualHostOption', 'o', { options: kept }) +
        withSpec('VirtualService', 'web', { virtualHost }),
    );
    expect(compiled.findings('VirtualService/web')).toEqual(findings);
  });

  it('says whose verification is gone', async () => {
    const virtualHost = { options: { jwt: kc }, routes: [toEcho], ...refs };
    const kept = withSpec('VirtualHostOption', 'o', { options: staged });
    const service = withSpec('VirtualService', 'web', { virtualHost });
    const compiled = await compileYaml(echo + kept + service);
    expect(compiled.messages('VirtualService/web')).toContain('VirtualHostOption default.o');
  });
});
