import { describe, expect, it } from '@jest/globals';
import { planExtension, planHost } from '../../../src/compile/host-plan.ts';

const remote = { url: 'https://issuer.test/jwks' };

describe('planHost', () => {
  it.each([[{}], [{ displayName: 'x' }], [{ sslConfig: {} }]])('has no plan for %j', (spec) => {
    expect(planHost(spec)).toBeUndefined();
  });

  it.each([
    ['jwt', { jwt: { providers: [] } }],
    ['rbac', { rbac: {} }],
    ['domains', { domains: [] }],
    ['routes', { routes: [] }],
  ])('takes %s alone for the short form', (_field, spec) => {
    expect(planHost(spec)).toMatchObject({ wantsDefaultBackend: true });
  });

  it('wants the default backend only in the short form and without routes', () => {
    const route = { directResponseAction: { status: 200 } };
    expect(planHost({ routes: [route] })?.wantsDefaultBackend).toBe(false);
    expect(planHost({ virtualHost: {} })?.wantsDefaultBackend).toBe(false);
  });

  it('brings both forms into one', () => {
    const long = planHost({
      virtualHost: {
        domains: ['a.test'],
        options: { jwt: { providers: { kc: { issuer: 'i', jwks: { remote } } } } },
      },
    });
    const short = planHost({
      domains: ['a.test'],
      jwt: { providers: [{ name: 'kc', issuer: 'i', remoteJwks: remote }] },
    });
    expect(short?.domains.value).toEqual(long?.domains.value);
    expect(short?.afterExtAuth?.providers[0]).toMatchObject({
      name: 'kc',
      provider: long?.afterExtAuth?.providers[0]?.provider ?? {},
    });
  });

  it('reads jwt as the stage after external auth, and both stages where they are written', () => {
    const provider = { jwks: { remote } };
    const staged = { providers: { a: provider } };
    const old = planHost({ virtualHost: { options: { jwt: staged } } });
    expect(old?.beforeExtAuth).toBeUndefined();
    expect(old?.afterExtAuth?.path).toBe('spec.virtualHost.options.jwt');
    const both = planHost({
      virtualHost: { options: { jwtStaged: { beforeExtAuth: staged, afterExtAuth: staged } } },
    });
    expect([both?.beforeExtAuth?.path, both?.afterExtAuth?.path]).toEqual([
      'spec.virtualHost.options.jwtStaged.beforeExtAuth',
      'spec.virtualHost.options.jwtStaged.afterExtAuth',
    ]);
  });

  it('knows of options that are kept elsewhere', () => {
    const jwt = { providers: { a: { jwks: { remote } } } };
    const rbac = { policies: {} };
    const place = {
      origin: { ref: { kind: 'VirtualHostOption', namespace: 'n', name: 'o' }, via: 'there' },
      users: [],
    };
    const layers = [{ value: { jwt, rbac }, path: 'spec.options', place }];
    const plan = planHost({ virtualHost: { options: { rbac: { disable: true } } } }, { layers });
    expect(plan?.afterExtAuth).toMatchObject({ path: 'spec.options.jwt', place });
    expect(plan?.rbac).toEqual({ value: { disable: true }, path: 'spec.virtualHost.options.rbac' });
    expect(plan?.closed).toBeUndefined();
    const closed = planHost({ virtualHost: {} }, { layers: [], missing: 'gone' })?.closed;
    expect(closed).toMatchObject({ status: 500, detail: 'gone' });
  });
});

describe('names and places of providers', () => {
  const paths = (provider: object): unknown =>
    planHost({ jwt: { providers: [provider] } })?.afterExtAuth?.providers[0]?.keyPaths;

  it.each([
    [{ publicKey: 'x' }, { local: 'spec.jwt.providers[0].publicKey' }],
    [
      { remoteJwks: remote },
      {
        remote: 'spec.jwt.providers[0].remoteJwks',
        url: 'spec.jwt.providers[0].remoteJwks.url',
      },
    ],
    [{ remoteJwks: { uri: 'https://a' } }, { url: 'spec.jwt.providers[0].remoteJwks.uri' }],
    [{ jwks: { remote } }, { url: 'spec.jwt.providers[0].jwks.remote.url' }],
  ])('the short form %j', (provider, expected) => {
    expect(paths(provider)).toMatchObject(expected);
  });

  it('numbers providers of the short form that have no name', () => {
    const plan = planHost({
      jwt: { providers: [{ publicKey: 'x' }, { name: 'b', publicKey: 'x' }] },
    });
    expect(plan?.afterExtAuth?.providers.map(({ name }) => name)).toEqual(['provider-0', 'b']);
  });

  it('tries the providers of a map in the order of their names', () => {
    const plan = planExtension({ providers: { b: {}, 'a.x': {} } }, 'here');
    expect(plan.providers.map(({ name, path }) => [name, path])).toEqual([
      ['a.x', 'here.providers["a.x"]'],
      ['b', 'here.providers.b'],
    ]);
  });
});

describe('validation policy', () => {
  it.each([
    [{}, 'REQUIRE_VALID'],
    [{ validationPolicy: 'ALLOW_MISSING' }, 'ALLOW_MISSING'],
    [{ validationPolicy: 2 }, 'ALLOW_MISSING_OR_FAILED'],
    [
      { validationPolicy: 'REQUIRE_VALID', allowMissingOrFailedJwt: true },
      'ALLOW_MISSING_OR_FAILED',
    ],
    [{ allowMissingOrFailedJwt: false }, 'REQUIRE_VALID'],
  ] as const)('%j is %s', (extension, policy) => {
    expect(planExtension(extension, '').validation).toBe(policy);
  });
});
