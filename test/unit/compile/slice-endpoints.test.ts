import { describe, expect, it } from '@jest/globals';
import { readyEndpoints } from '../../../src/compile/slice-endpoints.ts';

const slice = (addresses: readonly string[], targetRef?: object, more: object = {}) => ({
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 8080 }],
  endpoints: addresses.map((address) => ({
    addresses: [address],
    ...(targetRef ? { targetRef } : {}),
  })),
  ...more,
});

const port = { namespace: 'team', portName: 'http' };

describe('readyEndpoints', () => {
  it.each([
    ['a pod', { kind: 'Pod', namespace: 'team', name: 'p' }, 'team/p'],
    ['a pod without namespace', { kind: 'Pod', name: 'p' }, 'team/p'],
    ['a pod of another namespace', { kind: 'Pod', namespace: 'other', name: 'p' }, undefined],
    ['a pod without name', { kind: 'Pod' }, undefined],
    ['a node', { kind: 'Node', name: 'p' }, undefined],
    ['nothing', undefined, undefined],
  ])('know the pod of an address of %s', (_title, targetRef, pod) => {
    expect(readyEndpoints([slice(['10.0.0.1'], targetRef)], port)).toEqual([
      { endpoint: { host: '10.0.0.1', port: 8080, weight: 1 }, pod },
    ]);
  });

  it('are in one place each, with the pod of the later slice, and another pod at another port', () => {
    const pod = (name: string) => ({ kind: 'Pod', name });
    const found = readyEndpoints(
      [
        slice(['10.0.0.1'], pod('old')),
        slice(['10.0.0.1'], pod('new')),
        slice(['10.0.0.1'], pod('beside'), { ports: [{ name: 'http', port: 8081 }] }),
        slice(['10.0.0.2'], pod('else'), { ports: [{ name: 'admin', port: 8080 }] }),
        slice(['name.test'], pod('named'), { addressType: 'FQDN' }),
      ],
      port,
    );
    expect(found.map(({ endpoint, pod: of }) => `${endpoint.port} ${of}`)).toEqual([
      '8080 team/new',
      '8081 team/beside',
    ]);
  });
});
