import { describe, expect, test } from '@jest/globals';

import type { RoutingTable } from '../../../src/ir/table.ts';
import { cluster, program, route, table, virtualHost } from '../../support/gateway.ts';

const routing = table(virtualHost(), [cluster(1)]);

describe('prepareProgram', () => {
  test('takes what has not changed from the program before', () => {
    const first = program(routing);
    const second = program(structuredClone(routing), {}, first);
    expect(second.virtualHosts.get('ns.host')).toBe(first.virtualHosts.get('ns.host'));
    expect(second.upstreams.get('up')).toBe(first.upstreams.get('up'));
  });

  test('prepares what has changed anew, and keeps the connections of endpoints that stay', () => {
    const first = program(routing);
    const { endpoints } = cluster(1);
    const changed = table(virtualHost({ routes: [route({ name: 'x' })] }), [
      cluster(1, { endpoints: [...endpoints, { host: '10.0.0.1', port: 2, weight: 1 }] }),
    ]);
    const second = program(changed, {}, first);
    expect(second.virtualHosts.get('ns.host')).not.toBe(first.virtualHosts.get('ns.host'));
    const [before, after] = [first, second].map((one) => one.upstreams.get('up')?.endpoints);
    expect(after?.[0]).toBe(before?.[0]);
    expect(after).toHaveLength(2);
  });

  test('takes how hosts are found from the program before when it is the same', () => {
    const first = program(routing);
    const [listener] = routing.listeners;
    const moved = { ...structuredClone(routing), listeners: [{ ...listener!, port: 2 }] };
    const [before, after] = [first, program(moved, {}, first)].map((one) =>
      one.listeners.get(listener!.name),
    );
    expect(after?.find).toBe(before?.find);
    expect(after?.listener.port).toBe(2);
    const emptied = { ...routing, listeners: [{ ...listener!, virtualHosts: [] }] };
    const none = program(emptied, {}, first).listeners.get(listener!.name);
    expect(none?.find('host.example')).toBeUndefined();
    expect(none?.find).not.toBe(before?.find);
  });

  test('lets go of connections when it is retired and its last request has ended', () => {
    const first = program(routing);
    const [endpoint] = first.upstreams.get('up')?.endpoints ?? [];
    const { pool } = endpoint!;
    first.enter();
    first.retire();
    expect(pool.closed).toBe(false);
    first.leave();
    expect(pool.closed).toBe(true);
  });

  test('but not of those that the next program uses', () => {
    const first = program(routing);
    const second = program(structuredClone(routing), {}, first);
    const { pool } = second.upstreams.get('up')!.endpoints[0]!;
    first.retire();
    expect(pool.closed).toBe(false);
    second.retire();
    expect(pool.closed).toBe(true);
  });

  test('is quick for a thousand virtual hosts, and quicker when few have changed', () => {
    const many = (changed: number): RoutingTable => {
      const hosts = Array.from({ length: 1000 }, (_none, index) =>
        virtualHost({
          name: `ns.h${index}`,
          domains: [`h${index}.example`],
          routes: Array.from({ length: 5 }, (_also, at) =>
            route({ name: `r${at}${index < changed ? 'x' : ''}` }),
          ),
        }),
      );
      return {
        ...routing,
        listeners: [{ ...routing.listeners[0]!, virtualHosts: hosts.map(({ name }) => name) }],
        virtualHosts: Object.fromEntries(hosts.map((host) => [host.name, host])),
      };
    };
    const started = performance.now();
    const first = program(many(0));
    const second = program(many(1), {}, first);
    expect(performance.now() - started).toBeLessThan(500);
    const [listener] = second.listeners.values();
    expect(listener?.find('h999.example')).toBe(first.virtualHosts.get('ns.h999'));
    expect(second.virtualHosts.get('ns.h0')).not.toBe(first.virtualHosts.get('ns.h0'));
  });
});
