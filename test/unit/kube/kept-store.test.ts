import { describe, expect, it } from '@jest/globals';
import type { Resource } from '../../../src/api/resource.ts';
import { validateManifest } from '../../../src/api/validate.ts';
import { createLogger } from '../../../src/base/log.ts';
import { shardName, shardOf } from '../../../src/kube/kept-set.ts';
import { keyOf } from '../../../src/kube/kept-shard.ts';
import { createKeptStore } from '../../../src/kube/kept-store.ts';
import { KubeApiError } from '../../../src/kube/kube-api-error.ts';
import { createKeptApi } from '../../support/kept-api.ts';

function upstream(name: string): Resource {
  const manifest = {
    apiVersion: 'gloo.solo.io/v1',
    kind: 'Upstream',
    metadata: { name, namespace: 'team', uid: `uid-${name}` },
    spec: { static: { hosts: [{ addr: 'a.example', port: 443 }] } },
  };
  const { entry } = validateManifest(manifest, { origin: '', defaultNamespace: '' });
  if (!entry?.resource) throw new Error('not valid');
  return entry.resource;
}

const a = upstream('a');
const wanted = new Map([[keyOf(a), a]]);
const shard = shardOf(keyOf(a));
const name = shardName(shard);

function rig() {
  const api = createKeptApi();
  const logger = createLogger('silent');
  const store = createKeptStore({ client: api.client, namespace: 'own', logger });
  const told: string[] = [];
  const found = (resources: ReadonlyMap<string, Resource>) => void told.push(...resources.keys());
  const write = () => store.write(shard, { wanted: () => wanted, found });
  return { api, store, write, told };
}

describe('the store of kept versions', () => {
  it('writes what is not there, and once', async () => {
    const { api, write } = rig();
    expect(await write()).toBe(true);
    expect(await write()).toBe(false);
    expect(api.requests).toEqual([`POST ${name}`]);
  });

  it('knows after a look what is there, until it is told to forget', async () => {
    const { api, store, write } = rig();
    await write();
    const other = createKeptStore({
      client: api.client,
      namespace: 'own',
      logger: createLogger('silent'),
    });
    expect(other.known()).toBe(false);
    expect(new Map(await other.readAll())).toEqual(wanted);
    expect(other.known()).toBe(true);
    expect(await other.write(shard, { wanted: () => wanted, found: () => {} })).toBe(false);
    other.forget();
    expect(other.known()).toBe(false);
    expect(store.known()).toBe(false);
  });

  it('does not know what it read while it was told to forget', async () => {
    const { api, store, write } = rig();
    await write();
    api.before = () => store.forget();
    expect((await store.readAll()).size).toBe(1);
    expect(store.known()).toBe(false);
  });

  it('tells what another writer has written before it writes', async () => {
    const { api, write, told } = rig();
    await write();
    const second = createKeptStore({
      client: api.client,
      namespace: 'own',
      logger: createLogger('silent'),
    });
    const both = new Map(wanted);
    const found = (resources: ReadonlyMap<string, Resource>) => {
      for (const [key, resource] of resources) both.set(key, resource);
    };
    expect(await second.write(shard, { wanted: () => both, found })).toBe(false);
    expect(api.requests.slice(1)).toEqual([`POST ${name}`, `GET ${name}`]);
    expect(told).toEqual([]);
  });

  it('gives up after three tries against others', async () => {
    const { api, write } = rig();
    api.before = ({ method }) => {
      if (method !== 'GET') throw new KubeApiError(409, 'conflict');
    };
    await expect(write()).rejects.toMatchObject({ status: 409 });
    expect(api.requests.filter((line) => line.startsWith('POST'))).toHaveLength(3);
  });

  it.each([403, 404, 500])('passes on that the API server answers %s', async (status) => {
    const { api, store, write } = rig();
    api.before = () => {
      throw new KubeApiError(status, 'refused');
    };
    await expect(write()).rejects.toMatchObject({ status });
    await expect(store.readAll()).rejects.toMatchObject({ status });
    expect(store.known()).toBe(false);
  });

  it('passes over objects of other names', async () => {
    const { api, store, write } = rig();
    await write();
    const object = api.objects.get(name);
    if (!object) throw new Error('nothing stored');
    api.objects.clear();
    api.objects.set('mine', { ...object, metadata: { ...object.metadata, name: 'mine' } });
    expect((await store.readAll()).size).toBe(0);
  });
});
