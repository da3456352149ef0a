import { describe, expect, it } from '@jest/globals';
import {
  compileYaml,
  echo,
  localProvider,
  toEcho,
  withSpec,
  type Compiled,
} from '../../support/resources.ts';

const host = (name: string, domains: readonly string[], creationTimestamp?: string) =>
  withSpec(
    'VirtualService',
    name,
    { virtualHost: { domains, routes: [toEcho] } },
    creationTimestamp === undefined ? {} : { creationTimestamp },
  );

describe('virtual hosts', () => {
  it('are named after namespace and name, and serve on every listener that selects them', async () => {
    const gateways =
      withSpec('Gateway', 'a', { bindPort: 1, httpGateway: {} }) +
      withSpec('Gateway', 'b', { bindPort: 2, httpGateway: { virtualServiceNamespaces: ['x'] } });
    const compiled = await compileYaml(echo + host('team/web', ['A.test']) + gateways);
    expect(compiled.host('team.web')).toMatchObject({ name: 'team.web', domains: ['a.test'] });
    expect(compiled.table.listeners.map(({ virtualHosts }) => virtualHosts)).toEqual([
      ['team.web'],
    ]);
  });

  it('need something to serve', async () => {
    const compiled = await compileYaml(withSpec('VirtualService', 'web', { displayName: 'x' }));
    expect(compiled.outcome('VirtualService/web')).toMatchObject({
      state: 'Warning',
      reason: 'warning: \n  virtual service [default.web] does not specify a virtual host',
    });
    expect(compiled.table.virtualHosts).toEqual({});
    expect(compiled.accepted.has('VirtualService/default/web')).toBe(true);
  });

  it('are refused in both forms at once', async () => {
    const spec = { virtualHost: {}, jwt: { providers: [] } };
    const compiled = await compileYaml(withSpec('VirtualService', 'web', spec));
    expect(compiled.findings('VirtualService/web')).toEqual(['error ConflictingFields spec']);
    expect(compiled.table.virtualHosts).toEqual({});
  });
});

describe('a domain that two want', () => {
  it.each([
    ['the older keeps it', '2026-02-01T00:00:00Z', '2026-01-01T00:00:00Z', 'b'],
    ['of one age, the first by name', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 'a'],
  ])('%s', async (_title, ofA, ofB, owner) => {
    const text = echo + host('a', ['x.test', 'a.test'], ofA) + host('b', ['X.test'], ofB);
    const compiled = await compileYaml(text);
    const loser = owner === 'a' ? 'b' : 'a';
    expect(Object.keys(compiled.table.virtualHosts)).toEqual([`default.${owner}`]);
    expect(compiled.outcome(`VirtualService/${owner}`).state).toBe('Accepted');
    expect(compiled.findings(`VirtualService/${loser}`)).toEqual([
      'error DomainConflict spec.virtualHost.domains',
    ]);
  });

  it('stays with the older one while its newest version cannot be read', async () => {
    const first = await compileYaml(echo + host('z', ['x.test'], '2026-01-01T00:00:00Z'));
    const broken = withSpec('VirtualService', 'z', { virtualHost: { domains: 5 } });
    const rival = host('a', ['x.test'], '2026-02-01T00:00:00Z');
    const second = await compileYaml(echo + broken + rival, { lastGood: first.accepted });
    expect(Object.keys(second.table.virtualHosts)).toEqual(['default.z']);
    expect(second.outcome('VirtualService/a').state).toBe('Rejected');
  });

  it('is free on a listener of its own, and another with a port in it', async () => {
    const gateways = ['a', 'b'].map((name, index) => {
      const httpGateway = { virtualServices: [{ name }] };
      return withSpec('Gateway', name, { bindPort: index + 1, httpGateway });
    });
    const text =
      echo + host('a', ['x.test']) + host('b', ['x.test', 'x.test:2']) + gateways.join('');
    const compiled = await compileYaml(text);
    expect(Object.keys(compiled.table.virtualHosts)).toEqual(['default.a', 'default.b']);
  });

  it('is taken over by the short form as by the other', async () => {
    const compiled = await compileYaml(
      echo + host('a', []) + withSpec('VirtualService', 'b', { routes: [toEcho] }),
    );
    expect(compiled.findings('VirtualService/b')).toEqual(['error DomainConflict spec.domains']);
  });
});

describe('claim headers', () => {
  async function compileMappings(...mappings: (readonly object[])[]): Promise<Compiled> {
    const providers = Object.fromEntries(
      mappings.map((claimsToHeaders, index) => [
        `p${index}`,
        { ...localProvider, claimsToHeaders },
      ]),
    );
    const [first, ...rest] = Object.entries(providers);
    const routes = rest.map(([name, provider]) => ({
      ...toEcho,
      options: { jwtProvidersStaged: { beforeExtAuth: { providers: { [name]: provider } } } },
    }));
    const options = { jwt: { providers: Object.fromEntries(first ? [first] : []) } };
    const virtualHost = { options, routes: [...routes, toEcho] };
    return compileYaml(echo + withSpec('VirtualService', 'web', { virtualHost }));
  }

  it.each([
    ['none', [[]], []],
    [
      'those of every provider, also on one route only',
      [[{ claim: 'a', header: 'X-B' }], [{ claim: 'b', header: 'x-a' }]],
      ['x-a', 'x-b'],
    ],
    ['not those that are appended to', [[{ claim: 'a', header: 'x-a', append: true }]], []],
    [
      'but those that only some append to',
      [[{ claim: 'a', header: 'x-a', append: true }], [{ claim: 'a', header: 'x-a' }]],
      ['x-a'],
    ],
  ])('%s', async (_title, mappings, names) => {
    expect((await compileMappings(...mappings)).host('web').claimHeaders).toEqual(names);
  });
});

describe('key sets that are waited for', () => {
  const remote = { jwks: { remote: { url: 'https://issuer.test/jwks' } } };
  const options = { jwt: { providers: { kc: remote } } };
  const web = withSpec('VirtualService', 'web', { virtualHost: { options, routes: [toEcho] } });

  it('are those in the table', async () => {
    const compiled = await compileYaml(echo + web);
    expect(compiled.outcome('VirtualService/web').keySets).toEqual(
      Object.keys(compiled.table.keySets),
    );
  });

  it.each([
    ['nobody selects', withSpec('Gateway', 'a', { ssl: true, httpGateway: {} })],
    ['is rejected', echo.replace('"echo"', '"x"') + host('a', ['*'], '2020-01-01T00:00:00Z')],
  ])('are none of a virtual service that %s', async (_title, more) => {
    const compiled = await compileYaml(echo + web + more);
    expect(compiled.table.keySets).toEqual({});
    expect(compiled.outcome('VirtualService/web').keySets).toEqual([]);
  });
});
