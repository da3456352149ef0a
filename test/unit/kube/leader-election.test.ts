import { afterEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '../../../src/base/log.ts';
import { KubeApiError } from '../../../src/kube/kube-api-error.ts';
import type { KubeRequest } from '../../../src/kube/kube-client.ts';
import { createLeaderElection, type LeaderElection } from '../../../src/kube/leader-election.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { createFakeKubeApi, settled } from '../../support/fake-kube-api.ts';

const collection = '/apis/coordination.k8s.io/v1/namespaces/gate/leases';
const leasePath = `${collection}/seekgate`;

interface Member {
  readonly election: LeaderElection;
  readonly changes: boolean[];
  readonly clock: FakeClock;
  /** Requests of this one fail, as when its process were dead or its network away. */
  cut: boolean;
  /** What they fail with then. */
  error: KubeApiError;
  requests: number;
}

function setUp() {
  const api = createFakeKubeApi();
  const clocks: FakeClock[] = [];
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger('info', { write: (line) => void lines.push(JSON.parse(line)) });
  const join = (identity: string, start?: number): Member => {
    const clock = createFakeClock(start);
    clocks.push(clock);
    const client = {
      request: async <T>(request: KubeRequest): Promise<T> => {
        member.requests += 1;
        if (member.cut) throw member.error;
        return api.client.request<T>(request);
      },
    };
    const election = createLeaderElection({
      client,
      namespace: 'gate',
      identity,
      clock,
      logger,
      random: () => 0.999,
    });
    const changes: boolean[] = [];
    election.onChange((leads) => void changes.push(leads));
    const error = new KubeApiError(0, 'no answer');
    const member: Member = { election, changes, clock, cut: false, error, requests: 0 };
    election.start();
    return member;
  };
  const pass = async (seconds: number) => {
    for (let step = 0; step < seconds * 4; step += 1) {
      for (const clock of clocks) clock.advance(250);
      await settled();
    }
  };
  const spec = () => api.get(leasePath)?.['spec'] as Record<string, unknown>;
  return { api, lines, join, pass, spec };
}

/** Seconds until the predicate holds. */
async function secondsUntil(
  pass: (seconds: number) => Promise<void>,
  holds: () => boolean,
): Promise<number> {
  for (let seconds = 0; seconds < 100; seconds += 0.25) {
    if (holds()) return seconds;
    await pass(0.25);
  }
  throw new Error('it never happened');
}

describe('leader election', () => {
  const members: Member[] = [];
  afterEach(async () => {
    for (const { election } of members.splice(0)) await election.stop();
  });
  const track = (member: Member) => {
    members.push(member);
    return member;
  };

  it.each([
    ['seldom while the server fails', new KubeApiError(503, 'no etcd'), [5, 10]],
    ['soon while there is no answer', new KubeApiError(0, 'no answer'), [36, 44]],
  ] as const)('looks again %s', async (_what, error, [least, most]) => {
    const { join, pass } = setUp();
    const member = track(join('a'));
    member.cut = true;
    member.error = error;
    await pass(60);
    expect(member.requests).toBeGreaterThanOrEqual(least);
    expect(member.requests).toBeLessThanOrEqual(most);
  });

  it('makes the Lease and leads', async () => {
    const { join, pass, spec, lines } = setUp();
    const one = track(join('one'));
    expect(one.election.isLeader()).toBe(false);
    await pass(0.25);
    expect(one.election.isLeader()).toBe(true);
    expect(spec()).toEqual({
      holderIdentity: 'one',
      leaseDurationSeconds: 15,
      acquireTime: '2030-01-01T00:00:00.250000Z',
      renewTime: '2030-01-01T00:00:00.250000Z',
      leaseTransitions: 0,
    });
    expect(lines).toMatchObject([{ msg: 'leading', identity: 'one' }]);
  });

  it('renews with one request every three seconds', async () => {
    const { join, pass, spec, api } = setUp();
    const one = track(join('one'));
    await pass(0.25);
    api.requests.length = 0;
    await pass(60);
    expect(api.requests.map(({ method }) => method)).toEqual(
      Array.from({ length: 20 }, () => 'PATCH'),
    );
    expect(spec()).toMatchObject({
      acquireTime: '2030-01-01T00:00:00.250000Z',
      renewTime: '2030-01-01T00:01:00.250000Z',
      leaseTransitions: 0,
    });
    expect(one.changes).toEqual([true]);
  });

  it('lets one of several lead that begin together', async () => {
    const { join, pass } = setUp();
    const all = ['one', 'two', 'three'].map((name) => track(join(name)));
    await pass(60);
    expect(all.filter(({ election }) => election.isLeader())).toHaveLength(1);
    expect(all.flatMap(({ changes }) => changes)).toEqual([true]);
  });

  it.each([0, 0.75, 1.5, 2.25, 2.75])(
    'has another lead within 17 s of a kill, %d s after a renewal, and not before 15 s',
    async (afterRenewal) => {
      const { join, pass, spec } = setUp();
      const one = track(join('one'));
      await pass(0.75);
      const two = track(join('two'));
      await pass(5);
      const renewed = spec()['renewTime'];
      await secondsUntil(pass, () => spec()['renewTime'] !== renewed);
      await pass(afterRenewal);
      one.cut = true;
      const took = await secondsUntil(pass, () => two.election.isLeader());
      expect(took).toBeLessThanOrEqual(17);
      expect(took + afterRenewal).toBeGreaterThanOrEqual(15);
      expect(one.election.isLeader()).toBe(false);
      expect(spec()).toMatchObject({ holderIdentity: 'two', leaseTransitions: 1 });
    },
  );

  it('never has two leaders, whatever is cut', async () => {
    const { join, pass } = setUp();
    const all = ['one', 'two', 'three'].map((name) => track(join(name)));
    for (let round = 0; round < 120; round += 1) {
      const cut = all[round % 3];
      if (cut) cut.cut = Math.floor(round / 7) % 2 === 0;
      for (let step = 0; step < 8; step += 1) {
        await pass(0.25);
        const leaders = all.filter(({ election }) => election.isLeader());
        expect(leaders.length).toBeLessThanOrEqual(1);
      }
    }
    const handovers = all.flatMap(({ changes }) => changes.filter(Boolean)).length;
    expect(handovers).toBeGreaterThan(1);
  });

  it('gives the Lease back when it is stopped, and another leads within three seconds', async () => {
    const { join, pass, spec, api } = setUp();
    const one = join('one');
    await pass(0.25);
    const two = track(join('two'));
    await pass(4);
    const stopping = one.election.stop();
    expect(one.election.isLeader()).toBe(false);
    expect(one.changes).toEqual([true, false]);
    await stopping;
    expect(spec()).toMatchObject({ holderIdentity: '', leaseTransitions: 0 });
    const took = await secondsUntil(pass, () => two.election.isLeader());
    expect(took).toBeLessThanOrEqual(3);
    expect(spec()).toMatchObject({ holderIdentity: 'two', leaseTransitions: 1 });
    api.requests.length = 0;
    await one.election.stop();
    expect(api.requests).toEqual([]);
  });

  it('gives back a Lease whose making was under way when it was stopped', async () => {
    const { join, spec } = setUp();
    const one = join('one');
    await one.election.stop();
    await settled();
    expect(spec()?.['holderIdentity'] ?? '').toBe('');
    expect(one.changes).toEqual([]);
  });

  it('stops leading ten seconds after the last renewal, and leads again when the API is back', async () => {
    const { join, pass, spec, lines } = setUp();
    const one = track(join('one'));
    await pass(0.25);
    one.cut = true;
    await pass(9.5);
    expect(one.election.isLeader()).toBe(true);
    await pass(0.75);
    expect(one.election.isLeader()).toBe(false);
    await pass(120);
    expect(one.changes).toEqual([true, false]);
    one.cut = false;
    const took = await secondsUntil(pass, () => one.election.isLeader());
    expect(took).toBeLessThanOrEqual(10);
    expect(spec()).toMatchObject({ holderIdentity: 'one', leaseTransitions: 0 });
    expect(lines.map(({ msg }) => msg)).toEqual([
      'leading',
      'lease not reached',
      'not leading',
      'leading',
      'lease reached again',
    ]);
  });

  it('does not lead after it was held up, before any timer has run', async () => {
    const { join, pass } = setUp();
    const one = track(join('one'));
    await pass(0.25);
    // The time passes, and no timer is run.
    (one.clock as { monotonic: () => number }).monotonic = () => 60_000;
    expect(one.election.isLeader()).toBe(false);
  });

  it('asks little while the API is away', async () => {
    const { join, pass, api } = setUp();
    let asked = 0;
    api.onRequest = () => {
      asked += 1;
      throw new KubeApiError(503, 'unavailable');
    };
    track(join('one'));
    await pass(120);
    expect(asked).toBeLessThan(18);
  });

  it('goes by its own clock: those of others may be years off', async () => {
    const { join, pass, spec } = setUp();
    const one = track(join('one', Date.parse('2040-01-01T00:00:00Z')));
    await pass(0.25);
    const two = track(join('two', Date.parse('2020-01-01T00:00:00Z')));
    await pass(60);
    expect(one.election.isLeader()).toBe(true);
    expect(two.changes).toEqual([]);
    one.cut = true;
    expect(await secondsUntil(pass, () => two.election.isLeader())).toBeLessThanOrEqual(17);
    expect(spec()['renewTime']).toMatch(/^2020-/);
  });

  it('holds on when no answer comes to a renewal that was made', async () => {
    const { join, pass, api, spec } = setUp();
    const one = track(join('one'));
    await pass(0.25);
    const lease = api.get(leasePath);
    if (lease) api.put(leasePath, lease);
    await pass(10);
    expect(one.changes).toEqual([true]);
    expect(one.election.isLeader()).toBe(true);
    expect(spec()).toMatchObject({ holderIdentity: 'one', leaseTransitions: 0 });
  });

  it('stops leading when another holds the Lease', async () => {
    const { join, pass, api } = setUp();
    const one = track(join('one'));
    await pass(0.25);
    api.put(leasePath, { spec: { holderIdentity: 'thief', leaseTransitions: 7 } });
    await pass(3.5);
    expect(one.changes).toEqual([true, false]);
  });

  it.each([
    {},
    { spec: null },
    { spec: 'x' },
    { spec: { holderIdentity: 5, leaseTransitions: 'x' } },
  ])('takes a Lease that says nothing: %j', async (lease) => {
    const { join, pass, api, spec } = setUp();
    api.put(leasePath, lease);
    const one = track(join('one'));
    await pass(0.25);
    expect(one.election.isLeader()).toBe(true);
    expect(spec()).toMatchObject({ holderIdentity: 'one', leaseTransitions: 1 });
  });

  it('makes the Lease anew when somebody has deleted it', async () => {
    const { join, pass, api, spec } = setUp();
    const one = track(join('one'));
    await pass(0.25);
    api.remove(leasePath);
    await pass(8);
    expect(one.changes).toEqual([true]);
    expect(spec()).toMatchObject({ holderIdentity: 'one' });
  });

  it('is not ended by a listener that throws', async () => {
    const { join, pass, lines } = setUp();
    const one = track(join('one'));
    one.election.onChange(() => {
      throw new Error('broken');
    });
    const heard: boolean[] = [];
    const forget = one.election.onChange((leads) => void heard.push(leads));
    await pass(0.25);
    expect(heard).toEqual([true]);
    expect(lines.map(({ msg }) => msg)).toContain('listener of the election failed');
    forget();
    await one.election.stop();
    expect(heard).toEqual([true]);
  });
});
