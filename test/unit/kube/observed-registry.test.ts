import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../src/kube/kube-object.ts';
import { createObservedRegistry } from '../../../src/kube/observed-registry.ts';

const ref = { kind: 'Upstream', namespace: 'a', name: 'u' };

const object = (resourceVersion: string, uid = 'one', status: unknown = {}): KubeObject => ({
  metadata: { name: 'u', namespace: 'a', uid, resourceVersion, generation: 3 },
  status,
});

const versionOf = (registry: ReturnType<typeof createObservedRegistry>) =>
  registry.get(ref)?.resourceVersion;

describe('observed objects', () => {
  it('tell what the API server holds beside the manifest', () => {
    const registry = createObservedRegistry();
    expect(registry.get(ref)).toBeUndefined();
    registry.watched(ref, object('7', 'one', { by: 'somebody' }));
    expect(registry.get(ref)).toEqual({
      uid: 'one',
      resourceVersion: '7',
      generation: 3,
      status: { by: 'somebody' },
    });
    registry.gone(ref);
    expect(registry.get(ref)).toBeUndefined();
  });

  const answers: readonly [string, KubeObject, string | undefined][] = [
    ['a newer one is taken', object('10'), '10'],
    ['an older one is passed over', object('8'), '9'],
    ['that of an object that was made anew is passed over', object('10', 'two'), '9'],
    ['a version that is no number is taken', object('x'), 'x'],
  ];
  it.each(answers)('of the answers to writes, %s', (_name, answer, version) => {
    const registry = createObservedRegistry();
    registry.watched(ref, object('9'));
    registry.saw(ref, answer);
    expect(versionOf(registry)).toBe(version);
  });

  it('are not there for an answer that comes after the object has gone', () => {
    const registry = createObservedRegistry();
    registry.saw(ref, object('9'));
    expect(registry.get(ref)).toBeUndefined();
  });

  it('stay as an answer told them when the watch lags behind, unless the object is another', () => {
    const registry = createObservedRegistry();
    registry.watched(ref, object('9'));
    registry.saw(ref, object('12'));
    registry.watched(ref, object('11'));
    expect(versionOf(registry)).toBe('12');
    registry.watched(ref, object('10', 'two'));
    expect(versionOf(registry)).toBe('10');
  });
});
