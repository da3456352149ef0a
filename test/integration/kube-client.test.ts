import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/base/clock.ts';
import { createLogger } from '../../src/base/log.ts';
import { KubeApiError } from '../../src/kube/kube-api-error.ts';
import { createKubeClient, type KubeClient } from '../../src/kube/kube-client.ts';
import { createKubeCredentials } from '../../src/kube/kube-credentials.ts';
import type { KubeObject } from '../../src/kube/kube-object.ts';
import { createListWatch, type ListWatch } from '../../src/kube/list-watch.ts';
import { metadataClient } from '../../src/kube/metadata-client.ts';
import { readKubeConfig, writeKubeConfig } from '../support/kube-config-file.ts';
import { startKube, type KubeApi } from '../support/kube.ts';
import { startSilentRelay, type SilentRelay } from '../support/silent-relay.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const collections = [
  'configmaps',
  'endpoints',
  'limitranges',
  'namespaces',
  'nodes',
  'persistentvolumes',
  'pods',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'serviceaccounts',
  'services',
];
const configMaps = '/api/v1/namespaces/default/configmaps';
const folder = createTempFolder();
const logger = createLogger('silent');

let kube: KubeApi;
let relay: SilentRelay;
let client: KubeClient;
let kubeconfig: string;
const running: ListWatch[] = [];

beforeAll(async () => {
  kube = await startKube();
  relay = await startSilentRelay(Number(new URL(kube.url).port));
  kubeconfig = writeKubeConfig(folder.pathOf('config'), {
    ...readKubeConfig(kube.kubeconfig),
    server: `https://127.0.0.1:${relay.port}`,
  });
}, 120_000);

afterAll(async () => {
  await relay?.stop();
  await kube?.stop();
  folder[Symbol.dispose]();
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await client.close();
});

/** A client of its own, through a relay that can be cut. */
async function connect(): Promise<KubeClient> {
  const credentials = await createKubeCredentials({ kubeconfig, clock: systemClock, logger });
  client = createKubeClient({ credentials, clock: systemClock, userAgent: 'seekgate/test' });
  return client;
}

/** Keeps what a list/watch tells of a collection, by name. */
function follow(
  path: string,
  query: Readonly<Record<string, string>> = {},
  through: KubeClient = client,
) {
  const uids = new Map<string, string>();
  let lists = 0;
  const list = createListWatch({
    client: through,
    path,
    query,
    logger,
    clock: systemClock,
    handlers: {
      replaced: (objects) => {
        lists += 1;
        uids.clear();
        for (const { metadata } of objects) uids.set(metadata.name, metadata.uid);
      },
      changed: ({ metadata }) => void uids.set(metadata.name, metadata.uid),
      deleted: ({ metadata }) => void uids.delete(metadata.name),
    },
  });
  running.push(list);
  return { list, uids, lists: () => lists };
}

async function until(what: string, met: () => boolean, withinMs = 15_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!met()) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await delay(10);
  }
}

/** The same by another way than the client under test. */
async function create(name: string): Promise<void> {
  const made = await kube.kubectl(['create', 'configmap', name, '--from-literal=a=漢']);
  expect(made).toMatchObject({ code: 0 });
}

async function remove(name: string): Promise<void> {
  expect(await kube.kubectl(['delete', 'configmap', name])).toMatchObject({ code: 0 });
}

describe('with a real API server', () => {
  it('twelve watches and requests share one connection', async () => {
    await connect();
    const all = collections.map((name) => follow(`/api/v1/${name}`));
    await until('synced', () => all.every(({ list }) => list.state() === 'synced'));
    await create('seen');
    await until('seen', () => all[0]?.uids.has('seen') === true);
    await Promise.all(
      collections.map((name) => client.request({ method: 'GET', path: `/api/v1/${name}` })),
    );
    await remove('seen');
    await until('gone', () => all[0]?.uids.has('seen') === false);
    expect(client.stats()).toMatchObject({ connectionsOpened: 1, connections: 1 });
    expect(all.map(({ list }) => list.counts())).toEqual(all.map(() => ({ lists: 1, watches: 1 })));
    // One that ends is nothing to the others.
    await all[1]?.list.stop();
    await create('after');
    await until('seen after', () => all[0]?.uids.has('after') === true);
    await remove('after');
    expect(client.stats().connectionsOpened).toBe(1);
  });

  it('more than a hundred watches need a second one', async () => {
    await connect();
    const names = Array.from({ length: 120 }, (_, index) => `none-${index}`);
    const all = names.map((name) =>
      follow('/api/v1/secrets', { fieldSelector: `metadata.name=${name}` }),
    );
    await until('synced', () => all.every(({ list }) => list.counts().watches === 1));
    expect(await client.request({ method: 'GET', path: '/version' })).toBeDefined();
    expect(client.stats().connections).toBe(2);
    expect(all.every(({ list }) => list.state() === 'synced')).toBe(true);
  });

  it('a collection of more than a page is told as one', async () => {
    await connect();
    const names = Array.from({ length: 1100 }, (_, index) => `many-${index}`);
    const body = (name: string) => ({ metadata: { name } });
    await Promise.all(
      names.map((name) =>
        client.request({ method: 'POST', path: configMaps, body: body(name), timeoutMs: 60_000 }),
      ),
    );
    const { list, uids, lists } = follow(configMaps);
    await until('synced', () => list.state() === 'synced');
    expect(names.filter((name) => !uids.has(name))).toEqual([]);
    expect(lists()).toBe(1);
    expect(list.counts().lists).toBe(3);
    await client.request({ method: 'DELETE', path: configMaps, timeoutMs: 60_000 });
    await until('gone', () => names.every((name) => !uids.has(name)), 60_000);
    expect(list.counts()).toEqual({ lists: 3, watches: 1 });
  }, 120_000);

  it('a collection that is longer than any answer may be is told as well', async () => {
    await connect();
    // The API server takes up to 1 MiB each.
    const data = { fill: 'x'.repeat(1_000_000) };
    const labels = { size: 'large' };
    const names = Array.from({ length: 20 }, (_, index) => `large-${index}`);
    for (const name of names) {
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data };
      await client.request({ method: 'POST', path: configMaps, body });
    }
    const { list, uids } = follow(configMaps, { labelSelector: 'size=large' });
    await until('synced', () => list.state() !== 'starting');
    expect([list.state(), uids.size]).toEqual(['synced', names.length]);
    await kube.kubectl(['delete', 'configmaps', '--selector=size=large']);
  }, 60_000);

  it('of objects of which only metadata is asked for nothing else is told', async () => {
    await connect();
    await create('metadata-1');
    const told: unknown[] = [];
    const keep = (object: KubeObject) => {
      if (object.metadata.name.startsWith('metadata-')) told.push(object['data']);
    };
    const list = createListWatch({
      client: metadataClient(client),
      path: configMaps,
      logger,
      clock: systemClock,
      handlers: { replaced: (objects) => objects.forEach(keep), changed: keep, deleted: () => {} },
    });
    running.push(list);
    await until('listed', () => told.length === 1);
    await create('metadata-2');
    await until('watched', () => told.length === 2);
    expect(told).toEqual([undefined, undefined]);
    await remove('metadata-1');
    await remove('metadata-2');
    expect(list.counts()).toEqual({ lists: 1, watches: 1 });
  });

  it('a cut connection is made again, and what happened meanwhile is told', async () => {
    await connect();
    await create('deleted');
    await create('anew');
    const { list, uids } = follow(configMaps);
    await until('seen', () => uids.has('anew'));
    const before = uids.get('anew');
    relay.cut();
    await remove('deleted');
    await remove('anew');
    await create('anew');
    await until(
      'told',
      () => !uids.has('deleted') && uids.get('anew') !== before && uids.has('anew'),
    );
    expect(list.counts()).toEqual({ lists: 1, watches: 2 });
    expect(client.stats()).toMatchObject({ connectionsOpened: 2, connections: 1 });
    await remove('anew');
  });

  it('after etcd has forgotten the version, the list is read anew', async () => {
    await connect();
    await create('deleted');
    await create('kept');
    let away = false;
    const { list, uids, lists } = follow(
      configMaps,
      {},
      {
        ...client,
        watch: (request) => {
          if (away) throw new KubeApiError(0, 'away');
          return client.watch(request);
        },
      },
    );
    await until('seen', () => uids.has('kept'));
    away = true;
    relay.cut();
    await remove('deleted');
    await create('meanwhile');
    await kube.server.kill();
    await kube.compact();
    await kube.server.start();
    away = false;
    await until('told', () => !uids.has('deleted') && uids.has('meanwhile'), 60_000);
    expect(uids.has('kept')).toBe(true);
    expect(lists()).toBe(2);
    await until('watching', () => list.state() === 'synced');
    await remove('meanwhile');
    await until('told', () => !uids.has('meanwhile'));
    await remove('kept');
  }, 120_000);

  it('an API server that is gone for a while is asked at most once a second', async () => {
    await connect();
    const { list, uids } = follow(configMaps);
    await until('seen', () => list.state() === 'synced');
    const before = list.counts();
    await kube.server.kill();
    await delay(8000);
    await kube.server.start();
    const { lists, watches } = list.counts();
    expect(lists + watches - before.lists - before.watches).toBeLessThanOrEqual(9);
    await create('after');
    await until('told', () => uids.has('after'), 31_000);
    expect(list.state()).toBe('synced');
    await remove('after');
  }, 120_000);

  it('what is refused or absent is said, and the others go on', async () => {
    await connect();
    const absent = follow('/apis/nowhere.test/v1/things');
    const secrets = follow('/api/v1/secrets');
    await until(
      'answered',
      () => absent.list.state() === 'absent' && secrets.list.state() === 'synced',
    );
    expect(absent.list.lastError()).toContain('404');
    await expect(
      client.request({
        method: 'POST',
        path: configMaps,
        body: { metadata: { name: 'Not a name' } },
      }),
    ).rejects.toMatchObject({ status: 422, message: expect.stringContaining('metadata.name') });
  });
});
