import { describe, expect, it } from '@jest/globals';
import type { Kind } from '../../../src/api/kinds.ts';
import { compileYaml, echo, localProvider, toEcho, withSpec } from '../../support/resources.ts';

const good: readonly [Kind, object][] = [
  ['RouteTable', { routes: [{ directResponseAction: { status: 200 } }] }],
  ['RouteTable', { routes: [{ matchers: [{ methods: ['GET'] }], ...toEcho }] }],
  ['RouteTable', { routes: [{ ...toEcho, options: { rbac: { policies: {} } } }] }],
  ['RouteOption', { options: { timeout: '5s' } }],
  ['VirtualHostOption', { options: {} }],
  ['UpstreamGroup', { destinations: [{ destination: { upstream: { name: 'echo' } }, weight: 1 }] }],
];

const policy = (claims: object) => ({
  p: { principals: [{ jwtPrincipal: { claims, provider: 'kc', matcher: 'REGEX_MATCH' } }] },
});
const bad: readonly [Kind, object, string][] = [
  ['RouteOption', { options: { prefixRewrite: '/ ' } }, 'InvalidRoute spec.options.prefixRewrite'],
  [
    'RouteOption',
    { options: { jwtProvidersStaged: { beforeExtAuth: {} } } },
    'MissingField spec.options.jwtProvidersStaged.beforeExtAuth.providers',
  ],
  [
    'RouteOption',
    { options: { rbac: { policies: policy({ a: '(' }) } } },
    'InvalidRegex spec.options.rbac.policies.p.principals[0].jwtPrincipal.claims.a',
  ],
  [
    'VirtualHostOption',
    { options: { jwt: { providers: { kc: { jwks: { local: { key: 'x' } } } } } } },
    'InvalidKey spec.options.jwt.providers.kc.jwks.local.key',
  ],
  [
    'VirtualHostOption',
    { options: { rbac: { policies: { p: {} } } } },
    'InvalidRbac spec.options.rbac.policies.p.principals',
  ],
  ['UpstreamGroup', { destinations: [] }, 'InvalidRoute spec.destinations'],
];

describe('a resource of which others use parts', () => {
  it.each(good)('%s %j is right by itself', async (kind, spec) => {
    const accepted = await compileYaml(echo + withSpec(kind, 'x', spec));
    expect(accepted.outcome(`${kind}/x`).state).toBe('Accepted');
    const rejected = await compileYaml(withSpec(kind, 'x', { nonsense: 1 }));
    expect(rejected.findings(`${kind}/x`)).toEqual(['error UnknownField spec.nonsense']);
  });

  it.each(bad)('%s %j is not', async (kind, spec, finding) => {
    const compiled = await compileYaml(withSpec(kind, 'x', spec));
    expect(compiled.findings(`${kind}/x`)).toEqual([`error ${finding}`]);
  });

  it('has its keys read', async () => {
    const jwt = { providers: { kc: localProvider } };
    const compiled = await compileYaml(
      withSpec('RouteTable', 't', {
        routes: [{ ...toEcho, options: { jwtProvidersStaged: { afterExtAuth: jwt } } }],
      }) +
        withSpec('RouteOption', 'o', { options: { jwtProvidersStaged: { afterExtAuth: jwt } } }) +
        withSpec('VirtualHostOption', 'o', { options: { jwt } }) +
        echo,
    );
    expect(compiled.outcomes.map(({ state }) => state)).toEqual(
      compiled.outcomes.map(() => 'Accepted'),
    );
    // Nothing serves them.
    expect(compiled.table.keySets).toEqual({});
  });

  it('serves in its last good version', async () => {
    const host = withSpec('VirtualService', 'web', {
      virtualHost: {
        routes: [
          {
            routeAction: { upstreamGroup: { name: 'g' } },
            optionsConfigRefs: { delegateOptions: [{ name: 'o' }] },
          },
        ],
      },
    });
    const version = (weight: number, prefixRewrite: string) =>
      echo +
      host +
      withSpec('UpstreamGroup', 'g', {
        destinations: [{ destination: { upstream: { name: 'echo' } }, weight }],
      }) +
      withSpec('RouteOption', 'o', { options: { prefixRewrite } });
    const first = await compileYaml(version(1, '/x'));
    const second = await compileYaml(version(0, '/ x'), { lastGood: first.accepted });
    expect(second.table).toEqual(first.table);
    expect(second.outcome('RouteOption/o')).toMatchObject({
      state: 'Rejected',
      servingLastGood: true,
    });
  });
});
