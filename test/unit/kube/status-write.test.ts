import { describe, expect, it } from '@jest/globals';
import { KubeApiError } from '../../../src/kube/kube-api-error.ts';
import { createObservedRegistry } from '../../../src/kube/observed-registry.ts';
import { createServedSubresources } from '../../../src/kube/served-subresources.ts';
import { createStatusShapes } from '../../../src/kube/status-shapes.ts';
import { writeStatus } from '../../../src/kube/status-write.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeKubeApi } from '../../support/fake-kube-api.ts';
import { createOutcome } from '../../support/kube-outcome.ts';
import { group, pathOf } from '../../support/status-writer-rig.ts';

function setUp() {
  const api = createFakeKubeApi();
  api.discovery.set(group, ['virtualservices/status']);
  const observed = createObservedRegistry();
  const { client } = api;
  const flags = { leads: true };
  const ports = {
    client,
    observed,
    isLeader: () => flags.leads,
    namespace: 'gate',
    shapes: createStatusShapes(createServedSubresources(client), 'gate'),
    clock: createFakeClock(),
    conflicted: () => undefined,
  };
  const object = api.put(pathOf('a'), { metadata: { generation: 3 } });
  observed.watched(createOutcome().ref, object);
  return { api, ports, flags, object };
}

describe('writeStatus', () => {
  it('gives the object as it was before', async () => {
    const { ports, object } = setUp();
    const outcome = createOutcome();
    expect(await writeStatus(() => outcome, ports)).toEqual({
      verdict: 'written',
      outcome,
      before: {
        uid: 'uid-a',
        resourceVersion: object.metadata.resourceVersion,
        generation: 3,
        status: undefined,
      },
    });
    expect(await writeStatus(() => outcome, ports)).toMatchObject({ verdict: 'same' });
  });

  it('has nothing to do with kinds of others', async () => {
    const { api, ports } = setUp();
    const result = await writeStatus(() => createOutcome({ kind: 'Secret' }), ports);
    expect(result.verdict).toBe('gone');
    expect(api.requests).toEqual([]);
  });

  it('does not go on after a conflict when leadership was lost', async () => {
    const { api, ports, flags } = setUp();
    api.onRequest = ({ method }) => {
      if (method !== 'PATCH') return;
      flags.leads = false;
      throw new KubeApiError(409, 'conflict');
    };
    const result = await writeStatus(() => createOutcome(), ports);
    expect(result.verdict).toBe('not-leader');
    expect(api.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  });

  it('throws what is neither a conflict nor a loss', async () => {
    const { api, ports } = setUp();
    api.onRequest = ({ method }) => {
      if (method === 'PATCH') throw new KubeApiError(403, 'forbidden');
    };
    await expect(writeStatus(() => createOutcome(), ports)).rejects.toMatchObject({ status: 403 });
    api.onRequest = ({ method, path }) => {
      if (method === 'PATCH') throw new KubeApiError(409, 'conflict');
      if (path !== group) throw new KubeApiError(503, 'unavailable');
    };
    await expect(writeStatus(() => createOutcome(), ports)).rejects.toMatchObject({ status: 503 });
  });
});
