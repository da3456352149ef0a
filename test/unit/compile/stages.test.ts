import { describe, expect, it } from '@jest/globals';
import {
  compileYaml,
  echo,
  localProvider,
  toEcho,
  withSpec,
  type Compiled,
} from '../../support/resources.ts';

const kc = { providers: { kc: localProvider } };
const other = { ...localProvider, issuer: 'https://other.test' };

async function compileHost(options: object, ...routeOptions: object[]): Promise<Compiled> {
  const routes = routeOptions.map((one) => ({ ...toEcho, options: one }));
  const virtualHost = { options, routes: routes.length > 0 ? routes : [toEcho] };
  return compileYaml(echo + withSpec('VirtualService', 'web', { virtualHost }));
}

const required = (...providers: string[]) => ({ validation: 'REQUIRE_VALID', providers });

describe('stages of a route', () => {
  it.each([
    ['jwt of the host', { jwt: kc }, {}, { afterExtAuth: required('kc') }],
    [
      'both stages of the host',
      { jwtStaged: { beforeExtAuth: kc, afterExtAuth: { providers: { b: other } } } },
      {},
      { beforeExtAuth: required('kc'), afterExtAuth: required('b') },
    ],
    ['none at all', {}, {}, undefined],
    [
      'only its own',
      {},
      { jwtProvidersStaged: { beforeExtAuth: kc } },
      { beforeExtAuth: required('kc') },
    ],
    [
      'its own in place of the same stage',
      { jwt: kc },
      { jwtProvidersStaged: { afterExtAuth: { providers: { b: other } } } },
      { afterExtAuth: required('b') },
    ],
    [
      'its own beside the other stage',
      { jwt: kc },
      { jwtProvidersStaged: { beforeExtAuth: { providers: { b: other } } } },
      { beforeExtAuth: required('b'), afterExtAuth: required('kc') },
    ],
    ['jwt.disable', { jwt: kc }, { jwt: { disable: true } }, undefined],
    [
      'jwt.disable: false',
      { jwt: kc },
      { jwt: { disable: false } },
      { afterExtAuth: required('kc') },
    ],
    [
      'jwt.disable and the stage before',
      { jwtStaged: { beforeExtAuth: kc } },
      { jwt: { disable: true } },
      { beforeExtAuth: required('kc') },
    ],
    [
      'one of two stages turned off',
      { jwtStaged: { beforeExtAuth: kc, afterExtAuth: kc } },
      { jwtStaged: { beforeExtAuth: { disable: true } } },
      { afterExtAuth: required('kc') },
    ],
  ])('%s', async (_title, host, route, jwt) => {
    const compiled = await compileHost(host, route);
    expect(compiled.findings('VirtualService/web')).toEqual([]);
    expect(compiled.route('web').jwt).toEqual(jwt);
  });
});

describe('what answers tell', () => {
  const generic = { errorDetail: 'generic' };
  const settings = withSpec('Settings', 'default', { seekgate: generic });
  const detailOf = async (jwt: object, more = ''): Promise<unknown> => {
    const host = { options: { jwt: { ...kc, ...jwt } }, routes: [toEcho] };
    const compiled = await compileYaml(
      echo + more + withSpec('VirtualService', 'web', { virtualHost: host }),
    );
    return compiled.route('web').jwt?.afterExtAuth?.errorDetail;
  };

  it.each([
    ['nothing is said', {}, '', undefined],
    ['the virtual host says generic', generic, '', 'generic'],
    ['the Settings do', {}, settings, 'generic'],
    [
      'the virtual host says otherwise than the Settings',
      { errorDetail: 'full' },
      settings,
      undefined,
    ],
  ])('%s', async (_title, jwt, more, expected) => {
    expect(await detailOf(jwt, more)).toBe(expected);
  });

  it('is said by the short form as well', async () => {
    const { issuer, jwks } = localProvider;
    const jwt = { ...generic, providers: [{ issuer, publicKey: jwks.local.key }] };
    const compiled = await compileYaml(
      echo + withSpec('VirtualService', 'web', { jwt, routes: [toEcho] }),
    );
    expect(compiled.route('web').jwt?.afterExtAuth).toMatchObject(generic);
  });
});

describe('providers', () => {
  it('are shared by stages and routes that mean the same', async () => {
    const compiled = await compileHost({ jwt: kc }, { jwtProvidersStaged: { beforeExtAuth: kc } });
    expect(Object.keys(compiled.host('web').providers)).toEqual(['kc']);
  });

  it('that differ under one name are told apart, and keep the name that was given', async () => {
    const compiled = await compileHost(
      { jwt: kc },
      { jwtProvidersStaged: { afterExtAuth: { providers: { kc: other } } } },
    );
    expect(compiled.route('web').jwt).toEqual({ afterExtAuth: required('kc#2') });
    expect(compiled.host('web').providers['kc#2']).toMatchObject({
      name: 'kc',
      issuer: 'https://other.test',
    });
  });

  it.each(['__proto__', 'constructor', 'toString'])('may be called %s', async (name) => {
    const { key: publicKey } = localProvider.jwks.local;
    const spec = { jwt: { providers: [{ name, publicKey }] }, routes: [toEcho] };
    const compiled = await compileYaml(echo + withSpec('VirtualService', 'web', spec));
    const { providers } = compiled.host('web');
    expect(Object.keys(providers)).toEqual([name]);
    expect(Object.getPrototypeOf(providers)).toBe(Object.prototype);
    expect(compiled.route('web').jwt).toEqual({ afterExtAuth: required(name) });
  });

  it('need names of their own in the short form', async () => {
    const { key: publicKey } = localProvider.jwks.local;
    const providers = [{ publicKey }, { name: 'provider-0', publicKey }];
    const spec = { jwt: { providers }, routes: [toEcho] };
    const compiled = await compileYaml(echo + withSpec('VirtualService', 'web', spec));
    expect(compiled.findings('VirtualService/web')).toEqual([
      'error ConflictingFields spec.jwt.providers[1].name',
    ]);
  });

  it.each([
    [{ jwt: {} }, 'spec.virtualHost.options.jwt.providers'],
    [
      { jwt: { providers: {}, validationPolicy: 'ALLOW_MISSING' } },
      'spec.virtualHost.options.jwt.providers',
    ],
    [
      { jwtStaged: { beforeExtAuth: {} } },
      'spec.virtualHost.options.jwtStaged.beforeExtAuth.providers',
    ],
  ])('have to be there: %j', async (options, path) => {
    const compiled = await compileHost(options);
    expect(compiled.findings('VirtualService/web')).toEqual([`error MissingField ${path}`]);
    expect(compiled.table.virtualHosts).toEqual({});
  });
});

describe('a route that asks for less than its virtual host', () => {
  const lax = (fields: object) => ({
    jwtProvidersStaged: { afterExtAuth: { ...kc, ...fields } },
  });
  const warned = [
    'warning AuthRemoved spec.virtualHost.routes[0].options.jwtProvidersStaged.afterExtAuth',
  ];

  it.each([
    ['ALLOW_MISSING', { jwt: kc }, lax({ validationPolicy: 'ALLOW_MISSING' }), warned],
    ['its number', { jwt: kc }, lax({ validationPolicy: 1 }), warned],
    ['the deprecated field', { jwt: kc }, lax({ allowMissingOrFailedJwt: true }), warned],
    [
      'laxer than lax',
      { jwt: { ...kc, validationPolicy: 'ALLOW_MISSING' } },
      lax({ validationPolicy: 'ALLOW_MISSING_OR_FAILED' }),
      warned,
    ],
    ['as strict', { jwt: kc }, lax({}), []],
    [
      'stricter',
      { jwt: { ...kc, validationPolicy: 'ALLOW_MISSING' } },
      lax({ validationPolicy: 'REQUIRE_VALID' }),
      [],
    ],
    ['nothing to remove', {}, lax({ validationPolicy: 'ALLOW_MISSING' }), []],
    [
      'another stage',
      { jwtStaged: { beforeExtAuth: kc } },
      lax({ validationPolicy: 'ALLOW_MISSING' }),
      [],
    ],
  ])('%s', async (_title, host, route, findings) => {
    const compiled = await compileHost(host, route);
    expect(compiled.findings('VirtualService/web')).toEqual(findings);
  });
});
