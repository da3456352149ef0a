import { describe, expect, test } from '@jest/globals';

import type { PreparedListener } from '../../../src/dataplane/program.ts';
import { TlsSession } from '../../../src/dataplane/tls-session.ts';
import type { TlsContext } from '../../../src/ir/tls.ts';
import { listener, program, table, virtualHost } from '../../support/gateway.ts';

const host = (name: string, more: Partial<TlsContext> = {}) =>
  virtualHost({
    name,
    domains: [`${name}.test`],
    tls: { certificateSecret: 'cert', keySecret: 'key', sniDomains: [`${name}.test`], ...more },
  });

function listenerOf(...hosts: readonly ReturnType<typeof host>[]): PreparedListener {
  const made = program({
    ...table(virtualHost()),
    listeners: [listener({ tls: true, virtualHosts: hosts.map(({ name }) => name) })],
    virtualHosts: Object.fromEntries(hosts.map((one) => [one.name, one])),
  });
  const [prepared] = made.listeners.values();
  if (prepared === undefined) throw new Error('no listener');
  return prepared;
}

function reached(session: TlsSession, on: PreparedListener): readonly string[] {
  return on.served
    .filter((one) => session.reaches(on, one))
    .map(({ virtualHost: { name } }) => name);
}

const clients = (id: string) => ({ clients: { authoritiesSecret: id, names: [] } });

describe('TlsSession', () => {
  test('reaches what its server name leads to', () => {
    const on = listenerOf(host('a'), host('b'), host('c', { minVersion: 'TLSv1.3' }));
    expect(reached(new TlsSession('a.test', { clients: undefined }), on)).toEqual(['a', 'b']);
    expect(reached(new TlsSession('c.test', { clients: undefined }), on)).toEqual(['c']);
    expect(reached(new TlsSession('d.test', { clients: undefined }), on)).toEqual([]);
    expect(reached(new TlsSession(undefined, { clients: undefined }), on)).toEqual([]);
  });

  test('goes on after a rotation', () => {
    const session = new TlsSession('a.test', { clients: undefined });
    const rotated = { certificateSecret: 'cert2', keySecret: 'key2' };
    expect(reached(session, listenerOf(host('a')))).toEqual(['a']);
    expect(reached(session, listenerOf(host('a', rotated)))).toEqual(['a']);
  });

  test('is of no use where clients are asked for what it has not shown', () => {
    const on = listenerOf(host('a', clients('x')));
    const chain = on.chains?.find('a.test');
    if (chain === undefined) throw new Error('no chain');
    const [without, withOne] = [
      new TlsSession('a.test', { clients: undefined }),
      new TlsSession('a.test', chain),
    ];
    expect([without.isOfUse(on), withOne.isOfUse(on)]).toEqual([false, true]);
    const later = listenerOf(host('a', clients('y')));
    expect([withOne.isOfUse(later), reached(withOne, later)]).toEqual([false, []]);
    const open = listenerOf(host('a'));
    expect([withOne.isOfUse(open), reached(withOne, open)]).toEqual([true, ['a']]);
  });
});
