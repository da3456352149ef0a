import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { refKey, type Resource } from '../../../src/api/resource.ts';
import { validateManifest } from '../../../src/api/validate.ts';
import { KeptCopies } from '../../../src/kube/kept-copies.ts';
import { emptyHash, keyOf, readShard, writeShard } from '../../../src/kube/kept-shard.ts';

function upstream(name: string, metadata: object = {}, host = 'a.example'): Resource {
  const manifest = {
    apiVersion: 'gloo.solo.io/v1',
    kind: 'Upstream',
    metadata: { name, namespace: 'team', uid: `uid-${name}`, generation: 3, ...metadata },
    spec: { static: { hosts: [{ addr: host, port: 443 }] } },
  };
  const { entry } = validateManifest(manifest, { origin: '', defaultNamespace: '' });
  if (!entry?.resource) throw new Error('not valid');
  return entry.resource;
}

function keyed(...resources: readonly Resource[]): ReadonlyMap<string, Resource> {
  return new Map(resources.map((resource) => [keyOf(resource), resource]));
}

async function written(resources: ReadonlyMap<string, Resource>, maxLength?: number) {
  const shard = await writeShard(resources, '', maxLength);
  const { contents } = shard;
  if (contents === undefined) throw new Error('nothing written');
  return { ...shard, contents };
}

const contentsOf = (manifests: unknown): string =>
  gzipSync(JSON.stringify(manifests)).toString('base64');

const valid = {
  apiVersion: 'gloo.solo.io/v1',
  kind: 'Upstream',
  metadata: { name: 'x', namespace: 'team', uid: '1' },
  spec: { static: { hosts: [{ addr: 'a.example', port: 443 }] } },
};

describe('writeShard', () => {
  it('writes what readShard reads', async () => {
    const resources = keyed(
      upstream('a', { labels: { tier: 'one' }, creationTimestamp: '2030-01-01T00:00:00Z' }),
      upstream('b', { annotations: { note: 'stays' } }),
    );
    const shard = await written(resources);
    const read = await readShard(shard.contents);
    expect(read).toMatchObject({ hash: shard.hash, nameless: 0 });
    expect(new Map(new KeptCopies(read.manifests, () => {}))).toEqual(resources);
    expect(shard).toMatchObject({ resources: 2, leftOut: [] });
  });

  it('writes equal resources the same, whatever their order', async () => {
    const a = upstream('a', { labels: { one: '1', two: '2' } });
    const same = upstream('a', { labels: { two: '2', one: '1' } });
    const first = await written(keyed(a, upstream('b')));
    const second = await written(keyed(upstream('b'), same));
    expect(second).toEqual(first);
  });

  it.each([
    ['a', upstream('a', {}, 'b.example')],
    ['the generation', upstream('a', { generation: 4 })],
    ['the uid', upstream('a', { uid: 'other' })],
  ])('writes something else when %s is another', async (_what, other) => {
    const first = await written(keyed(upstream('a')));
    expect((await written(keyed(other))).hash).not.toBe(first.hash);
  });

  it('writes nothing that is there already', async () => {
    const resources = keyed(upstream('a'));
    const { hash } = await written(resources);
    expect((await writeShard(resources, hash)).contents).toBeUndefined();
    expect((await writeShard(new Map(), emptyHash)).contents).toBeUndefined();
  });

  it('leaves out the manifest that kubectl adds to a manifest', async () => {
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': '{"canary":1}',
      note: 'stays',
    };
    const { contents } = await written(keyed(upstream('a', { annotations })));
    const text = gunzipSync(Buffer.from(contents, 'base64')).toString();
    expect(text).toContain('stays');
    expect(text).not.toContain('canary');
  });

  it('leaves out the largest resources when there is no room, and names them', async () => {
    const large = (size: number) => ({ annotations: { noise: randomBytes(size).toString('hex') } });
    const resources = keyed(
      upstream('small'),
      upstream('huge', large(6_000)),
      upstream('big', large(4_000)),
      upstream('middle', large(1_000)),
    );
    const shard = await written(resources, 5_000);
    expect(shard.contents.length).toBeLessThanOrEqual(5_000);
    expect(shard.leftOut).toEqual(['Upstream/team/big', 'Upstream/team/huge']);
    const read = await readShard(shard.contents);
    expect([...read.manifests.keys()]).toEqual(['Upstream/team/middle', 'Upstream/team/small']);
    // A later process, which finds the rest stored, has to name them as well.
    const again = await writeShard(resources, shard.hash, 5_000);
    expect(again).toEqual({ ...shard, contents: undefined });
  });

  it('leaves out everything when nothing has room', async () => {
    const shard = await written(keyed(upstream('a')), 1);
    expect(shard).toMatchObject({ resources: 0, leftOut: ['Upstream/team/a'] });
  });

  it('stays below what the API server takes', async () => {
    const noise = () => ({ annotations: { noise: randomBytes(100_000).toString('hex') } });
    const names = Array.from({ length: 12 }, (_, index) => `u${index}`);
    const shard = await written(keyed(...names.map((name) => upstream(name, noise()))));
    expect(shard.contents.length).toBeLessThanOrEqual(900 * 1024);
    expect(shard.leftOut.length).toBeGreaterThan(0);
  });
});

describe('readShard', () => {
  it.each([
    ['without a uid', { ...valid, metadata: { name: 'x', namespace: 'team' } }],
    ['without a namespace', { ...valid, metadata: { name: 'x', uid: '1' } }],
    ['Secrets', { apiVersion: 'v1', kind: 'Secret', metadata: valid.metadata, data: {} }],
    ['no objects', 7],
    ['of an unknown kind', { ...valid, kind: 'Gadget' }],
  ])('passes over copies that are %s', async (_what, manifest) => {
    const read = await readShard(contentsOf([manifest, valid]));
    expect([...read.manifests.keys()]).toEqual([
      refKey({ kind: 'Upstream', namespace: 'team', name: 'x' }),
    ]);
    expect(read.nameless).toBe(1);
  });

  it.each([
    ['nothing', undefined],
    ['a number', 7],
    ['no gzip', Buffer.from('hello').toString('base64')],
    ['half of it', contentsOf([valid]).slice(0, 60)],
    ['no JSON', gzipSync('{').toString('base64')],
    ['no array', contentsOf({})],
    ['a bomb', gzipSync(Buffer.alloc(300 * 1024 * 1024)).toString('base64')],
  ])('throws on %s', async (_what, contents) => {
    await expect(readShard(contents)).rejects.toThrow();
  });
});
