import { describe, expect, it } from '@jest/globals';
import { createReferenceWatches } from '../../../src/kube/reference-watches.ts';
import { createCollectionRig, kubeObject } from '../../support/kube-collection-rig.ts';

function setUp() {
  const rig = createCollectionRig();
  return { ...rig, references: createReferenceWatches(rig.parts) };
}

const secret = (name: string, namespace = 'a') => ({ kind: 'Secret', namespace, name });
const pods = (selector: string, name = 'web') => ({
  kind: 'Pod',
  namespace: 'a',
  name,
  selector,
});
const pod = (name: string) => {
  const object = kubeObject(name);
  return { ...object, metadata: { ...object.metadata, labels: { app: 'a' } } };
};
const service = (name: string, namespace = 'a') => ({ kind: 'Service', namespace, name });

describe('watches of Secrets and Services', () => {
  it('are watched by the names that are wanted, and no longer than that', async () => {
    const { references, watches } = setUp();
    const added = watches.targets;
    void references.want([secret('key'), service('web', 'b'), secret('key')]);
    expect(added()).toEqual([
      '/api/v1/namespaces/a/secrets?metadata.name=key',
      '/api/v1/namespaces/b/services?metadata.name=web',
      '/apis/discovery.k8s.io/v1/namespaces/b/endpointslices?kubernetes.io/service-name=web',
    ]);
    const first = watches.watch('metadata.name=key');
    void references.want([secret('key')]);
    expect(added()).toEqual(['/api/v1/namespaces/a/secrets?metadata.name=key']);
    expect(watches.watch('metadata.name=key')).toBe(first);
    void references.want([]);
    expect(added()).toEqual([]);
  });

  it('leave the store with their watch, whatever it still tells', async () => {
    const { references, store, watches } = setUp();
    void references.want([secret('key')]);
    const watch = watches.watch('metadata.name=key');
    watch.lists(kubeObject('key', { data: {} }));
    expect(store.snapshot().list('Secret')).toHaveLength(1);
    void references.want([]);
    watch.changes(kubeObject('key', { data: { late: '' } }));
    expect(store.snapshot().list('Secret')).toHaveLength(0);
  });

  it.each([
    secret('key,metadata.name!=x'),
    secret('..'),
    secret('key', '../../x'),
    service('web.dot'),
    service('w'.repeat(64)),
    secret(''),
  ])('are not asked for by what no object can be called: %j', async (ref) => {
    const { references, watches } = setUp();
    expect(references.want([ref])).toBeUndefined();
    expect(watches.targets()).toEqual([]);
  });

  it('are waited for until each has been answered', async () => {
    const { references, watches } = setUp();
    const wait = references.want([secret('key'), service('web'), secret('none')]);
    let waiting = true;
    const end = wait?.then(() => (waiting = false));
    watches.watch('metadata.name=key').lists(kubeObject('key', { data: {} }));
    watches.watch('metadata.name=none').lists();
    watches.watch('metadata.name=web').turns('forbidden');
    await new Promise(setImmediate);
    expect(waiting).toBe(true);
    watches.watch('service-name=web').lists();
    await end;
    expect(references.want([secret('key'), service('web'), secret('none')])).toBeUndefined();
  });

  it('are waited for no longer than 5 s, and by no later compile either', async () => {
    const { references, clock, watches } = setUp();
    const wait = references.want([secret('key')]);
    watches.watch('metadata.name=key').turns('failing', '500');
    clock.advance(3_000);
    expect(references.want([secret('key')])).toBeInstanceOf(Promise);
    clock.advance(2_000);
    await wait;
    expect(references.want([secret('key')])).toBeUndefined();
  });

  it('make known which may not be read, until they may or are wanted no more', async () => {
    const { references, store, watches, changes } = setUp();
    const withheld = () => [...store.snapshot().withheld].toSorted();
    const wait = references.want([secret('key'), service('web')]);
    const key = watches.watch('metadata.name=key');
    key.turns('forbidden');
    watches.watch('service-name=web').turns('forbidden');
    expect(withheld()).toEqual(['EndpointSlice/a/web', 'Secret/a/key']);
    watches.watch('metadata.name=web').lists();
    await wait;
    const before = changes();
    // Nobody who may ask has said otherwise.
    key.turns('failing', '500');
    expect(withheld()).toEqual(['EndpointSlice/a/web', 'Secret/a/key']);
    expect(changes()).toBe(before);
    key.turns('synced');
    expect(withheld()).toEqual(['EndpointSlice/a/web']);
    expect(changes()).toBe(before + 1);
    void references.want([]);
    expect(withheld()).toEqual([]);
  });

  it.each([
    pods('app=a,x=y z'),
    pods('app'),
    pods(''),
    pods('app=a,'),
    pods('app in (a)'),
    pods('app=a', 'web.dot'),
    { kind: 'Pod', namespace: 'a', name: 'web' },
  ])('do not ask for pods by what selects none: %j', (ref) => {
    const { references, watches } = setUp();
    expect(references.want([ref])).toBeUndefined();
    expect(watches.targets()).toEqual([]);
  });

  it('select the pods of a Service by its labels, and keep them until other labels are answered', async () => {
    const { references, store, watches } = setUp();
    const found = () => store.snapshot().list('Pod');
    const names = () => found().map(({ ref }) => ref.name);
    const wait = references.want([pods('app=a,example.com/tier=')]);
    expect(watches.targets()).toEqual(['/api/v1/namespaces/a/pods?app=a,example.com/tier=']);
    const first = watches.watch('tier=');
    first.lists(pod('one'), pod('two'));
    await wait;
    expect(references.want([pods('app=a,example.com/tier=')])).toBeUndefined();
    const next = references.want([pods('app=b')]);
    expect(next).toBeInstanceOf(Promise);
    expect(names()).toEqual(['one', 'two']);
    first.deletes(pod('one'));
    expect(names()).toEqual(['one', 'two']);
    watches.watch('app=b').lists(pod('three'));
    await next;
    expect(names()).toEqual(['three']);
    expect(found()[0]?.resource).toMatchObject({ metadata: { labels: { app: 'a' } } });
    expect(found()[0]?.resource).not.toHaveProperty('spec');
    void references.want([]);
    expect(names()).toEqual([]);
  });

  it('make known of which Services the pods may not be read', () => {
    const { references, store, watches } = setUp();
    void references.want([pods('app=a')]);
    watches.watch('app=a').turns('forbidden');
    expect([...store.snapshot().withheld]).toEqual(['Pod/a/web']);
  });

  it('keep nobody waiting when the source stops', async () => {
    const { references, watches } = setUp();
    const wait = references.want([secret('key')]);
    await references.stop();
    await wait;
    expect(watches.targets()).toEqual([]);
    expect(references.want([secret('key')])).toBeUndefined();
  });

  it('are settled when all were known once, and stay so', () => {
    const { references, watches } = setUp();
    expect(references.settled()).toBe(false);
    void references.want([secret('key'), service('web')]);
    watches.watch('metadata.name=key').lists();
    watches.watch('metadata.name=web').lists();
    expect(references.settled()).toBe(false);
    watches.watch('service-name=web').lists();
    expect(references.settled()).toBe(true);
    void references.want([secret('other')]);
    expect(references.settled()).toBe(true);
  });

  it('are settled at once when nothing is wanted, and after 30 s whatever is', () => {
    const { references } = setUp();
    void references.want([]);
    expect(references.settled()).toBe(true);
    const { references: failing, clock, watches } = setUp();
    void failing.want([secret('key')]);
    watches.watch('metadata.name=key').turns('failing', '500');
    clock.advance(29_999);
    expect(failing.settled()).toBe(false);
    clock.advance(1);
    expect(failing.settled()).toBe(true);
  });
});
