import { describe, expect, it } from '@jest/globals';
import { compileYaml, echo, localProvider, toEcho, withSpec } from '../../support/resources.ts';

const jwt = { providers: { kc: localProvider } };
const rbac = { policies: { p: { principals: [{ jwtPrincipal: { claims: { a: 'b' } } }] } } };
const providers = { jwtProvidersStaged: { afterExtAuth: jwt } };

interface Story {
  readonly host?: object;
  readonly parent?: object;
  readonly child?: object;
  readonly route?: object;
  readonly option?: object;
}

async function removed({ host = {}, parent = {}, child = {}, route = {}, option = {} }: Story) {
  const compiled = await compileYaml(
    echo +
      withSpec('VirtualService', 'web', {
        virtualHost: {
          options: host,
          routes: [{ delegateAction: { ref: { name: 't' } }, options: parent }],
        },
      }) +
      withSpec('RouteTable', 't', { routes: [{ ...toEcho, options: child, ...route }] }) +
      withSpec('RouteOption', 'o', { options: option }),
  );
  const ofHost = compiled.outcome('VirtualService/web').findings;
  return ofHost.flatMap(({ reason, message }) =>
    reason === 'AuthRemoved' ? [/default\.t: (?<path>\S+):/.exec(message)?.groups?.['path']] : [],
  );
}

const own = 'spec.routes[0].options';
const viaOption = { optionsConfigRefs: { delegateOptions: [{ name: 'o' }] } };

describe('a route of a table', () => {
  it.each<[string, Story, readonly string[]]>([
    ['says nothing', { host: { jwt, rbac } }, []],
    ['says what nobody else does', { child: { rbac, ...providers } }, []],
    [
      'turns verification off',
      { host: { jwt }, child: { jwt: { disable: true } } },
      [`${own}.jwt`],
    ],
    ['does not', { host: { jwt }, child: { jwt: { disable: false } } }, []],
    ['has its own providers', { host: { jwt }, child: providers }, [`${own}.jwtProvidersStaged`]],
    [
      'has them for another stage',
      { host: { jwtStaged: { beforeExtAuth: jwt } }, child: providers },
      [],
    ],
    ['turns policies off', { host: { rbac }, child: { rbac: { disable: true } } }, [`${own}.rbac`]],
    [
      'replaces those of the delegating route',
      { parent: { rbac }, child: { rbac } },
      [`${own}.rbac`],
    ],
    [
      'shuts off its providers',
      { parent: providers, child: { jwtStaged: {} } },
      [`${own}.jwtStaged`],
    ],
    [
      'turns a guard off',
      { host: { extauth: {} }, child: { extauth: { disable: true } } },
      [`${own}.extauth`],
    ],
    [
      'does it by reference',
      { host: { rbac }, route: viaOption, option: { rbac: { disable: true } } },
      ['spec.routes[0].optionsConfigRefs'],
    ],
    [
      'loses the claim with the models of callers',
      { parent: { ai: { models: { allowedClaim: 'llms' } } }, child: { ai: { timeouts: {} } } },
      [`${own}.ai`],
    ],
    [
      'replaces only how models are called',
      { parent: { ai: { models: { default: 'm' } } }, child: { ai: { timeouts: {} } } },
      [],
    ],
    ['is under a route that does it', { host: { jwt }, parent: { jwt: { disable: true } } }, []],
  ])('%s', async (_title, story, expected) => {
    expect(await removed(story)).toEqual(expected);
  });
});
