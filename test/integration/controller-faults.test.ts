import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startFaultLab, type FaultLab, type LabInstance } from '../support/fault-lab.ts';
import {
  compactUnderWatch,
  cutConnections,
  cutWatches,
  deleteNamespace,
  idle,
  killGateway,
  killServer,
  killWriter,
  recreateWhileAway,
  refuse,
  silence,
} from '../support/fault-story.ts';
import type { SteadyTraffic } from '../support/steady-traffic.ts';

/** Of the gateway, and the time that the attempt takes: after refusals, which say nothing of when to ask again. */
const longestBackOffMs = 31_000;
/** What found nobody to answer asks again when anything else has found somebody. */
const soonMs = 8_000;

let lab: FaultLab;
beforeAll(async () => {
  lab = await startFaultLab();
}, 90_000);
afterAll(() => lab?.stop(), 60_000);

describe('a gateway in a cluster, idle', () => {
  it('writes nothing and holds two connections at most', async () => {
    // What it has to say of the first objects is said by then.
    await lab.enforced(lab.first, await lab.change());
    await new Promise((settle) => setTimeout(settle, 3000));
    const { statusWrites, connections, requests } = await idle(lab.first, 20_000);
    expect(statusWrites).toBe(0);
    expect(connections).toBeLessThanOrEqual(2);
    // The Lease is renewed every few seconds.
    expect(requests).toBeLessThan(20);
  }, 60_000);
});

describe('a gateway in a cluster, 200 requests a second', () => {
  let traffic: SteadyTraffic;
  beforeEach(() => {
    traffic = lab.traffic(lab.first);
  });
  afterEach(async () => {
    await traffic.stop();
    expect(traffic.failures()).toEqual({});
    expect(traffic.sent()).toBeGreaterThan(50);
  }, 20_000);

  it('outlives kube-apiserver', async () => {
    const { requests, enforcedMs } = await killServer(lab, 6_000);
    expect(requests).toBeLessThan(300);
    expect(enforcedMs).toBeLessThan(soonMs);
  }, 90_000);

  it('goes on when etcd has forgotten where it was', async () => {
    const before = lab.first.proxy.requests().length;
    const { enforcedMs } = await compactUnderWatch(lab);
    expect(enforcedMs).toBeLessThan(longestBackOffMs);
    const after = lab.first.proxy.requests().slice(before);
    expect(after.filter(isListOfServices)).not.toEqual([]);
  }, 90_000);

  it.each([429, 403, 503])(
    'goes on after refusals with %i, which it does not answer with more and more requests',
    async (status) => {
      const { requests, enforcedMs } = await refuse(lab, status, 3000);
      expect(requests).toBeGreaterThan(0);
      expect(requests).toBeLessThan(200);
      expect(enforcedMs).toBeLessThan(longestBackOffMs);
    },
    60_000,
  );

  it('takes up watches that are cut', async () => {
    const { requests, enforcedMs } = await cutWatches(lab, 5);
    expect(requests).toBeLessThan(300);
    expect(enforcedMs).toBeLessThan(10_000);
  }, 60_000);

  it('takes up connections that are cut', async () => {
    const { requests, enforcedMs } = await cutConnections(lab, 3);
    expect(requests).toBeLessThan(300);
    expect(enforcedMs).toBeLessThan(soonMs);
  }, 60_000);

  it('sees what was deleted, and what was made anew, while it was away', async () => {
    const { enforcedMs } = await recreateWhileAway(lab);
    expect(enforcedMs).toBeLessThan(longestBackOffMs);
  }, 60_000);

  it('drops the routes of a namespace that is deleted within a second', async () => {
    expect(await deleteNamespace(lab)).toBeLessThan(1000);
    expect(lab.first.gateway().ended()).toBe(false);
  }, 60_000);

  it('notices within a minute that a connection is dead', async () => {
    const { enforcedMs } = await silence(lab);
    expect(enforcedMs).toBeLessThan(60_000);
  }, 90_000);
});

describe('two gateways on one cluster', () => {
  let other: LabInstance;
  beforeAll(async () => {
    other = await lab.another();
  }, 60_000);

  it('have one writer; when it is killed the other one writes within 17 s', async () => {
    const { writes, takenOverMs } = await killWriter(lab, other, 5);
    expect(writes).toEqual([0, 5]);
    expect(takenOverMs).toBeLessThan(17_000);
  }, 90_000);

  it('serve while one of them is killed, and it comes back with the right table', async () => {
    const [killed, spared] = [lab.traffic(lab.first, true), lab.traffic(other)];
    const { enforcedMs } = await killGateway(lab);
    await Promise.all([killed.stop(), spared.stop()]);
    expect([killed.failures(), spared.failures()]).toEqual([{}, {}]);
    expect(enforcedMs).toBeLessThan(10_000);
  }, 60_000);
});

function isListOfServices({ verb, resource }: { verb: string; resource: string }): boolean {
  return verb === 'list' && resource === 'virtualservices';
}
