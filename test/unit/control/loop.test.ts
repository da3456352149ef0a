import { describe, expect, it } from '@jest/globals';
import type { Resource } from '../../../src/api/resource.ts';
import { createLogger } from '../../../src/base/log.ts';
import type { CompileResult } from '../../../src/compile/compile.ts';
import {
  createControlLoop,
  type ControlPorts,
  type ControlReport,
  type ListenerFailure,
} from '../../../src/control/loop.ts';
import { createStore } from '../../../src/store/store.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

function resultOf(version: string, made?: string): CompileResult {
  const keys = made === undefined ? [] : [made];
  const accepted = new Map(keys.map((key) => [key, {} as Resource]));
  const pair = { uid: '1', secret: {} as Resource<'Secret'> };
  const certificates = new Map(keys.map((key) => [`pair ${key}`, pair]));
  const table = { version, listeners: [], virtualHosts: {}, clusters: {}, keySets: {} };
  return { table, secrets: {}, outcomes: [], accepted, certificates, wanted: [] };
}

/** Lets every promise that can go on do so. */
const flush = () => new Promise(setImmediate);

function setUp(extra: Partial<ControlPorts> = {}) {
  const clock = createFakeClock();
  const lines: string[] = [];
  const seen = {
    synced: true,
    /** What the next compiles give: a version, an error, or something to wait for. */
    compiles: [] as (string | Error | Promise<string>)[],
    publishes: [] as (Error | ListenerFailure[] | undefined)[],
    compiled: 0,
    lastGood: [] as ReadonlyMap<string, Resource>[],
    certificates: [] as ReadonlyMap<string, unknown>[],
    published: [] as string[],
    reports: [] as ControlReport[],
  };
  const loop = createControlLoop(
    {
      synced: () => seen.synced,
      resources: createStore().snapshot,
      compile: async (_resources, { lastGood, lastCertificates }) => {
        seen.compiled += 1;
        seen.lastGood.push(lastGood);
        seen.certificates.push(lastCertificates);
        const next = await seen.compiles.shift();
        if (next instanceof Error) throw next;
        return resultOf(next ?? 'v0', `of ${next}`);
      },
      publish: async ({ table }) => {
        const next = seen.publishes.shift();
        if (next instanceof Error) throw next;
        seen.published.push(table.version);
        return next ?? [];
      },
      report: (report) => void seen.reports.push(report),
      ...extra,
    },
    { clock, logger: createLogger('info', { write: (line) => void lines.push(line) }) },
  );
  const change = async () => {
    loop.changed();
    clock.advance(50);
    await flush();
  };
  return {
    loop,
    clock,
    seen,
    change,
    logged: () => lines.map((line) => JSON.parse(line) as { msg: string }),
  };
}

describe('control loop', () => {
  it('compiles once for a burst of changes', async () => {
    const { loop, clock, seen } = setUp();
    for (let i = 0; i < 10; i++) {
      loop.changed();
      clock.advance(10);
    }
    clock.advance(50);
    await flush();
    expect(seen.compiled).toBe(1);
  });

  it('does not let a stream of changes hold it off for more than half a second', async () => {
    const { loop, clock, seen } = setUp();
    for (let i = 0; i < 55; i++) {
      loop.changed();
      clock.advance(10);
    }
    await flush();
    expect(seen.compiled).toBe(1);
  });

  it('compiles nothing before every source is synced', async () => {
    const { seen, change } = setUp();
    seen.synced = false;
    await change();
    expect(seen.compiled).toBe(0);
    seen.synced = true;
    await change();
    expect(seen.compiled).toBe(1);
  });

  it('compiles one at a time, and once more for what came meanwhile', async () => {
    const { seen, change } = setUp();
    let finish: (version: string) => void = () => {};
    seen.compiles = [new Promise((resolve) => (finish = resolve)), 'v2'];
    await change();
    await change();
    expect(seen.compiled).toBe(1);
    finish('v1');
    await flush();
    expect(seen.compiled).toBe(2);
    expect(seen.published).toEqual(['v1', 'v2']);
  });

  it('publishes a table only when it is another one', async () => {
    const { seen, change } = setUp();
    seen.compiles = ['v1', 'v1', 'v2'];
    await change();
    await change();
    await change();
    expect(seen.published).toEqual(['v1', 'v2']);
    expect(seen.reports.map(({ runningVersion }) => runningVersion)).toEqual(['v1', 'v1', 'v2']);
  });

  it('gives every compile what the one before accepted', async () => {
    const { seen, change } = setUp();
    seen.compiles = ['v1', 'v2'];
    await change();
    await change();
    expect(seen.lastGood.map((map) => [...map.keys()])).toEqual([[], ['of v1']]);
    expect(seen.certificates.map((map) => [...map.keys()])).toEqual([[], ['pair of v1']]);
  });

  it('keeps the table and what was accepted when a compile throws', async () => {
    const { seen, change, logged } = setUp();
    seen.compiles = ['v1', new Error('broken'), 'v2'];
    await change();
    await change();
    expect(seen.published).toEqual(['v1']);
    expect(logged().map(({ msg }) => msg)).toEqual(['table published', 'compile failed']);
    await change();
    expect(seen.published).toEqual(['v1', 'v2']);
    expect([...seen.lastGood[2]!.keys()]).toEqual(['of v1']);
  });

  it('says that a table is not in force when the engines refuse it, and tries again', async () => {
    const { seen, change, clock, logged } = setUp();
    seen.compiles = ['v1', 'v2', 'v2'];
    seen.publishes = [undefined, new Error('port 80 is in use')];
    await change();
    await change();
    expect(seen.reports[1]).toMatchObject({
      runningVersion: 'v1',
      publishError: expect.stringContaining('port 80 is in use'),
    });
    expect(logged().at(-1)).toMatchObject({ msg: 'publish failed', version: 'v2' });
    clock.advance(5_050);
    await flush();
    expect(seen.published).toEqual(['v1', 'v2']);
    expect(seen.reports[2]).toMatchObject({ runningVersion: 'v2' });
    expect(seen.reports[2]!.publishError).toBeUndefined();
  });

  it('says which listeners are not open, and tries again until they are', async () => {
    const { seen, change, clock, logged } = setUp();
    const failure = { listener: 'default', message: 'port 80 is in use' };
    seen.compiles = ['v1', 'v1', 'v1'];
    seen.publishes = [[failure]];
    await change();
    expect(seen.reports[0]).toMatchObject({ runningVersion: 'v1', listenerFailures: [failure] });
    expect(logged().at(-1)).toMatchObject({ msg: 'listener not opened', ...failure });
    clock.advance(5_050);
    await flush();
    expect(seen.published).toEqual(['v1', 'v1']);
    expect(seen.reports[1]).toMatchObject({ listenerFailures: [] });
    clock.advance(60_000);
    await flush();
    expect(seen.compiled).toBe(2);
  });

  it('compiles once more for all that came while it was busy, however often', async () => {
    const { seen, change } = setUp();
    let finish: (version: string) => void = () => {};
    seen.compiles = [new Promise((resolve) => (finish = resolve))];
    for (let count = 0; count < 4; count += 1) await change();
    finish('v1');
    await flush();
    expect(seen.compiled).toBe(2);
  });

  it('waits for what a compile looked up, and publishes and reports only then', async () => {
    const waits = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const wanted = waits.map(({ promise }) => promise);
    const { seen, change } = setUp({ want: () => wanted.shift() });
    seen.compiles = ['v1', 'v2', 'v3'];
    await change();
    expect([seen.compiled, seen.published, seen.reports]).toEqual([1, [], []]);
    waits[0]!.resolve();
    await flush();
    expect([seen.compiled, seen.published]).toEqual([2, []]);
    waits[1]!.resolve();
    await flush();
    expect(seen.published).toEqual(['v3']);
    expect(seen.reports).toHaveLength(1);
  });

  it('publishes after five compiles, although something else is wanted each time', async () => {
    const { seen, change } = setUp({ want: () => Promise.resolve() });
    seen.compiles = ['v1', 'v2', 'v3', 'v4', 'v5', 'v6'];
    await change();
    expect([seen.compiled, seen.published]).toEqual([5, ['v5']]);
  });

  it('begins with the versions that an earlier process accepted, and asks for them once', async () => {
    const restored = Promise.withResolvers<ReadonlyMap<string, Resource>>();
    let asked = 0;
    const { seen, change } = setUp({
      restored: () => {
        asked += 1;
        return restored.promise;
      },
    });
    await change();
    expect([asked, seen.compiled]).toEqual([1, 0]);
    restored.resolve(new Map([['kept', {} as Resource]]));
    await flush();
    await change();
    expect([asked, seen.compiled]).toEqual([1, 2]);
    expect([...seen.lastGood[0]!.keys()]).toEqual(['kept']);
  });

  it('begins without them when they cannot be had, and says so', async () => {
    const { seen, change, logged } = setUp({
      restored: () => Promise.reject(new Error('no rights')),
    });
    await change();
    expect(seen.lastGood[0]!.size).toBe(0);
    expect(logged()[0]).toMatchObject({ msg: 'accepted versions not restored' });
  });

  it('ends after the compile that is under way, and compiles no more', async () => {
    const { loop, seen, change, clock } = setUp();
    let finish: (version: string) => void = () => {};
    seen.compiles = [new Promise((resolve) => (finish = resolve))];
    await change();
    loop.changed();
    const stopped = loop.stop();
    finish('v1');
    await stopped;
    clock.advance(10_000);
    await flush();
    expect(seen.compiled).toBe(1);
  });
});
