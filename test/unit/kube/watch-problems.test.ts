import { describe, expect, it } from '@jest/globals';
import type { ListWatchState } from '../../../src/kube/list-watch.ts';
import { watchProblems } from '../../../src/kube/watch-problems.ts';
import type { WatchedCollection, WatchTarget } from '../../../src/kube/watched-collection.ts';

const collection = (target: WatchTarget, state: ListWatchState): WatchedCollection => ({
  target,
  state: () => state,
  answered: () => true,
  lastError: () => undefined,
  failingMs: () => 0,
  stop: async () => undefined,
  drop: async () => undefined,
});

const right = 'found no right to list and watch';
const role = 'accepted a Role or ClusterRole that grants both';

describe('what is wrong with a watch', () => {
  const named = { namespace: 'a', name: 'x' };
  const faults: readonly [WatchTarget, ListWatchState, string, string, string][] = [
    [
      { kind: 'RouteTable', namespace: undefined },
      'absent',
      'warning',
      'KindAbsent',
      'found no such kind in the cluster, accepted its CRD, routetables.gateway.solo.io',
    ],
    [
      { kind: 'Upstream', namespace: undefined },
      'forbidden',
      'error',
      'KindForbidden',
      `${right} upstreams.gloo.solo.io in all namespaces, ${role}`,
    ],
    [
      { kind: 'Settings', namespace: 'own' },
      'forbidden',
      'error',
      'KindForbidden',
      `${right} settings.gloo.solo.io in namespace own, ${role}`,
    ],
    [
      { kind: 'Secret', ...named },
      'forbidden',
      'error',
      'KindForbidden',
      `${right} secrets with the name x in namespace a, ${role}`,
    ],
    [
      { kind: 'Pod', ...named },
      'forbidden',
      'error',
      'KindForbidden',
      `${right} pods in namespace a, ${role}`,
    ],
    [
      { kind: 'EndpointSlice', ...named },
      'forbidden',
      'error',
      'KindForbidden',
      `${right} endpointslices.discovery.k8s.io in namespace a, ${role}`,
    ],
  ];
  it.each(faults)('%j %s', (target, state, severity, reason, message) => {
    const { kind, namespace = '', name = '' } = target;
    const problem = { ref: { kind, namespace, name }, path: '', severity, reason, message };
    expect(watchProblems([collection(target, state)])).toEqual([{ origin: '', problem }]);
  });

  it.each(['starting', 'synced', 'failing'] as const)('is nothing while it is %s', (state) => {
    expect(watchProblems([collection({ kind: 'Secret', ...named }, state)])).toEqual([]);
  });
});
