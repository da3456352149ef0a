import { describe, expect, it } from '@jest/globals';
import { createCompileMemory } from '../../../src/compile/compile-memory.ts';
import { compile } from '../../../src/compile/compile.ts';
import { mostOfNamespace, mostOfResource } from '../../../src/compile/wanted-references.ts';
import { importKeys } from '../../../src/jwt/import-keys.ts';
import { checkRegex } from '../../../src/rbac/regex.ts';
import { parseManifestFile } from '../../../src/sources/manifest-file.ts';
import { createStore } from '../../../src/store/store.ts';
import { compileYaml, withSpec } from '../../support/resources.ts';

const service = (name: string) => ({
  routeAction: { single: { kube: { ref: { name }, port: 80 } } },
});
const host = (name: string, services: readonly string[], day = 1) =>
  withSpec(
    'VirtualService',
    name,
    { virtualHost: { domains: [name.replace('/', '.')], routes: services.map(service) } },
    { creationTimestamp: `2026-01-${String(day).padStart(2, '0')}T00:00:00Z` },
  );
const secure = (name: string, secret: string, day: number) =>
  withSpec(
    'Upstream',
    name,
    {
      static: { hosts: [{ addr: 'a.test', port: 443 }] },
      sslConfig: { secretRef: { name: secret } },
    },
    { creationTimestamp: `2026-01-${String(day).padStart(2, '0')}T00:00:00Z` },
  );
const names = (count: number, prefix = 's') =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('Secrets and Services that manifests name', () => {
  it('are at most so many of one resource; the others get 503, and a finding', async () => {
    const ports = [{ port: 80 }];
    const last = `s${mostOfResource}`;
    const text =
      host('many', names(mostOfResource + 1)) +
      host('other', [last]) +
      withSpec('Service', last, { ports });
    const compiled = await compileYaml(text);
    expect(compiled.wanted).toHaveLength(mostOfResource + 1);
    const at = `spec.virtualHost.routes[${mostOfResource}].routeAction.single.kube`;
    expect(compiled.outcome('VirtualService/many').findings.at(-1)).toEqual({
      severity: 'warning',
      reason: 'ServiceNotFound',
      path: at,
      message: `requests get 503: found "default.${last}", which is one too many and not looked for, accepted at most 128 Secrets and Services in one resource`,
    });
    // Whether another resource names it makes no difference.
    expect(compiled.route('many', mostOfResource).action).toMatchObject({
      destinations: [{ cluster: '' }],
    });
    expect(compiled.findings('VirtualService/other')).toEqual([
      'warning NoEndpoints spec.virtualHost.routes[0].routeAction.single.kube',
    ]);
  });

  it('count once, however often they are named', async () => {
    const services = [...names(mostOfResource), ...names(mostOfResource)];
    const compiled = await compileYaml(host('many', services));
    expect(compiled.wanted).toHaveLength(mostOfResource);
    expect(compiled.messages('VirtualService/many')).not.toContain('one too many');
  });

  it('of a version that is refused do not count for the last good one', async () => {
    const good = await compileYaml(host('x', ['good']));
    const bad = withSpec('VirtualService', 'x', {
      virtualHost: {
        domains: ['no host'],
        routes: names(mostOfResource + 1, 'bad').map(service),
      },
    });
    const compiled = await compileYaml(bad, { lastGood: good.accepted });
    expect(compiled.outcome('VirtualService/x').servingLastGood).toBe(true);
    expect(compiled.wanted.map(({ name }) => name)).toContain('good');
    expect(Object.keys(compiled.table.clusters)).toEqual(['kube-svc:default-good-80_default']);
  });

  const delegating = (name: string, tables: readonly string[], own: readonly string[] = []) =>
    withSpec('VirtualService', name, {
      virtualHost: {
        domains: [name.replace('/', '.')],
        routes: [
          ...own.map(service),
          ...tables.map((table) => {
            const [namespace, last] = table.split('/');
            return { delegateAction: { ref: { name: last, namespace } } };
          }),
        ],
      },
    });
  const table = (name: string, services: readonly string[]) =>
    withSpec('RouteTable', name, { routes: services.map(service) });

  it('of tables and groups are theirs, however many lead there', async () => {
    const own = names(mostOfResource, 'own');
    const mostOfShares = 64;
    const text =
      delegating('a', ['team/many', 'team/group', 'other/few'], own) +
      delegating('b', ['team/many']) +
      table('team/many', names(mostOfResource + 1)) +
      table('other/few', ['s0']) +
      withSpec('RouteTable', 'team/group', {
        routes: [{ routeAction: { upstreamGroup: { name: 'g' } } }],
      }) +
      withSpec('UpstreamGroup', 'team/g', {
        destinations: names(mostOfShares, 'g').map((name) => ({
          destination: { kube: { ref: { name }, port: 80 } },
          weight: 1,
        })),
      });
    const compiled = await compileYaml(text);
    expect(compiled.wanted).toHaveLength(2 * mostOfResource + mostOfShares + 1);
    expect(compiled.wanted).toContainEqual({ kind: 'Service', namespace: 'team', name: 's127' });
    expect(compiled.wanted).toContainEqual({ kind: 'Service', namespace: 'other', name: 's0' });
    const surplus = (ref: string) =>
      compiled
        .outcome(ref)
        .findings.filter(({ message }) => message.includes('one too many'))
        .map(({ path, message }) => `${path} ${message.split(',')[0]}`);
    const surplusText = 'requests get 503: found "team.s128"';
    const inTable = `on sub route table team.many: spec.routes[128].routeAction.single.kube`;
    expect(surplus('VirtualService/a')).toEqual([
      `spec.virtualHost.routes[128] ${inTable}: ${surplusText}`,
    ]);
    expect(surplus('VirtualService/b')).toEqual([
      `spec.virtualHost.routes[0] ${inTable}: ${surplusText}`,
    ]);
    expect(surplus('RouteTable/team/many')).toEqual([
      `spec.routes[128].routeAction.single.kube ${surplusText}`,
    ]);
    // Nothing of theirs is taken from whoever delegates, and the other way round.
    expect(compiled.messages('VirtualService/a')).toContain('no Service "default.own127"');
    expect(compiled.messages('VirtualService/a')).toContain('no Service "other.s0"');
    expect(compiled.messages('VirtualService/a')).toContain('no Service "team.g63"');
  });

  it('of tables that are not used count too, and those of the older ones go first', async () => {
    const tables = names(mostOfNamespace / mostOfResource, 't').map((name, index) =>
      withSpec(
        'RouteTable',
        `crowd/${name}`,
        { routes: names(mostOfResource, `${name}-`).map(service) },
        { creationTimestamp: `2026-01-${String(28 - index).padStart(2, '0')}T00:00:00Z` },
      ),
    );
    const late = table('crowd/a-late', ['late', 't0-0']);
    const compiled = await compileYaml(
      late +
        tables.join('') +
        host('crowd/web', ['web', 't1-1']) +
        delegating('x', ['crowd/a-late']),
    );
    expect(compiled.wanted).toHaveLength(mostOfNamespace);
    expect(compiled.messages('RouteTable/crowd/a-late')).toContain(
      '"crowd.late", which is one too many',
    );
    expect(compiled.messages('RouteTable/crowd/a-late')).toContain('no Service "crowd.t0-0"');
    expect(compiled.messages('VirtualService/crowd/web')).toContain(
      '"crowd.web", which is one too many',
    );
    expect(compiled.messages('VirtualService/crowd/web')).toContain('no Service "crowd.t1-1"');
    // Who delegates there is of another namespace, which has all of its own.
    expect(compiled.messages('VirtualService/x')).toContain('"crowd.late", which is one too many');
  });

  const full = mostOfNamespace / mostOfResource;
  const crowd = (skipped: number) =>
    names(full, 'h')
      .filter((_, index) => index !== skipped)
      .map((name, index) => host(`crowd/${name}`, names(mostOfResource, `${name}-`), index + 1))
      .join('');
  const late = secure('crowd/late', 'own', 28) + host('crowd/late', ['new', 'h0-1'], 28);
  const fair = host('fair/late', ['new'], 28);

  it('are at most so many of one namespace, those of the oldest resources', async () => {
    const compiled = await compileYaml(crowd(-1) + late + fair);
    expect(compiled.findings('VirtualService/crowd/late')).toContain(
      'warning ServiceNotFound spec.virtualHost.routes[0].routeAction.single.kube',
    );
    expect(compiled.messages('VirtualService/crowd/late')).toContain(
      `found "crowd.new", which is one too many and not looked for, accepted at most ${mostOfNamespace} Secrets and Services in one namespace, the oldest resources first`,
    );
    // What is watched for anyhow costs nothing more, and other namespaces have their own.
    expect(compiled.messages('VirtualService/crowd/late')).toContain('no Service "crowd.h0-1"');
    expect(compiled.messages('VirtualService/fair/late')).toContain('no Service "fair.new"');
    expect(compiled.wanted).toHaveLength(mostOfNamespace + 2);
  });

  it('say so of Secrets too', async () => {
    const upstreams = names(mostOfNamespace + 1)
      .map((name, index) => secure(`crowd/${name}`, name, index === 5 ? 2 : 1))
      .join('');
    const compiled = await compileYaml(upstreams);
    // The youngest one, whatever its name.
    expect(compiled.messages('Upstream/crowd/s5')).toContain(
      'found "crowd.s5", which is one too many and not looked for, accepted at most',
    );
    expect(compiled.messages(`Upstream/crowd/s${mostOfNamespace}`)).toContain('no Secret');
    expect(compiled.wanted).toHaveLength(mostOfNamespace);
  });

  it('are the same for a compile that remembers the former one', async () => {
    const store = createStore();
    const set = (origin: string, text: string) =>
      store.replaceOrigin(
        origin,
        parseManifestFile(origin, text, 'default').documents.map(({ entry }) => entry),
      );
    const memory = createCompileMemory();
    const tools = { importKeys, checkRegex };
    const options = {
      httpPort: undefined,
      httpsPort: undefined,
      allowLocalUpstreams: 'off',
      lastGood: new Map(),
    } as const;
    const isLateServed = async () => {
      const resources = store.snapshot();
      const remembering = await compile(resources, tools, { ...options, memory });
      const fresh = await compile(resources, tools, options);
      expect(remembering.wanted).toEqual(fresh.wanted);
      expect(remembering.outcomes).toEqual(fresh.outcomes);
      return fresh.wanted.some(({ name }) => name === 'new');
    };
    const first = host('crowd/first', names(mostOfResource, 'first-'));
    set('first', first);
    set('others', crowd(3));
    set('late', late + table('crowd/table', ['first-0']) + delegating('web', ['crowd/table']));
    expect(await isLateServed()).toBe(false);
    set('first', '');
    expect(await isLateServed()).toBe(true);
    set('first', first);
    expect(await isLateServed()).toBe(false);
    set('first', host('crowd/first', ['new']));
    expect(await isLateServed()).toBe(true);
    // Tables come before virtual services.
    set('first', table('crowd/first', names(mostOfResource - 2, 'first-')));
    expect(await isLateServed()).toBe(true);
    set('first', table('crowd/first', names(mostOfResource, 'first-')));
    expect(await isLateServed()).toBe(false);
  });
});
