import { describe, expect, it } from '@jest/globals';
import { compileYaml, withSpec, type Compiled } from '../../support/resources.ts';

const virtualHost = (domain: string) => ({
  virtualHost: { domains: [domain], routes: [{ directResponseAction: { status: 200 } }] },
});
const services =
  withSpec('VirtualService', 'web', virtualHost('web'), { labels: { app: 'web', tier: '1' } }) +
  withSpec('VirtualService', 'api', virtualHost('api'), { labels: { app: 'api' } }) +
  withSpec('VirtualService', 'team/web', virtualHost('team'), { labels: { app: 'web' } });

async function compileGateway(httpGateway: object): Promise<Compiled> {
  return compileYaml(services + withSpec('Gateway', 'gw', { httpGateway }));
}

const selectedBy = (compiled: Compiled) => compiled.table.listeners[0]?.virtualHosts.toSorted();
const expressions = (...list: object[]) => ({ virtualServiceExpressions: { expressions: list } });
const all = ['default.api', 'default.web', 'team.web'];

describe('selection', () => {
  it.each([
    ['nothing said', {}, all],
    ['empty lists', { virtualServices: [], virtualServiceNamespaces: [] }, all],
    ['all namespaces', { virtualServiceNamespaces: ['a', '*'] }, all],
    ['one namespace', { virtualServiceNamespaces: ['team'] }, ['team.web']],
    ['labels', { virtualServiceSelector: { app: 'web' } }, ['default.web', 'team.web']],
    [
      'labels and a namespace',
      { virtualServiceSelector: { app: 'web' }, virtualServiceNamespaces: ['team'] },
      ['team.web'],
    ],
    ['names', { virtualServices: [{ name: 'web' }] }, ['default.web']],
    [
      'names in namespaces',
      { virtualServices: [{ name: 'web', namespace: 'team' }] },
      ['team.web'],
    ],
    [
      'names, but labels as well',
      { virtualServices: [{ name: 'api' }], virtualServiceSelector: { tier: '1' } },
      ['default.web'],
    ],
    [
      'expressions before labels',
      {
        ...expressions({ key: 'app', operator: 'NotIn', values: ['web'] }),
        virtualServiceSelector: { app: 'web' },
      },
      ['default.api'],
    ],
    [
      'expressions, all of them',
      expressions({ key: 'app', values: ['web'] }, { key: 'tier', operator: 5 }),
      ['default.web'],
    ],
  ])('%s', async (_title, gateway, names) => {
    const compiled = await compileGateway(gateway);
    expect(compiled.findings('Gateway/gw')).toEqual([]);
    expect(selectedBy(compiled)).toEqual(names);
  });

  it('tells a virtual service that nobody selects it', async () => {
    const compiled = await compileGateway({ virtualServiceNamespaces: ['team'] });
    expect(compiled.findings('VirtualService/web')).toEqual(['warning ReferenceNotFound metadata']);
    expect(compiled.table.virtualHosts).not.toHaveProperty(['default.web']);
  });

  it('warns of a reference to a virtual service that is not there', async () => {
    const compiled = await compileGateway({ virtualServices: [{ name: 'web' }, { name: 'gone' }] });
    expect(compiled.findings('Gateway/gw')).toEqual([
      'warning ReferenceNotFound spec.httpGateway.virtualServices[1]',
    ]);
    expect(selectedBy(compiled)).toEqual(['default.web']);
  });

  it('refuses an expression that makes no sense', async () => {
    const compiled = await compileGateway(
      expressions({ key: 'app', operator: 'Exists' }, { key: 'app', operator: 'NotIn' }),
    );
    expect(compiled.findings('Gateway/gw')).toEqual([
      'error InvalidGateway spec.httpGateway.virtualServiceExpressions.expressions[1].values',
    ]);
    expect(compiled.table.listeners).toEqual([]);
  });
});
