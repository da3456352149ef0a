import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../../../src/base/log.ts';
import type { KubeClient } from '../../../src/kube/kube-client.ts';
import type { KubeObject } from '../../../src/kube/kube-object.ts';
import { createKubeSource } from '../../../src/kube/kube-source.ts';
import { createStore } from '../../../src/store/store.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeListWatch } from '../../support/fake-list-watch.ts';

/** Only the list/watch, which is a fake, would use it. */
const client = {} as KubeClient;

function setUp({ watchNamespaces }: { watchNamespaces?: readonly string[] } = {}) {
  const store = createStore();
  const clock = createFakeClock();
  const watches = createFakeListWatch();
  const source = createKubeSource({
    client,
    store,
    watchNamespaces,
    namespace: 'own',
    clock,
    logger: createLogger('silent'),
    listWatch: watches.create,
  });
  let changes = 0;
  store.onChange(() => (changes += 1));
  return { store, clock, watches, source, changes: () => changes };
}

/** With every kind listed, and empty. */
async function started(options: Parameters<typeof setUp>[0] = {}) {
  const parts = setUp(options);
  const start = parts.source.start();
  for (const watch of parts.watches.all()) watch.lists();
  await start;
  return parts;
}

let version = 0;
const object = (name: string, body: Record<string, unknown> = {}, uid = name): KubeObject => ({
  metadata: { name, namespace: 'a', uid, resourceVersion: `${(version += 1)}`, generation: 1 },
  spec: { static: { hosts: [{ addr: 'example.com', port: 80 }] } },
  ...body,
});

const other = { spec: { static: { hosts: [{ addr: 'other.example', port: 80 }] } } };
const upstream = (name: string) => ({ kind: 'Upstream', namespace: 'a', name });
const secret = (name: string, namespace = 'a') => ({ kind: 'Secret', namespace, name });
const service = (name: string, namespace = 'a') => ({ kind: 'Service', namespace, name });

describe('kube source: own kinds', () => {
  it('are watched everywhere, but Gateways and Settings only in the own namespace', () => {
    const { source, watches } = setUp();
    void source.start();
    expect(watches.targets()).toEqual([
      '/apis/gateway.solo.io/v1/namespaces/own/gateways',
      '/apis/gateway.solo.io/v1/routeoptions',
      '/apis/gateway.solo.io/v1/routetables',
      '/apis/gateway.solo.io/v1/virtualhostoptions',
      '/apis/gateway.solo.io/v1/virtualservices',
      '/apis/gloo.solo.io/v1/namespaces/own/settings',
      '/apis/gloo.solo.io/v1/upstreamgroups',
      '/apis/gloo.solo.io/v1/upstreams',
    ]);
  });

  it('are watched in the namespaces that are named', () => {
    const { source, watches } = setUp({ watchNamespaces: ['a', 'b', 'a'] });
    void source.start();
    expect(watches.targets().filter((target) => /upstreams|settings/.test(target))).toEqual([
      '/apis/gloo.solo.io/v1/namespaces/a/upstreams',
      '/apis/gloo.solo.io/v1/namespaces/b/upstreams',
      '/apis/gloo.solo.io/v1/namespaces/own/settings',
    ]);
  });

  it.each(['absent', 'forbidden'] as const)(
    'are complete once each has been answered, be it that one is %s',
    async (state) => {
      const { source, watches } = setUp();
      const start = source.start();
      for (const watch of watches.all()) {
        if (!watch.target.endsWith('routetables')) watch.lists();
      }
      watches.watch('routetables').turns('failing', 'connection refused');
      expect(source.synced()).toBe(false);
      expect(source.missing()).toEqual(['not listed yet: RouteTable (connection refused)']);
      watches.watch('routetables').turns(state, 'no');
      expect(source.synced()).toBe(true);
      await start;
    },
  );

  it('come into the store, change and go', async () => {
    const { store, watches } = await started();
    const watch = watches.watch('upstreams');
    watch.lists(object('one'), object('two'));
    const names = () =>
      store
        .snapshot()
        .list('Upstream')
        .map(({ ref }) => ref.name);
    expect(names()).toEqual(['one', 'two']);
    watch.changes(object('three'));
    watch.deletes(object('one'));
    watch.deletes(object('nobody'));
    expect(names()).toEqual(['three', 'two']);
    watch.changes(object('two', other));
    expect(store.snapshot().get('Upstream', 'a', 'two')?.resource?.spec).toEqual(other.spec);
    watch.lists(object('three'));
    expect(names()).toEqual(['three']);
  });

  it('of one watch are no matter of another', async () => {
    const { store, watches } = await started();
    watches.watch('upstreams').lists(object('one'));
    watches.watch('virtualservices').lists();
    expect(store.snapshot().list('Upstream')).toHaveLength(1);
  });

  it('do not change for a compile by a write of their status', async () => {
    const { store, source, watches, changes } = await started();
    const watch = watches.watch('upstreams');
    watch.lists(object('one'), object('two'));
    const before = changes();
    const entry = store.snapshot().get('Upstream', 'a', 'one');
    const written = object('one', { status: { state: 1 } });
    watch.changes(written);
    watch.lists(written, object('two'));
    expect(changes()).toBe(before);
    expect(store.snapshot().get('Upstream', 'a', 'one')).toBe(entry);
    expect(source.observed.get(upstream('one'))).toMatchObject({ status: { state: 1 } });
  });

  it('are others when they were made anew', async () => {
    const { store, source, watches, changes } = await started();
    const watch = watches.watch('upstreams');
    watch.lists(object('one'));
    const before = changes();
    watch.lists(object('one', {}, 'another'));
    expect(changes()).toBe(before + 1);
    const { resource } = store.snapshot().get('Upstream', 'a', 'one') ?? {};
    expect(resource?.metadata.uid).toBe('another');
    expect(source.observed.get(upstream('one'))?.uid).toBe('another');
  });

  it('that have gone are not observed any more', async () => {
    const { source, watches } = await started();
    const watch = watches.watch('upstreams');
    watch.lists(object('one'), object('two'));
    watch.deletes(object('one'));
    watch.lists();
    expect(source.observed.get(upstream('one'))).toBeUndefined();
    expect(source.observed.get(upstream('two'))).toBeUndefined();
  });

  it('that cannot be read leave the others, and themselves as they were', async () => {
    const { store, watches } = await started();
    const watch = watches.watch('upstreams');
    watch.lists(object('one'), object('two'));
    const broken = { ...object('one'), toJSON: () => ({ spec: 1n }), spec: 1n };
    watch.lists(broken, object('two', other));
    const specOf = (name: string) => store.snapshot().get('Upstream', 'a', name)?.resource?.spec;
    expect(specOf('one')).toEqual(object('one')['spec']);
    expect(specOf('two')).toEqual(other.spec);
  });

  it.each([
    ['failing', 600_000, 1],
    ['forbidden', 600_000, 1],
    ['absent', 59_000, 1],
    ['absent', 60_000, 0],
  ] as const)(
    'that were known are served on while their kind is %s for %d ms: %d',
    async (...row) => {
      const [state, afterMs, count] = row;
      const { store, clock, watches } = await started();
      const watch = watches.watch('upstreams');
      watch.lists(object('one'));
      watch.turns(state, 'no');
      clock.advance(afterMs);
      expect(store.snapshot().list('Upstream')).toHaveLength(count);
    },
  );

  it('are served on when their kind is back in time', async () => {
    const { store, clock, watches } = await started();
    const watch = watches.watch('upstreams');
    watch.lists(object('one'));
    watch.turns('absent', 'no');
    clock.advance(30_000);
    watch.lists(object('one'));
    clock.advance(60_000);
    expect(store.snapshot().list('Upstream')).toHaveLength(1);
  });
});

describe('kube source: what it tells', () => {
  it('which kinds are missing, and which rights', async () => {
    const { source, watches } = await started({ watchNamespaces: ['a'] });
    void source.want([secret('key'), service('web')]);
    watches.watch('routetables').turns('absent', '404');
    watches.watch('upstreams').turns('forbidden', '403');
    watches.watch('metadata.name=key').turns('forbidden', '403');
    watches.watch('service-name=web').turns('forbidden', '403');
    watches.watch('virtualservices').turns('failing', '500');
    const told = source.problems().map(({ problem }) => {
      const { ref, reason, severity, message } = problem;
      return [ref.kind, severity, reason, message];
    });
    const right = 'found no right to list and watch';
    const role = 'accepted a Role or ClusterRole that grants both';
    expect(told).toEqual([
      [
        'RouteTable',
        'warning',
        'KindAbsent',
        'found no such kind in the cluster, accepted its CRD, routetables.gateway.solo.io',
      ],
      [
        'Upstream',
        'error',
        'KindForbidden',
        `${right} upstreams.gloo.solo.io in namespace a, ${role}`,
      ],
      [
        'Secret',
        'error',
        'KindForbidden',
        `${right} secrets with the name key in namespace a, ${role}`,
      ],
      [
        'EndpointSlice',
        'error',
        'KindForbidden',
        `${right} endpointslices.discovery.k8s.io in namespace a, ${role}`,
      ],
    ]);
  });

  it('the state of each watch, and for how long it has been failing', async () => {
    const { source, clock, watches } = await started();
    watches.watch('upstreams').turns('failing', '500');
    clock.advance(3_000);
    const facts = source.watches().find(({ kind }) => kind === 'Upstream');
    expect(facts).toEqual({ kind: 'Upstream', state: 'failing', failingMs: 3_000 });
    watches.watch('upstreams').turns('synced');
    expect(source.watches().every(({ failingMs }) => failingMs === 0)).toBe(true);
  });
});

describe('kube source: Secrets and Services', () => {
  it('are watched by the names that are wanted, and no longer than that', async () => {
    const { source, watches } = await started();
    const own = watches.targets();
    const added = () => watches.targets().filter((target) => !own.includes(target));
    void source.want([secret('key'), service('web', 'b'), secret('key')]);
    expect(added()).toEqual([
      '/api/v1/namespaces/a/secrets?metadata.name=key',
      '/api/v1/namespaces/b/services?metadata.name=web',
      '/apis/discovery.k8s.io/v1/namespaces/b/endpointslices?kubernetes.io/service-name=web',
    ]);
    const first = watches.watch('metadata.name=key');
    void source.want([secret('key')]);
    expect(added()).toEqual(['/api/v1/namespaces/a/secrets?metadata.name=key']);
    expect(watches.watch('metadata.name=key')).toBe(first);
    void source.want([]);
    expect(added()).toEqual([]);
  });

  it('leave the store with their watch, whatever it still tells', async () => {
    const { source, store, watches } = await started();
    void source.want([secret('key')]);
    const watch = watches.watch('metadata.name=key');
    watch.lists(object('key', { data: {} }));
    expect(store.snapshot().list('Secret')).toHaveLength(1);
    void source.want([]);
    watch.changes(object('key', { data: { late: '' } }));
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
    const { source, watches } = await started();
    const own = watches.targets();
    expect(source.want([ref])).toBeUndefined();
    expect(watches.targets()).toEqual(own);
  });

  it('are waited for until each has been answered', async () => {
    const { source, watches } = await started();
    const wait = source.want([secret('key'), service('web'), secret('none')]);
    let waiting = true;
    const end = wait?.then(() => (waiting = false));
    watches.watch('metadata.name=key').lists(object('key', { data: {} }));
    watches.watch('metadata.name=none').lists();
    watches.watch('metadata.name=web').turns('forbidden');
    await new Promise(setImmediate);
    expect(waiting).toBe(true);
    watches.watch('service-name=web').lists();
    await end;
    expect(source.want([secret('key'), service('web'), secret('none')])).toBeUndefined();
  });

  it('are waited for no longer than 5 s, and by no later compile either', async () => {
    const { source, clock, watches } = await started();
    const wait = source.want([secret('key')]);
    watches.watch('metadata.name=key').turns('failing', '500');
    clock.advance(3_000);
    expect(source.want([secret('key')])).toBeInstanceOf(Promise);
    clock.advance(2_000);
    await wait;
    expect(source.want([secret('key')])).toBeUndefined();
  });

  it('keep nobody waiting when the source stops', async () => {
    const { source, watches } = await started();
    const wait = source.want([secret('key')]);
    await source.stop();
    await wait;
    expect(watches.targets()).toEqual([]);
    expect(source.want([secret('key')])).toBeUndefined();
  });

  it('have to be known once before the process is ready, or after 30 s', async () => {
    const { source, clock, watches } = await started();
    const missing = ['Secrets and Services are being looked up'];
    expect(source.missing()).toEqual(missing);
    void source.want([secret('key')]);
    watches.watch('metadata.name=key').turns('failing', '500');
    clock.advance(29_000);
    expect(source.missing()).toEqual(missing);
    clock.advance(1_000);
    expect(source.missing()).toEqual([]);
  });

  it('that come later do not make it unready', async () => {
    const { source } = await started();
    void source.want([]);
    void source.want([secret('key')]);
    expect(source.missing()).toEqual([]);
  });
});

describe('kube source: the end', () => {
  it('leaves the store as it is: requests are still served', async () => {
    const { source, store, watches } = await started();
    watches.watch('upstreams').lists(object('one'));
    await source.stop();
    expect(watches.targets()).toEqual([]);
    watches.watch('upstreams').lists();
    expect(store.snapshot().list('Upstream')).toHaveLength(1);
  });

  it('may come before everything was answered', async () => {
    const { source } = setUp();
    const start = source.start();
    await source.stop();
    await start;
    expect(source.synced()).toBe(false);
  });
});
