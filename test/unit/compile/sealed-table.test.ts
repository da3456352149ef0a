import { describe, expect, it } from '@jest/globals';
import { sealedTable } from '../../../src/compile/sealed-table.ts';
import type { RoutingTable } from '../../../src/ir/table.ts';

type Content = Omit<RoutingTable, 'version'>;

function content(): Content {
  const host = { name: 'a', domains: ['*'], routes: [], providers: {}, claimHeaders: [] };
  const cluster = { name: 'c', endpoints: [], connectTimeoutMs: 1, maxConnections: 1 };
  return {
    listeners: [{ name: 'l', port: 1, tls: false, stripPort: false, virtualHosts: ['a'] }],
    virtualHosts: { a: host },
    clusters: { c: cluster },
    keySets: { k: { kind: 'local', id: 'k', keys: [] } },
  };
}

const { listeners, virtualHosts, clusters, keySets } = content();
const [listener] = listeners;

const versionOf = (of: Content) => sealedTable(of).version;

describe('sealedTable', () => {
  it('is the same for equal contents, whatever objects they are made of', () => {
    const one = content();
    expect(versionOf(one)).toBe(versionOf(content()));
    expect(versionOf(one)).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each<[string, Partial<Content>]>([
    ['a listener', { listeners: [{ ...listener!, port: 2 }] }],
    ['the virtual hosts of a listener', { listeners: [{ ...listener!, virtualHosts: [] }] }],
    ['a virtual host', { virtualHosts: { a: { ...virtualHosts['a']!, domains: ['b'] } } }],
    ['a name', { virtualHosts: { b: virtualHosts['a']! } }],
    ['a cluster', { clusters: { c: { ...clusters['c']!, maxConnections: 2 } } }],
    ['the kind of a part', { clusters: {}, keySets: { ...keySets, c: keySets['k']! } }],
    ['a key set less', { keySets: {} }],
  ])('changes with %s', (_title, change) => {
    expect(versionOf({ ...content(), ...change })).not.toBe(versionOf(content()));
  });

  it('freezes all of it, and gives it with the version in front', () => {
    const table = sealedTable(content());
    expect(Object.keys(table)).toEqual([
      'version',
      'listeners',
      'virtualHosts',
      'clusters',
      'keySets',
    ]);
    const parts = [table, table.listeners, table.virtualHosts, table.clusters, table.keySets];
    for (const part of [...parts, table.virtualHosts['a']!.domains, table.listeners[0]]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });
});
