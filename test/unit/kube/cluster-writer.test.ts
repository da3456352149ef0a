import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../../../src/base/log.ts';
import { createClusterWriter } from '../../../src/kube/cluster-writer.ts';
import { createObservedRegistry } from '../../../src/kube/observed-registry.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeKubeApi, settled } from '../../support/fake-kube-api.ts';
import { createOutcome } from '../../support/kube-outcome.ts';

const path = '/apis/gateway.solo.io/v1/namespaces/team/virtualservices/a';
const lease = '/apis/coordination.k8s.io/v1/namespaces/gate/leases/seekgate';

function setUp() {
  const api = createFakeKubeApi();
  api.discovery.set('/apis/gateway.solo.io/v1', ['virtualservices', 'virtualservices/status']);
  const observed = createObservedRegistry();
  const clock = createFakeClock();
  const outcome = createOutcome();
  const created = api.put(path, { metadata: { name: 'a', namespace: 'team', generation: 3 } });
  observed.watched(outcome.ref, created);
  const writer = createClusterWriter({
    client: api.client,
    observed,
    outcomes: () => [outcome],
    namespace: 'gate',
    clock,
    logger: createLogger('silent'),
  });
  const statusWrites = () => api.requests.filter((one) => one.path === `${path}/status`).length;
  return { api, clock, writer, outcome, statusWrites };
}

describe('cluster writer', () => {
  it('writes nothing before it leads, and everything then', async () => {
    const { api, writer, outcome, statusWrites } = setUp();
    writer.changed([outcome]);
    await settled();
    expect(api.requests).toEqual([]);
    expect(writer.stats()).toMatchObject({ isLeader: false, statusQueue: 0 });
    writer.start();
    await settled();
    expect(statusWrites()).toBe(1);
    expect(writer.stats()).toMatchObject({ isLeader: true, statusQueue: 0 });
    expect(writer.stats().writes).toContainEqual({ what: 'status', count: 1, failures: 0 });
  });

  it('writes nothing while another one leads', async () => {
    const { api, clock, writer, outcome, statusWrites } = setUp();
    const spec = { holderIdentity: 'another', leaseDurationSeconds: 15 };
    api.put(lease, { metadata: { name: 'seekgate', namespace: 'gate' }, spec });
    writer.start();
    writer.changed([outcome]);
    await settled();
    clock.advance(2_000);
    await settled();
    expect(writer.stats().isLeader).toBe(false);
    expect(statusWrites()).toBe(0);
    await writer.stop();
  });

  it('gives the leadership back when it stops', async () => {
    const { api, writer } = setUp();
    writer.start();
    await settled();
    await writer.stop();
    expect(writer.stats().isLeader).toBe(false);
    expect(api.get(lease)).toMatchObject({ spec: { holderIdentity: '' } });
  });
});
