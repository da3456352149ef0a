import { afterEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '../../src/base/log.ts';
import { systemClock } from '../../src/base/clock.ts';
import { readSettings } from '../../src/config/read-settings.ts';
import { createEngines, type Engines } from '../../src/engines.ts';
import type { RoutingTable } from '../../src/ir/table.ts';

const open: Engines[] = [];
afterEach(async () => {
  for (const engines of open.splice(0)) await engines.stop({ acceptMs: 0, graceMs: 0 });
});

function build(): Engines {
  const logger = createLogger('silent');
  const engines = createEngines({
    settings: readSettings(['.'], {}),
    address: '127.0.0.1',
    logger,
    accessLogger: logger,
    clock: systemClock,
  });
  open.push(engines);
  return engines;
}

/** A table whose only route answers with a text. */
function tableOf(body: string, port = 0): RoutingTable {
  const path = { kind: 'prefix', value: '/', caseSensitive: true } as const;
  return {
    version: `version of ${body}`,
    listeners: [{ name: 'default', port, tls: false, stripPort: false, virtualHosts: ['a.b'] }],
    virtualHosts: {
      'a.b': {
        name: 'a.b',
        domains: ['*'],
        routes: [
          {
            name: 'all',
            matchers: [{ path, headers: [], query: [], methods: [] }],
            action: { kind: 'direct', status: 200, body },
          },
        ],
        providers: {},
        claimHeaders: [],
      },
    },
    clusters: {},
    keySets: {},
  };
}

const resultOf = (table: RoutingTable) => {
  return {
    table,
    secrets: {},
    outcomes: [],
    accepted: new Map(),
    certificates: new Map(),
    wanted: [],
  };
};

const ask = (engines: Engines) =>
  fetch(`http://127.0.0.1:${engines.ports()['default']}/`).then((answer) => answer.text());

describe('engines', () => {
  it('have no port open and no keys tried before the first table', () => {
    const engines = build();
    expect(engines.ports()).toEqual({});
    expect(engines.publishedAtMs()).toBeUndefined();
    expect(engines.keysAttempted()).toBe(false);
  });

  it('serve a table once it is published, and the next one on the same port', async () => {
    const engines = build();
    expect(await engines.publish(resultOf(tableOf('one')))).toEqual([]);
    const ports = engines.ports();
    expect(await ask(engines)).toBe('one');
    await engines.publish(resultOf(tableOf('two')));
    expect(await ask(engines)).toBe('two');
    expect(engines.ports()).toEqual(ports);
    expect(engines.publishedAtMs()).toBeGreaterThan(0);
    expect(engines.traffic().requests).toMatchObject([{ value: 2 }]);
    expect(engines.verification()).toMatchObject({ cacheEntries: 0 });
  });

  it('have tried all keys at once where none come from the network', async () => {
    const engines = build();
    await engines.publish(resultOf(tableOf('one')));
    await new Promise(setImmediate);
    expect(engines.keysAttempted()).toBe(true);
    expect(engines.keySetStates()).toEqual({});
  });

  it('say which listener could not be opened, and open it when the same table comes again', async () => {
    const first = build();
    await first.publish(resultOf(tableOf('one')));
    const second = build();
    const table = tableOf('two', first.ports()['default']);
    const failures = await second.publish(resultOf(table));
    expect(failures).toEqual([
      { listener: 'default', message: expect.stringMatching(/EADDRINUSE/) },
    ]);
    await first.stop({ acceptMs: 0, graceMs: 0 });
    expect(await second.publish(resultOf(table))).toEqual([]);
    expect(await ask(second)).toBe('two');
  });

  it('keep the keys of the table that serves when the next one cannot be prepared', async () => {
    const engines = build();
    const keySet = (id: string) => {
      const url = 'http://127.0.0.1:1/keys';
      return { [id]: { kind: 'remote', id, url, cacheDurationMs: 60_000 } as const };
    };
    await engines.publish(resultOf({ ...tableOf('one'), keySets: keySet('first') }));
    const broken = { ...tableOf('two'), keySets: keySet('second') };
    const { 'a.b': virtualHost } = broken.virtualHosts;
    const routes = undefined as unknown as [];
    const virtualHosts = { 'a.b': { ...virtualHost!, routes } };
    const failing = engines.publish(resultOf({ ...broken, virtualHosts }));
    await expect(failing).rejects.toThrow(TypeError);
    expect(Object.keys(engines.keySetStates())).toEqual(['first']);
    expect(await ask(engines)).toBe('one');
    await engines.publish(resultOf(broken));
    expect(Object.keys(engines.keySetStates())).toEqual(['second']);
    expect(await ask(engines)).toBe('two');
  });
});
