import { describe, expect, it } from '@jest/globals';
import { KeptCopies, keyOfManifest } from '../../../src/kube/kept-copies.ts';

const manifest = (name: string, port: unknown = 443) => ({
  apiVersion: 'gloo.solo.io/v1',
  kind: 'Upstream',
  metadata: { name, namespace: 'team', uid: `uid-${name}` },
  spec: { static: { hosts: [{ addr: 'a.example', port }] } },
});

function copiesOf(...manifests: readonly ReturnType<typeof manifest>[]) {
  const invalid: string[] = [];
  const entries = manifests.map((one) => [one.metadata.name, one] as const);
  const copies = new KeptCopies(new Map(entries), (key) => void invalid.push(key));
  return { copies, invalid };
}

describe('KeptCopies', () => {
  it('gives a valid, frozen resource, each time the same', () => {
    const { copies } = copiesOf(manifest('a'));
    const resource = copies.get('a');
    expect(resource).toMatchObject({ kind: 'Upstream', metadata: { uid: 'uid-a' } });
    expect(Object.isFrozen(resource)).toBe(true);
    expect(copies.get('a')).toBe(resource);
    expect(copies.get('b')).toBeUndefined();
  });

  it('finds out what is not valid when that is asked for, and tells it once', () => {
    const { copies, invalid } = copiesOf(manifest('a'), manifest('bad', 'x'));
    expect(copies.size).toBe(2);
    expect([...copies.keys()]).toEqual(['a', 'bad']);
    expect(invalid).toEqual([]);
    expect(copies.has('bad')).toBe(false);
    expect(copies.get('bad')).toBeUndefined();
    expect(invalid).toEqual(['bad']);
    expect([...copies.keys()]).toEqual(['a']);
  });

  it('is a map of those that are valid', () => {
    const { copies } = copiesOf(manifest('bad', 'x'), manifest('a'), manifest('b'));
    const a = copies.get('a');
    expect([...copies].map(([key]) => key)).toEqual(['a', 'b']);
    expect([...copies.values()][0]).toBe(a);
    const seen: string[] = [];
    copies.forEach((resource, key) => void seen.push(`${key} ${resource.metadata.name}`));
    expect(seen).toEqual(['a a', 'b b']);
  });
});

describe('keyOfManifest', () => {
  it.each([
    ['of a resource of ours', manifest('a'), 'Upstream/team/a'],
    ['that is none', 7, undefined],
    ['of a kind of others', { ...manifest('a'), kind: 'Secret' }, undefined],
    ['without metadata', { kind: 'Upstream' }, undefined],
    ['without a uid', { kind: 'Upstream', metadata: { name: 'a', namespace: 'b' } }, undefined],
  ])('is the key of a manifest %s', (_what, given, key) => {
    expect(keyOfManifest(given)).toBe(key);
  });
});
