import { describe, expect, it } from '@jest/globals';
import { createKubeSource } from '../../../src/kube/kube-source.ts';
import { createCollectionRig, kubeObject } from '../../support/kube-collection-rig.ts';

function setUp({ watchNamespaces }: { watchNamespaces?: readonly string[] } = {}) {
  const rig = createCollectionRig();
  const source = createKubeSource({ ...rig.parts, watchNamespaces, namespace: 'own' });
  return { ...rig, source };
}

/** With every kind listed, and empty. */
async function started(options: Parameters<typeof setUp>[0] = {}) {
  const parts = setUp(options);
  const start = parts.source.start();
  for (const watch of parts.watches.all()) watch.lists();
  await start;
  return parts;
}

const secret = (name: string, namespace = 'a') => ({ kind: 'Secret', namespace, name });

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
});

describe('kube source: what it tells', () => {
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

  it('come into the store, and what is missing of them into the problems', async () => {
    const { source, store, watches } = await started();
    void source.want([secret('key'), secret('hidden')]);
    watches.watch('metadata.name=key').lists(kubeObject('key', { data: {} }));
    watches.watch('metadata.name=hidden').turns('forbidden', 'no');
    watches.watch('upstreams').turns('absent', 'no');
    expect(store.snapshot().list('Secret')).toHaveLength(1);
    expect(source.problems()).toMatchObject([
      { problem: { reason: 'KindAbsent', ref: { kind: 'Upstream' } } },
      { problem: { reason: 'KindForbidden', ref: { kind: 'Secret', name: 'hidden' } } },
    ]);
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
    watches.watch('upstreams').lists(kubeObject('one'));
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
