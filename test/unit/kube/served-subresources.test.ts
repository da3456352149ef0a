import { describe, expect, it } from '@jest/globals';
import { KubeApiError } from '../../../src/kube/kube-api-error.ts';
import { createServedSubresources } from '../../../src/kube/served-subresources.ts';
import { createFakeKubeApi } from '../../support/fake-kube-api.ts';

const gateway = '/apis/gateway.solo.io/v1';
const gloo = '/apis/gloo.solo.io/v1';

describe('served subresources', () => {
  it('asks once for each group', async () => {
    const api = createFakeKubeApi();
    api.discovery.set(gateway, ['virtualservices', 'virtualservices/status', 'gateways']);
    api.discovery.set(gloo, ['upstreams', 'upstreams/status']);
    const served = createServedSubresources(api.client);
    const kinds = ['VirtualService', 'Gateway', 'Upstream', 'VirtualService'] as const;
    const answers = await Promise.all(kinds.map((kind) => served.hasStatus(kind)));
    expect(answers).toEqual([true, false, true, true]);
    expect(api.requests.map(({ path }) => path)).toEqual([gateway, gloo]);
  });

  it('asks anew after a failure, and when it was told to forget', async () => {
    const api = createFakeKubeApi();
    api.discovery.set(gateway, ['virtualservices']);
    api.onRequest = () => {
      throw new KubeApiError(503, 'unavailable');
    };
    const served = createServedSubresources(api.client);
    await expect(served.hasStatus('VirtualService')).rejects.toThrow('unavailable');
    api.onRequest = () => undefined;
    await expect(served.hasStatus('VirtualService')).resolves.toBe(false);
    api.discovery.set(gateway, ['virtualservices', 'virtualservices/status']);
    await expect(served.hasStatus('VirtualService')).resolves.toBe(false);
    served.forget('VirtualService');
    await expect(served.hasStatus('VirtualService')).resolves.toBe(true);
  });

  it.each([null, 'x', {}, { resources: 'x' }, { resources: [null, { name: 7 }] }])(
    'reads %j as nothing',
    async (document) => {
      const served = createServedSubresources({
        ...createFakeKubeApi().client,
        request: async <T>() => document as T,
      });
      await expect(served.hasStatus('VirtualService')).resolves.toBe(false);
    },
  );
});
