import { describe, expect, it } from '@jest/globals';
import { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Resource } from '../../../src/api/resource.ts';
import { validateManifest } from '../../../src/api/validate.ts';
import { createLogger } from '../../../src/base/log.ts';
import { shardCount, shardName, shardOf } from '../../../src/kube/kept-set.ts';
import { keyOf } from '../../../src/kube/kept-shard.ts';
import { createKeptVersions } from '../../../src/kube/kept-versions.ts';
import { KubeApiError } from '../../../src/kube/kube-api-error.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createKeptApi, type KeptApi } from '../../support/kept-api.ts';

type Resources = ReadonlyMap<string, Resource>;

function upstream(name: string, { port = 443, uid = `uid-${name}` } = {}): Resource {
  const manifest = {
    apiVersion: 'gloo.solo.io/v1',
    kind: 'Upstream',
    metadata: { name, namespace: 'team', uid },
    spec: { static: { hosts: [{ addr: 'a.example', port }] } },
  };
  const { entry } = validateManifest(manifest, { origin: '', defaultNamespace: '' });
  if (!entry?.resource) throw new Error('not valid');
  return entry.resource;
}

const keyed = (...resources: readonly Resource[]): Resources =>
  new Map(resources.map((resource) => [keyOf(resource), resource]));

/** One controller; `cluster` holds the uid of each object by name. */
function controller(api: KeptApi, cluster: Record<string, string> = {}) {
  const clock = createFakeClock();
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  let leader = true;
  const kept = createKeptVersions({
    client: api.client,
    observed: {
      get: ({ name }) => {
        const uid = cluster[name];
        if (uid === undefined) return undefined;
        return { uid, resourceVersion: '1', generation: 1, status: undefined };
      },
      saw: () => undefined,
    },
    isLeader: () => leader,
    namespace: 'own',
    clock,
    logger: createLogger('info', sink),
  });
  return {
    kept,
    clock,
    /** Messages of the log from `level` on. */
    warnings: () => lines.filter(({ level }) => level === 'warn').map(({ msg }) => msg),
    lead: (now: boolean) => {
      leader = now;
      if (now) kept.leading();
    },
    /** Lets time pass and everything that falls due be done. */
    pass: async (ms: number) => {
      clock.advance(ms);
      for (let turn = 0; turn < 5; turn += 1) await nextTurn();
      // Packing is done by threads, which no clock tells of; a request that gets no answer is not waited for.
      while (kept.stats().busy && api.waiting === 0) await nextTurn();
    },
  };
}

const writesOf = (api: KeptApi): readonly string[] =>
  api.requests.filter((line) => !line.startsWith('GET'));

async function restored(api: KeptApi): Promise<Resources> {
  return new Map(await controller(api).kept.restore());
}

const fail = (status: number, retryAfterMs?: number) => () => {
  throw new KubeApiError(status, `answer ${status}`, { retryAfterMs });
};

describe('kept versions', () => {
  it('come back in the next controller', async () => {
    const api = createKeptApi();
    const resources = keyed(upstream('a'), upstream('b'), upstream('c'));
    const { kept, pass } = controller(api);
    expect((await kept.restore()).size).toBe(0);
    kept.keep(resources);
    await pass(1_000);
    expect(await restored(api)).toEqual(resources);
    expect(kept.stats()).toEqual({
      writes: 3,
      failures: 0,
      resources: 3,
      busy: false,
      lastError: undefined,
    });
  });

  it('are at hand when they were asked for before', async () => {
    const api = createKeptApi();
    const { kept, pass } = controller(api);
    kept.keep(keyed(upstream('a')));
    await pass(1_000);
    const next = controller(api);
    next.kept.prepare();
    await next.pass(0);
    api.requests.length = 0;
    expect([...(await next.kept.restore()).keys()]).toEqual(['Upstream/team/a']);
    expect(api.requests).toEqual([]);
  });

  it('are asked for again when they could not be read before', async () => {
    const api = createKeptApi();
    const { kept, pass } = controller(api);
    kept.keep(keyed(upstream('a')));
    await pass(1_000);
    const next = controller(api);
    api.before = fail(503);
    next.kept.prepare();
    await next.pass(0);
    api.before = () => undefined;
    expect((await next.kept.restore()).size).toBe(1);
  });

  it('come back page by page', async () => {
    const api = createKeptApi();
    const resources = keyed(...Array.from({ length: 300 }, (_, index) => upstream(`u${index}`)));
    const { kept, pass } = controller(api);
    kept.keep(resources);
    await pass(1_000);
    await kept.stop();
    expect(api.objects.size).toBe(shardCount);
    api.requests.length = 0;
    expect((await restored(api)).size).toBe(300);
    expect(api.requests).toHaveLength(4);
  });

  it('are written a moment after the last change, in one write for each object that changes', async () => {
    const api = createKeptApi();
    const { kept, pass } = controller(api);
    await kept.restore();
    kept.keep(keyed(upstream('a')));
    await pass(900);
    kept.keep(keyed(upstream('a', { port: 1 })));
    await pass(900);
    expect(writesOf(api)).toEqual([]);
    await pass(100);
    const name = shardName(shardOf('Upstream/team/a'));
    expect(writesOf(api)).toEqual([`POST ${name}`]);
    kept.keep(keyed(upstream('a', { port: 2 })));
    await pass(1_000);
    expect(writesOf(api)).toEqual([`POST ${name}`, `PUT ${name}`]);
  });

  it('are written 10 s after the first of changes that do not end', async () => {
    const api = createKeptApi();
    const { kept, pass } = controller(api);
    await kept.restore();
    for (let port = 1; port <= 20; port += 1) {
      expect(writesOf(api)).toEqual([]);
      kept.keep(keyed(upstream('a', { port })));
      await pass(500);
    }
    await pass(0);
    expect(writesOf(api)).toHaveLength(1);
  });

  it('cost nothing while nothing changes, and nothing after a restart', async () => {
    const api = createKeptApi();
    const first = controller(api);
    first.kept.keep(keyed(upstream('a'), upstream('b')));
    await first.pass(1_000);
    api.requests.length = 0;
    first.kept.keep(keyed(upstream('a'), upstream('b')));
    await first.pass(1_000);
    expect(api.requests).toEqual([]);
    const second = controller(api, { a: 'uid-a', b: 'uid-b' });
    await second.kept.restore();
    second.kept.keep(keyed(upstream('a'), upstream('b')));
    await second.pass(1_000);
    expect(api.requests).toEqual(['GET *']);
  });

  it('stay while the resource is there, however often controllers start on a bad one', async () => {
    const api = createKeptApi();
    const good = controller(api);
    good.kept.keep(keyed(upstream('a'), upstream('b'), upstream('gone'), upstream('anew')));
    await good.pass(1_000);
    const cluster = { a: 'uid-a', b: 'uid-b', anew: 'another' };
    const second = controller(api, cluster);
    second.kept.keep(keyed(upstream('b')));
    await second.pass(1_000);
    const left = await restored(api);
    expect([...left.keys()].toSorted()).toEqual(['Upstream/team/a', 'Upstream/team/b']);
  });

  it('are not overwritten before a compile has told what is accepted', async () => {
    const api = createKeptApi();
    const first = controller(api);
    first.kept.keep(keyed(upstream('a')));
    await first.pass(1_000);
    const second = controller(api);
    await second.kept.restore();
    second.lead(true);
    await second.pass(5_000);
    await second.kept.stop();
    expect((await restored(api)).size).toBe(1);
    expect(writesOf(api)).toHaveLength(1);
  });

  it('are written by the leader only; who becomes it looks at what is there', async () => {
    const api = createKeptApi();
    const one = controller(api, { a: 'uid-a', b: 'uid-b' });
    const two = controller(api, { a: 'uid-a', b: 'uid-b' });
    two.lead(false);
    for (const { kept } of [one, two]) kept.keep(keyed(upstream('a')));
    await Promise.all([one.pass(1_000), two.pass(1_000)]);
    expect(writesOf(api)).toHaveLength(1);
    one.kept.keep(keyed(upstream('a'), upstream('b')));
    await one.pass(1_000);
    one.lead(false);
    two.lead(true);
    await two.pass(1_000);
    expect([...(await restored(api)).keys()].toSorted()).toEqual([
      'Upstream/team/a',
      'Upstream/team/b',
    ]);
    two.kept.keep(keyed(upstream('a', { port: 1 }), upstream('b')));
    await two.pass(1_000);
    expect((await restored(api)).get('Upstream/team/a')).toEqual(upstream('a', { port: 1 }));
    one.kept.keep(keyed(upstream('a', { port: 2 }), upstream('b')));
    await one.pass(5_000);
    expect((await restored(api)).get('Upstream/team/a')).toEqual(upstream('a', { port: 1 }));
  });

  it('survive that another writer was faster: read again, joined, written', async () => {
    const api = createKeptApi();
    const one = controller(api, { a: 'uid-a' });
    one.kept.keep(keyed(upstream('a')));
    await one.pass(1_000);
    const name = shardName(shardOf('Upstream/team/a'));
    const stored = api.objects.get(name);
    if (!stored) throw new Error('nothing stored');
    api.objects.set(name, { ...stored, metadata: { ...stored.metadata, resourceVersion: '99' } });
    api.requests.length = 0;
    one.kept.keep(keyed(upstream('a', { port: 1 })));
    await one.pass(1_000);
    expect(api.requests).toEqual([`PUT ${name}`, `GET ${name}`, `PUT ${name}`]);
    api.objects.delete(name);
    one.kept.keep(keyed(upstream('a', { port: 2 })));
    await one.pass(1_000);
    expect((await restored(api)).get('Upstream/team/a')).toEqual(upstream('a', { port: 2 }));
    expect(one.warnings()).toEqual([]);
  });

  it('that cannot be read cost only themselves, and are written anew', async () => {
    const api = createKeptApi();
    const resources = keyed(upstream('a'), upstream('b'));
    const one = controller(api);
    one.kept.keep(resources);
    await one.pass(1_000);
    const name = shardName(shardOf('Upstream/team/a'));
    const stored = api.objects.get(name);
    if (!stored) throw new Error('nothing stored');
    api.objects.set(name, { ...stored, spec: { resources: 1, contents: 'AAAA' } });
    const two = controller(api, { a: 'uid-a', b: 'uid-b' });
    expect([...(await two.kept.restore()).keys()]).toEqual(['Upstream/team/b']);
    expect(two.warnings()).toEqual(['kept versions cannot be read']);
    two.kept.keep(resources);
    await two.pass(1_000);
    expect(await restored(api)).toEqual(resources);
  });

  it('are written before the process ends, unless another one leads', async () => {
    const api = createKeptApi();
    const one = controller(api);
    one.kept.keep(keyed(upstream('a')));
    await one.kept.stop();
    expect((await restored(api)).size).toBe(1);
    const two = controller(api);
    two.lead(false);
    two.kept.keep(keyed(upstream('b')));
    await two.kept.stop();
    expect([...(await restored(api)).keys()]).toEqual(['Upstream/team/a']);
  });
});

describe('while the API server does not take them', () => {
  it.each([
    ['without the CRD', 404],
    ['without the right', 403],
  ])('%s: one warning, a look each minute', async (_title, status) => {
    const api = createKeptApi();
    api.before = fail(status);
    const { kept, pass, warnings } = controller(api);
    expect((await kept.restore()).size).toBe(0);
    kept.keep(keyed(upstream('a')));
    for (let second = 0; second < 300; second += 20) {
      kept.keep(keyed(upstream('a', { port: second + 1 })));
      await pass(20_000);
    }
    expect(warnings()).toEqual(['kept versions not restored', 'accepted versions cannot be kept']);
    expect(api.requests.length).toBeLessThanOrEqual(7);
    expect(kept.stats()).toMatchObject({ failures: 5, lastError: `answer ${status}` });
    api.before = () => undefined;
    await pass(60_000);
    expect((await restored(api)).size).toBe(1);
    expect(kept.stats()).toMatchObject({ failures: 5, lastError: undefined });
  });

  it.each([
    ['an error', fail(500)],
    ['no answer', fail(0)],
    ['too many requests', fail(429, 30_000)],
  ])(
    '%s: later and later',
    async (_title, before) => {
      const api = createKeptApi();
      const { kept, pass, warnings } = controller(api);
      await kept.restore();
      api.before = before;
      kept.keep(keyed(upstream('a')));
      for (let second = 0; second < 600; second += 1) await pass(1_000);
      expect(api.requests.length).toBeGreaterThan(8);
      expect(api.requests.length).toBeLessThan(20);
      expect(warnings()).toEqual(['accepted versions cannot be kept']);
    },
    20_000,
  );

  it('a start goes on without them after 5 s', async () => {
    const api = createKeptApi();
    api.before = () => new Promise(() => undefined);
    const { kept, pass, warnings } = controller(api);
    const asked = kept.restore();
    await pass(4_999);
    expect(warnings()).toEqual([]);
    await pass(1);
    expect((await asked).size).toBe(0);
    expect(warnings()).toEqual(['kept versions not restored']);
  });

  it('a start waits for what may be over in a moment', async () => {
    const api = createKeptApi();
    const first = controller(api);
    first.kept.keep(keyed(upstream('a')));
    await first.pass(1_000);
    api.before = fail(503);
    const { kept, pass } = controller(api);
    const asked = kept.restore();
    await pass(1_000);
    api.before = () => undefined;
    await pass(1_000);
    expect((await asked).size).toBe(1);
  });

  it('an end waits 2 s', async () => {
    const api = createKeptApi();
    const { kept, pass } = controller(api);
    await kept.restore();
    kept.keep(keyed(upstream('a')));
    api.before = () => new Promise(() => undefined);
    let ended = false;
    const stopped = kept.stop().finally(() => {
      ended = true;
    });
    await pass(1_999);
    expect(ended).toBe(false);
    await pass(1);
    await stopped;
  });

  it('copies that were not seen at the start are not lost', async () => {
    const api = createKeptApi();
    const first = controller(api);
    first.kept.keep(keyed(upstream('a'), upstream('b')));
    await first.pass(1_000);
    const second = controller(api, { a: 'uid-a', b: 'uid-b' });
    api.before = fail(403);
    await second.kept.restore();
    api.before = () => undefined;
    second.kept.keep(keyed(upstream('b', { port: 1 })));
    await second.pass(1_000);
    const left = await restored(api);
    expect(left.get('Upstream/team/a')).toEqual(upstream('a'));
    expect(left.get('Upstream/team/b')).toEqual(upstream('b', { port: 1 }));
  });
});
