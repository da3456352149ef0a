import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../src/kube/kube-object.ts';
import { watchedObject } from '../../../src/kube/watched-object.ts';

type Change = Readonly<Record<string, unknown>>;

const upstream = (metadata: Change = {}, body: Change = {}): KubeObject => ({
  metadata: {
    name: 'u',
    namespace: 'a',
    uid: 'one',
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '2030-01-01T00:00:00Z',
    ...metadata,
  },
  spec: { static: { hosts: [{ addr: 'example.com', port: 80 }] } },
  ...body,
});

const lastApplied = { 'kubectl.kubernetes.io/last-applied-configuration': '{"secret":"dGVzdA=="}' };
const other = { spec: { static: { hosts: [{ addr: 'example.com', port: 81 }] } } };

describe('an object of a watch', () => {
  it('gets kind and version, which items of a list lack, and keeps what compiles read', () => {
    const { entry } = watchedObject('Upstream', upstream({ labels: { x: 'y' } }), undefined);
    expect(entry).toEqual({
      ref: { kind: 'Upstream', namespace: 'a', name: 'u' },
      origin: '',
      uid: 'one',
      generation: 1,
      problems: [],
      resource: {
        kind: 'Upstream',
        metadata: {
          name: 'u',
          namespace: 'a',
          uid: 'one',
          generation: 1,
          creationTimestamp: '2030-01-01T00:00:00Z',
          labels: { x: 'y' },
        },
        spec: { static: { hosts: [{ addr: 'example.com', port: 80 }] } },
      },
    });
  });

  it('is an entry with problems when it does not fit', () => {
    const { entry } = watchedObject('Upstream', upstream({}, { spec: { nope: 1 } }), undefined);
    expect(entry).toMatchObject({
      problems: [{ reason: 'UnknownField' }, { reason: 'MissingField' }],
    });
    expect(entry).not.toHaveProperty('resource');
  });

  const changes: readonly [string, KubeObject, boolean][] = [
    ['its status', upstream({}, { status: { state: 1 } }), false],
    ['bookkeeping', upstream({ managedFields: [{}] }), false],
    ['what kubectl remembers', upstream({ annotations: lastApplied }), false],
    ['spec', upstream({}, other), true],
    ['labels', upstream({ labels: { x: 'y' } }), true],
    ['annotations', upstream({ annotations: { x: 'y' } }), true],
    ['its uid', upstream({ uid: 'two' }), true],
  ];
  it.each(changes)(
    'is another to a compile after a change of %s: %#',
    (_name, changed, isOther) => {
      const first = watchedObject('Upstream', upstream(), undefined);
      const { metadata } = changed;
      const later = { ...changed, metadata: { ...metadata, resourceVersion: '2' } };
      const second = watchedObject('Upstream', later, first);
      expect(second.fingerprint !== first.fingerprint).toBe(isOther);
      expect(second.entry !== first.entry).toBe(isOther);
    },
  );

  it('has the new generation after a change that was taken back unseen, and the resource it had', () => {
    const first = watchedObject('Upstream', upstream(), undefined);
    const later = upstream({ generation: 3, resourceVersion: '3' });
    const second = watchedObject('Upstream', later, first);
    expect(second.fingerprint).not.toBe(first.fingerprint);
    expect(second.entry).toMatchObject({ generation: 3 });
    expect(second.entry?.resource).toBe(first.entry?.resource);
  });

  it('of Kubernetes itself has no annotations: kubectl writes the data of a Secret there', () => {
    const secret = {
      metadata: { ...upstream().metadata, annotations: { ...lastApplied, x: 'y' } },
      type: 'Opaque',
      data: { key: 'dGVzdA==' },
    };
    const { entry } = watchedObject('Secret', secret, undefined);
    expect(entry?.resource).toMatchObject({ data: { key: 'dGVzdA==' } });
    expect(entry?.resource?.metadata).not.toHaveProperty('annotations');
    const again = { ...secret, metadata: { ...secret.metadata, annotations: {} } };
    expect(watchedObject('Secret', again, undefined).fingerprint).toBe(
      watchedObject('Secret', secret, undefined).fingerprint,
    );
  });
});
