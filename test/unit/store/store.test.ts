import { describe, expect, it } from '@jest/globals';
import { refKey, type Entry } from '../../../src/api/resource.ts';
import { createStore } from '../../../src/store/store.ts';
import { randomOf } from '../../support/random-edits.ts';

function entry(name: string, origin: string, kind: Entry['ref']['kind'] = 'Upstream'): Entry {
  const namespace = name.includes('/') ? name.split('/')[0]! : 'default';
  return { ref: { kind, namespace, name: name.split('/').at(-1)! }, origin, problems: [] };
}

const names = (entries: readonly Entry[]) =>
  entries.map(({ ref }) => `${ref.namespace}/${ref.name}`);

describe('store', () => {
  it('lists a kind in the order of namespace and name', () => {
    const store = createStore();
    store.replaceOrigin('z.yaml', [entry('b', 'z.yaml:1'), entry('a', 'z.yaml:2')]);
    store.replaceOrigin('a.yaml', [
      entry('apps/z', 'a.yaml:1'),
      entry('s', 'a.yaml:2', 'Secret'),
      entry('B', 'a.yaml:3'),
    ]);
    const snapshot = store.snapshot();
    expect(names(snapshot.list('Upstream'))).toEqual([
      'apps/z',
      'default/B',
      'default/a',
      'default/b',
    ]);
    expect(names(snapshot.list('Secret'))).toEqual(['default/s']);
    expect(snapshot.list('Gateway')).toEqual([]);
  });

  it('gets one entry by kind, namespace and name', () => {
    const store = createStore();
    store.put('a.yaml', entry('apps/z', 'a.yaml:1'));
    const snapshot = store.snapshot();
    expect(snapshot.get('Upstream', 'apps', 'z')?.origin).toBe('a.yaml:1');
    expect(snapshot.get('Upstream', 'default', 'z')).toBeUndefined();
    expect(snapshot.get('Secret', 'apps', 'z')).toBeUndefined();
  });

  it('knows what may not be read, and tells when that changes', () => {
    const store = createStore();
    let told = 0;
    store.onChange(() => (told += 1));
    const ref = { kind: 'Secret', namespace: 'a', name: 'key' };
    const before = store.snapshot();
    store.withhold(ref, true);
    store.withhold(ref, true);
    const during = store.snapshot();
    expect([...during.withheld]).toEqual(['Secret/a/key']);
    expect(store.snapshot()).toBe(during);
    store.withhold(ref, false);
    expect(store.snapshot().withheld.size).toBe(0);
    // One moment stays as it was.
    expect([before.withheld.size, during.withheld.size, told]).toEqual([0, 1, 2]);
  });

  it('replaces one entry of an origin and keeps the others', () => {
    const store = createStore();
    store.put('watch', entry('a', '1'));
    store.put('watch', entry('b', '2'));
    store.put('watch', entry('a', '3'));
    expect(store.snapshot().get('Upstream', 'default', 'a')?.origin).toBe('3');
    store.delete('watch', { kind: 'Upstream', namespace: 'default', name: 'a' });
    expect(names(store.snapshot().list('Upstream'))).toEqual(['default/b']);
  });

  it('replaces all that an origin holds', () => {
    const store = createStore();
    store.replaceOrigin('a.yaml', [entry('a', 'a.yaml:1'), entry('b', 'a.yaml:5')]);
    store.replaceOrigin('b.yaml', [entry('c', 'b.yaml:1')]);
    store.replaceOrigin('a.yaml', [entry('b', 'a.yaml:1')]);
    expect(names(store.snapshot().list('Upstream'))).toEqual(['default/b', 'default/c']);
    store.replaceOrigin('a.yaml', []);
    expect(names(store.snapshot().list('Upstream'))).toEqual(['default/c']);
  });

  it('keeps a snapshot as it was', () => {
    const store = createStore();
    store.put('a.yaml', entry('a', 'a.yaml:1'));
    const before = store.snapshot();
    store.replaceOrigin('a.yaml', []);
    expect(names(before.list('Upstream'))).toEqual(['default/a']);
    expect(store.snapshot()).not.toBe(before);
    expect(store.snapshot()).toBe(store.snapshot());
  });

  it('tells of every change', () => {
    const store = createStore();
    let changes = 0;
    store.onChange(() => (changes += 1));
    store.put('a', entry('a', 'a:1'));
    store.replaceOrigin('a', [entry('b', 'a:1')]);
    store.delete('a', { kind: 'Upstream', namespace: 'default', name: 'b' });
    expect(changes).toBe(3);
  });

  it('uses the first origin of a ref, whichever came first in time, and names both places', () => {
    const store = createStore();
    store.replaceOrigin('b.yaml', [entry('x', 'b.yaml:7')]);
    store.replaceOrigin('a.yaml', [entry('x', 'a.yaml:1'), entry('x', 'a.yaml:9')]);
    const snapshot = store.snapshot();
    expect(snapshot.get('Upstream', 'default', 'x')?.origin).toBe('a.yaml:1');
    expect(snapshot.list('Upstream')).toHaveLength(1);
    expect(snapshot.duplicates.map(({ problem }) => problem)).toEqual([
      {
        ref: { kind: 'Upstream', namespace: 'default', name: 'x' },
        severity: 'error',
        reason: 'DuplicateResource',
        path: 'metadata.name',
        message:
          'Upstream default/x is defined twice: found a.yaml:1 and a.yaml:9, accepted one; a.yaml:1 is used',
      },
      expect.objectContaining({ message: expect.stringContaining('a.yaml:1 and b.yaml:7') }),
    ]);
  });

  it('uses the second once the first has gone', () => {
    const store = createStore();
    store.replaceOrigin('a.yaml', [entry('x', 'a.yaml:1')]);
    store.replaceOrigin('b.yaml', [entry('x', 'b.yaml:1')]);
    store.replaceOrigin('a.yaml', []);
    expect(store.snapshot().get('Upstream', 'default', 'x')?.origin).toBe('b.yaml:1');
    expect(store.snapshot().duplicates).toEqual([]);
  });

  it.each([
    ['one object that two watches see is no duplicate', '', '1', 0],
    ['another object of that name is one', '', '2', 1],
    ['in files the uid says nothing', 'a.yaml:1', '1', 1],
  ])('%s', (_title, origin, uid, count) => {
    const store = createStore();
    const first = { ...entry('p', origin, 'Pod'), uid: '1' };
    store.put('kube Pod default web', first);
    store.put('kube Pod default api', { ...first, uid });
    expect(store.snapshot().list('Pod')).toHaveLength(1);
    expect(store.snapshot().duplicates).toHaveLength(count);
  });

  it('holds what one would hold that looks at everything each time', () => {
    const random = randomOf(7);
    const pick = <T>(options: readonly T[]): T => options[Math.floor(random() * options.length)]!;
    const store = createStore();
    const origins = new Map<string, readonly Entry[]>();
    const made = (origin: string, step: number) =>
      entry(pick(['a', 'b', 'c', 'x/a']), `${origin}:${step}`, pick(['Upstream', 'Secret']));
    for (let step = 0; step < 500; step += 1) {
      const origin = pick(['1', '2', '3']);
      const one = made(origin, step);
      const others = (origins.get(origin) ?? []).filter(
        ({ ref }) => refKey(ref) !== refKey(one.ref),
      );
      const action = pick(['put', 'put', 'delete', 'replace']);
      if (action === 'put') {
        store.put(origin, one);
        origins.set(origin, [...others, one]);
      } else if (action === 'delete') {
        store.delete(origin, one.ref);
        origins.set(origin, others);
      } else {
        const all = [one, ...[1, 2, 3, 4].map((part) => made(origin, step * 10 + part))];
        store.replaceOrigin(origin, all);
        origins.set(origin, all);
      }
      const snapshot = store.snapshot();
      const { used, unused } = lookedAtAll(origins);
      for (const kind of ['Upstream', 'Secret', 'Gateway'] as const) {
        expect(snapshot.list(kind)).toEqual(used.filter(({ ref }) => ref.kind === kind));
      }
      expect(snapshot.duplicates.map(({ entry: { origin: at } }) => at)).toEqual(unused);
      for (const { ref } of used) {
        expect(snapshot.get(ref.kind, ref.namespace, ref.name)?.ref).toEqual(ref);
      }
    }
  });
});

function lookedAtAll(origins: ReadonlyMap<string, readonly Entry[]>) {
  const used = new Map<string, Entry>();
  const unused: string[] = [];
  for (const origin of [...origins.keys()].sort()) {
    for (const one of origins.get(origin) ?? []) {
      if (used.has(refKey(one.ref))) unused.push(one.origin);
      else used.set(refKey(one.ref), one);
    }
  }
  const path = ({ ref }: Entry) => `${ref.namespace}/${ref.name}`;
  return { used: [...used.values()].sort((a, b) => (path(a) < path(b) ? -1 : 1)), unused };
}
