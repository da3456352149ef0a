import { describe, expect, it } from '@jest/globals';
import { reasons, type Reason } from '../../../src/api/problem.ts';
import {
  compileYaml,
  echo,
  keyFile,
  localProvider,
  manifest,
  toEcho,
  withSpec,
} from '../../support/resources.ts';

const host = (virtualHost: object) =>
  echo + withSpec('VirtualService', 'x', { virtualHost: { routes: [toEcho], ...virtualHost } });
const key = (text: string) =>
  host({ options: { jwt: { providers: { kc: { jwks: { local: { key: text } } } } } } });
const rbac = (policy: object) =>
  host({
    options: { jwt: { providers: { kc: localProvider } }, rbac: { policies: { p: policy } } },
  });
const upstream = (spec: object) => withSpec('Upstream', 'x', spec);
const principals = [{ jwtPrincipal: { claims: { a: 'b' } } }];
const kube = upstream({ kube: { serviceName: 's', servicePort: 80 } });
const to = (single: object) => host({ routes: [{ routeAction: { single } }] });

/** What the engines, the store and the sources say; their own tests produce it. */
const notOfCompile: readonly Reason[] = [
  'Accepted',
  'ResolvedRefs',
  'KeysReady',
  'Programmed',
  'NoKeysNeeded',
  'Pending',
  'Malformed',
  'UnknownKind',
  'KeysPending',
  'KeysStale',
  'KeyFetchFailed',
  'NotProgrammed',
  'KindAbsent',
  'KindForbidden',
];

const produced: Readonly<Partial<Record<Reason, string>>> = {
  UnknownField: host({ nonsense: 1 }),
  InvalidValue: upstream({ ai: { openai: { authToken: { inline: 'a b' } } } }),
  MissingField: host({ options: { jwt: {} } }),
  ConflictingFields: withSpec('VirtualService', 'x', {
    jwt: {
      providers: ['a', 'a'].map((name) => ({ name, publicKey: localProvider.jwks.local.key })),
    },
  }),
  Unsupported: host({ options: { waf: {} } }),
  DuplicateResource: withSpec('Settings', 'x', {}) + withSpec('Settings', 'default', {}),
  NoVirtualHost: withSpec('VirtualService', 'x', {}),
  DomainConflict: host({ domains: ['a', 'A'] }),
  InvalidDomain: host({ domains: ['a b'] }),
  InvalidRegex: host({ routes: [{ ...toEcho, matchers: [{ regex: '(' }] }] }),
  InvalidKey: key('nonsense'),
  WeakKey: key(keyFile('rsa-1024.public.pem')),
  InvalidRoute: host({ routes: [{ ...toEcho, matchers: [{}] }] }),
  InvalidRbac: rbac({}),
  InvalidUpstream: upstream({ static: {} }),
  InvalidGateway: withSpec('Gateway', 'x', {}),
  PrefixWithoutSlash: rbac({ principals, permissions: { pathPrefix: '/a' } }),
  AuthRemoved: host({
    options: { jwt: { providers: { kc: localProvider } } },
    routes: [
      {
        ...toEcho,
        options: {
          jwtProvidersStaged: {
            afterExtAuth: { providers: { kc: localProvider }, validationPolicy: 'ALLOW_MISSING' },
          },
        },
      },
    ],
  }),
  InsecureUpstream: upstream({ static: { hosts: [{ addr: 'a', port: 443 }] } }),
  UpstreamNotFound: to({ upstream: { name: 'gone' } }),
  UpstreamNotReady: to({ upstream: { name: 'x' } }) + upstream({ static: {} }),
  SecretNotFound: upstream({ ai: { openai: { authToken: { secretRef: { name: 'gone' } } } } }),
  ServiceNotFound: kube,
  NoEndpoints: kube + withSpec('Service', 's', { ports: [{ port: 80 }] }),
  RefNotPermitted: upstream({
    ai: { openai: { authToken: { secretRef: { name: 'a', namespace: 'b' } } } },
  }),
  ReferenceNotFound: rbac({
    principals: [{ jwtPrincipal: { claims: { a: 'b' }, provider: 'gone' } }],
  }),
  ForbiddenAddress: upstream({ static: { hosts: [{ addr: '127.0.0.1', port: 80 }] } }),
  InternalError: host({ routes: [{ ...toEcho, matchers: [{ regex: 'trap' }] }] }),
};

const trap = {
  checkRegex: (pattern: string): string | undefined => {
    if (pattern === 'trap') throw new Error('trapped');
    return pattern === '(' ? 'missing closing )' : undefined;
  },
};

describe('reasons', () => {
  it('all have somebody who gives them', () => {
    expect([...notOfCompile, ...Object.keys(produced)].sort()).toEqual([...reasons].sort());
  });

  it.each(Object.entries(produced))('%s', async (reason, text) => {
    const compiled = await compileYaml(text + manifest('Secret', 's', {}), {}, trap);
    const found = compiled.outcomes.filter(({ ref }) => ref.name === 'x');
    expect(found.flatMap(({ findings }) => findings.map((one) => one.reason))).toContain(reason);
  });
});
