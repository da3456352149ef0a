import { describe, expect, it } from '@jest/globals';
import { createWatchedCollection } from '../../../src/kube/watched-collection.ts';
import { createCollectionRig, kubeObject, otherSpec } from '../../support/kube-collection-rig.ts';

/** A collection of all Upstreams, listed and empty. */
function started() {
  const rig = createCollectionRig();
  const collection = createWatchedCollection({ kind: 'Upstream', namespace: undefined }, rig.parts);
  rig.watches.watch('upstreams').lists();
  return { ...rig, collection };
}

const upstream = (name: string) => ({ kind: 'Upstream', namespace: 'a', name });

describe('objects of a watched collection', () => {
  it('come into the store, change and go', () => {
    const { store, watches } = started();
    const watch = watches.watch('upstreams');
    watch.lists(kubeObject('one'), kubeObject('two'));
    const names = () =>
      store
        .snapshot()
        .list('Upstream')
        .map(({ ref }) => ref.name);
    expect(names()).toEqual(['one', 'two']);
    watch.changes(kubeObject('three'));
    watch.deletes(kubeObject('one'));
    watch.deletes(kubeObject('nobody'));
    expect(names()).toEqual(['three', 'two']);
    watch.changes(kubeObject('two', otherSpec));
    expect(store.snapshot().get('Upstream', 'a', 'two')?.resource?.spec).toEqual(otherSpec.spec);
    watch.lists(kubeObject('three'));
    expect(names()).toEqual(['three']);
  });

  it('of one watch are no matter of another', () => {
    const { parts, store, watches } = started();
    createWatchedCollection({ kind: 'UpstreamGroup', namespace: undefined }, parts);
    watches.watch('upstreams').lists(kubeObject('one'));
    watches.watch('upstreamgroups').lists();
    expect(store.snapshot().list('Upstream')).toHaveLength(1);
  });

  it('do not change for a compile by a write of their status', () => {
    const { store, observed, watches, changes } = started();
    const watch = watches.watch('upstreams');
    watch.lists(kubeObject('one'), kubeObject('two'));
    const before = changes();
    const entry = store.snapshot().get('Upstream', 'a', 'one');
    const written = kubeObject('one', { status: { state: 1 } });
    watch.changes(written);
    watch.lists(written, kubeObject('two'));
    expect(changes()).toBe(before);
    expect(store.snapshot().get('Upstream', 'a', 'one')).toBe(entry);
    expect(observed.get(upstream('one'))).toMatchObject({ status: { state: 1 } });
  });

  it('are no others before the whole list is there', () => {
    const { store, observed, watches, changes } = started();
    const watch = watches.watch('upstreams');
    const one = kubeObject('one');
    const before = changes();
    watch.pages(one);
    expect(changes()).toBe(before);
    expect(observed.get(upstream('one'))).toBeUndefined();
    watch.lists(one, kubeObject('two'));
    expect(changes()).toBe(before + 1);
    expect(store.snapshot().list('Upstream')).toHaveLength(2);
  });

  it('of a list that came to nothing are not taken for those of the next', () => {
    const { store, watches } = started();
    const watch = watches.watch('upstreams');
    watch.pages(kubeObject('one'), kubeObject('gone'));
    watch.lists(kubeObject('one', otherSpec));
    const entries = store.snapshot().list('Upstream');
    expect(entries.map(({ resource }) => resource?.spec)).toEqual([otherSpec.spec]);
  });

  it('are others when they were made anew', () => {
    const { store, observed, watches, changes } = started();
    const watch = watches.watch('upstreams');
    watch.lists(kubeObject('one'));
    const before = changes();
    watch.lists(kubeObject('one', {}, 'another'));
    expect(changes()).toBe(before + 1);
    const { resource } = store.snapshot().get('Upstream', 'a', 'one') ?? {};
    expect(resource?.metadata.uid).toBe('another');
    expect(observed.get(upstream('one'))?.uid).toBe('another');
  });

  it('that have gone are not observed any more', () => {
    const { observed, watches } = started();
    const watch = watches.watch('upstreams');
    watch.lists(kubeObject('one'), kubeObject('two'));
    watch.deletes(kubeObject('one'));
    watch.lists();
    expect(observed.get(upstream('one'))).toBeUndefined();
    expect(observed.get(upstream('two'))).toBeUndefined();
  });

  it('that cannot be read leave the others, and themselves as they were', () => {
    const { store, watches } = started();
    const watch = watches.watch('upstreams');
    watch.lists(kubeObject('one'), kubeObject('two'));
    const broken = { ...kubeObject('one'), toJSON: () => ({ spec: 1n }), spec: 1n };
    watch.lists(broken, kubeObject('two', otherSpec));
    const specOf = (name: string) => store.snapshot().get('Upstream', 'a', name)?.resource?.spec;
    expect(specOf('one')).toEqual(kubeObject('one')['spec']);
    expect(specOf('two')).toEqual(otherSpec.spec);
  });

  it.each([
    ['failing', 600_000, 1],
    ['forbidden', 600_000, 1],
    ['absent', 59_000, 1],
    ['absent', 60_000, 0],
  ] as const)('that were known are served on while their kind is %s for %d ms: %d', (...row) => {
    const [state, afterMs, count] = row;
    const { store, clock, watches } = started();
    const watch = watches.watch('upstreams');
    watch.lists(kubeObject('one'));
    watch.turns(state, 'no');
    clock.advance(afterMs);
    expect(store.snapshot().list('Upstream')).toHaveLength(count);
  });

  it.each(['failing', 'forbidden'] as const)(
    'are served on when their kind was absent and then %s: it may be there again',
    (state) => {
      const { store, clock, watches } = started();
      const watch = watches.watch('upstreams');
      watch.lists(kubeObject('one'));
      watch.turns('absent', 'no');
      clock.advance(30_000);
      watch.turns(state, 'no');
      clock.advance(600_000);
      expect(store.snapshot().list('Upstream')).toHaveLength(1);
      watch.turns('absent', 'no');
      clock.advance(60_000);
      expect(store.snapshot().list('Upstream')).toHaveLength(0);
    },
  );

  it('are served on when their kind is back in time', () => {
    const { store, clock, watches } = started();
    const watch = watches.watch('upstreams');
    watch.lists(kubeObject('one'));
    watch.turns('absent', 'no');
    clock.advance(30_000);
    watch.lists(kubeObject('one'));
    clock.advance(60_000);
    expect(store.snapshot().list('Upstream')).toHaveLength(1);
  });
});

describe('a watched collection', () => {
  it.each(['lists', 'absent', 'forbidden'] as const)('is answered by %s, once', (answer) => {
    const { parts, watches, answers } = createCollectionRig();
    const collection = createWatchedCollection({ kind: 'Upstream', namespace: 'a' }, parts);
    const watch = watches.watch('/apis/gloo.solo.io/v1/namespaces/a/upstreams');
    watch.turns('failing', 'refused');
    expect(collection.answered()).toBe(false);
    expect(collection.lastError()).toBe('refused');
    if (answer === 'lists') watch.lists();
    else watch.turns(answer, 'no');
    watch.turns('failing', 'refused');
    watch.lists();
    expect(collection.answered()).toBe(true);
    expect(answers()).toBe(1);
  });

  it('has been failing since it failed first', () => {
    const { collection, clock, watches } = started();
    const watch = watches.watch('upstreams');
    watch.turns('failing', '500');
    clock.advance(2_000);
    watch.turns('failing', '503');
    clock.advance(1_000);
    expect(collection.failingMs()).toBe(3_000);
    watch.turns('synced');
    expect(collection.failingMs()).toBe(0);
  });

  it.each([
    ['stop', 1],
    ['drop', 0],
  ] as const)('listens no longer after %s, and leaves %d objects', async (end, count) => {
    const { collection, store, watches, clock } = started();
    const watch = watches.watch('upstreams');
    watch.lists(kubeObject('one'));
    watch.turns('absent', 'no');
    const ended = collection[end]();
    expect(store.snapshot().list('Upstream')).toHaveLength(count);
    watch.changes(kubeObject('two'));
    watch.deletes(kubeObject('one'));
    clock.advance(60_000);
    expect(store.snapshot().list('Upstream')).toHaveLength(count);
    await ended;
    expect(watches.targets()).toEqual([]);
  });
});
