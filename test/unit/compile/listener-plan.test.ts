import { describe, expect, it } from '@jest/globals';
import type { Resource } from '../../../src/api/resource.ts';
import { listenersFor, type ListenerPlan } from '../../../src/compile/listener-plan.ts';

function plan(name: string, tls: boolean, label: string): ListenerPlan {
  return {
    listener: { name, port: 1, tls, stripPort: false },
    selects: ({ labels }) => labels?.[label] !== undefined,
    virtualHosts: [],
  };
}

const plans = [plan('one', false, 'a'), plan('two', false, 'b'), plan('three', true, 'a')];

describe('listenersFor', () => {
  it.each([
    [{ a: '', b: '' }, false, 'one\ntwo'],
    [{ b: '' }, false, 'two'],
    [{ a: '', b: '' }, true, 'three'],
    [{ b: '' }, true, ''],
    [{}, false, ''],
  ])('%j, with TLS: %s', (labels, tls, names) => {
    const resource: Resource<'VirtualService'> = {
      kind: 'VirtualService',
      metadata: { name: 'web', namespace: 'default', labels },
      spec: tls ? { sslConfig: {} } : {},
    };
    expect(listenersFor(resource, plans)).toBe(names);
  });
});
