import { describe, expect, it } from '@jest/globals';
import type { Resource } from '../../../src/api/resource.ts';
import {
  changedShards,
  nextKept,
  resourcesOfShard,
  shardCount,
  shardName,
  shardOf,
  shardOfName,
} from '../../../src/kube/kept-set.ts';
import type { ObservedObjects } from '../../../src/kube/observed-objects.ts';

const resource = (name: string, uid: string | undefined = '1', kind = 'Upstream'): Resource =>
  ({ kind, metadata: { namespace: 'team', name, ...(uid && { uid }) } }) as unknown as Resource;

/** By name, the uid of what is in the cluster. */
const observing = (uids: Readonly<Record<string, string>>): ObservedObjects => ({
  get: ({ name }) => {
    const uid = uids[name];
    return uid === undefined
      ? undefined
      : { uid, resourceVersion: '1', generation: 1, status: undefined };
  },
  saw: () => undefined,
});

describe('nextKept', () => {
  it('is what was accepted, and the rest of what still is there', () => {
    const newer = resource('a');
    const kept = new Map([
      ['a', resource('a')],
      ['bad now', resource('bad')],
      ['made anew', resource('anew')],
      ['gone', resource('gone')],
    ]);
    const next = nextKept(
      kept,
      new Map([['a', newer]]),
      observing({ bad: '1', anew: '2', a: '1' }),
    );
    expect([...next.keys()]).toEqual(['a', 'bad now']);
    expect(next.get('a')).toBe(newer);
  });

  it('never is a Secret, nor what has no uid', () => {
    const accepted = new Map([
      ['Secret/team/s', resource('s', '1', 'Secret')],
      ['Service/team/s', resource('s', '1', 'Service')],
      ['Upstream/team/file', resource('file', '')],
    ]);
    expect(nextKept(new Map(), accepted, observing({})).size).toBe(0);
  });
});

describe('shards', () => {
  it('take all keys, about evenly', () => {
    const keys = Array.from({ length: 3_200 }, (_, index) => `VirtualService/team-${index}/web`);
    const sizes = new Map<number, number>();
    for (const key of keys) sizes.set(shardOf(key), (sizes.get(shardOf(key)) ?? 0) + 1);
    expect(sizes.size).toBe(shardCount);
    expect(Math.max(...sizes.values())).toBeLessThan(200);
  });

  it('stay the same from one release to the next', () => {
    expect(shardOf('VirtualService/team-a/web')).toBe(30);
    expect(shardName(7)).toBe('seekgate-07');
  });

  it('are told by the names of their objects', () => {
    const numbers = Array.from({ length: shardCount }, (_, shard) => shard);
    expect(numbers.map((shard) => shardOfName(shardName(shard)))).toEqual(numbers);
    expect(shardOfName('seekgate-99')).toBeUndefined();
    expect(shardOfName('other')).toBeUndefined();
  });

  it('have changed where a resource has come, gone, or is another', () => {
    const a = resource('a');
    const before = new Map([
      ['a', a],
      ['b', resource('b')],
      ['c', resource('c')],
    ]);
    const after = new Map([
      ['a', a],
      ['b', resource('b')],
      ['d', resource('d')],
    ]);
    expect(changedShards(before, after)).toEqual(new Set(['b', 'd', 'c'].map(shardOf)));
    expect(changedShards(after, after).size).toBe(0);
  });

  it('hold what is theirs', () => {
    const all = new Map(['a', 'b', 'c'].map((name) => [name, resource(name)]));
    expect([...resourcesOfShard(all, shardOf('b')).keys()]).toContain('b');
    const parts = Array.from({ length: shardCount }, (_, shard) => resourcesOfShard(all, shard));
    expect(parts.reduce((sum, part) => sum + part.size, 0)).toBe(3);
  });
});
