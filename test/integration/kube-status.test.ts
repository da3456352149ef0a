import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import type { Kind } from '../../src/api/kinds.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createLogger } from '../../src/base/log.ts';
import type { Outcome } from '../../src/ir/outcome.ts';
import { collectionPath } from '../../src/kube/api-path.ts';
import { createKubeClient, type KubeClient } from '../../src/kube/kube-client.ts';
import { createKubeCredentials } from '../../src/kube/kube-credentials.ts';
import type { KubeList } from '../../src/kube/kube-object.ts';
import { createLeaderElection } from '../../src/kube/leader-election.ts';
import { createListWatch, type ListWatch } from '../../src/kube/list-watch.ts';
import { createObservedRegistry } from '../../src/kube/observed-registry.ts';
import { createStatusWriter, type StatusWriter } from '../../src/kube/status-writer.ts';
import { watchedRef } from '../../src/kube/watched-object.ts';
import { startKube, type KubeApi } from '../support/kube.ts';
import { createOutcome, rejectedOutcome } from '../support/kube-outcome.ts';

const clock = systemClock;
const logger = createLogger('warn');
const team = 'team';
const many = 2000;

/** As Gloo ships its CRDs: no subresource, and of a status nothing but `statuses` is kept. */
const glooCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'upstreams.gloo.solo.io' },
  spec: {
    group: 'gloo.solo.io',
    scope: 'Namespaced',
    names: {
      kind: 'Upstream',
      listKind: 'UpstreamList',
      plural: 'upstreams',
      singular: 'upstream',
    },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              status: {
                type: 'object',
                default: {},
                properties: {
                  statuses: {
                    type: 'object',
                    default: {},
                    'x-kubernetes-preserve-unknown-fields': true,
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
};

let kube: KubeApi;
let client: KubeClient;
const writers: StatusWriter[] = [];
const watches: ListWatch[] = [];
const observed = createObservedRegistry();

beforeAll(async () => {
  kube = await startKube();
  await kube.kubectl(['apply', '-f', 'crds/gateway.solo.io_virtualservices.yaml']);
  await kube.kubectl(['apply', '-f', '-'], JSON.stringify(glooCrd));
  await kube.kubectl(['wait', '--for=condition=established', 'crd', '--all', '--timeout=30s']);
  await kube.kubectl(['create', 'namespace', team]);
  await kube.kubectl(['create', 'namespace', 'gate']);
  const { kubeconfig } = kube;
  const credentials = await createKubeCredentials({
    kubeconfig,
    clock,
    logger,
    context: undefined,
  });
  client = createKubeClient({ credentials, clock, userAgent: 'test' });
  watches.push(watch('VirtualService'), watch('Upstream'));
}, 90_000);

afterEach(async () => {
  for (const writer of writers.splice(0)) await writer.stop();
});

afterAll(async () => {
  for (const one of watches) await one.stop();
  await client?.close();
  await kube?.stop();
}, 30_000);

function watch(kind: Kind): ListWatch {
  const seen = (object: KubeList['items'][number]) =>
    observed.watched(watchedRef(kind, object.metadata), object);
  return createListWatch({
    client,
    path: collectionPath(kind),
    handlers: {
      replaced: (objects) => objects.forEach(seen),
      changed: seen,
      deleted: ({ metadata }) => observed.gone(watchedRef(kind, metadata)),
    },
    clock,
    logger,
  });
}

function startWriter(outcomes: readonly Outcome[] = []): StatusWriter {
  const writer = createStatusWriter({
    client,
    observed,
    outcomes: () => outcomes,
    isLeader: () => true,
    namespace: 'gate',
    clock,
    logger,
  });
  writers.push(writer);
  return writer;
}

async function until(holds: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`it did not happen within ${withinMs} ms`);
    await delay(10);
  }
}

const idle = (writer: StatusWriter) => () => writer.stats().queued + writer.stats().inFlight === 0;

/** Makes the objects, and gives outcomes for them as soon as the watch has seen them. */
async function create(
  kind: 'VirtualService' | 'Upstream',
  names: readonly string[],
): Promise<(base: Outcome) => readonly Outcome[]> {
  const group = kind === 'Upstream' ? 'gloo' : 'gateway';
  const items = names.map((name) => ({
    apiVersion: `${group}.solo.io/v1`,
    kind,
    metadata: { name, namespace: team },
    spec: kind === 'Upstream' ? {} : { virtualHost: { domains: [`${name}.example`], routes: [] } },
  }));
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  expect(await kube.kubectl(['create', '-f', '-'], list)).toMatchObject({ code: 0, stderr: '' });
  const refs = names.map((name) => ({ kind, namespace: team, name }));
  await until(() => refs.every((ref) => observed.get(ref) !== undefined));
  return (base) =>
    refs.map((ref) => {
      const { uid = '', generation = 0 } = observed.get(ref) ?? {};
      return { ...base, ref, uid, observedGeneration: generation };
    });
}

async function get(kind: string, name: string): Promise<Record<string, never>> {
  const { stdout } = await kube.kubectl(['-n', team, 'get', kind, name, '-o', 'json']);
  return JSON.parse(stdout);
}

describe('with the own CRDs', () => {
  it('writes what kubectl waits for, shows and describes', async () => {
    const outcomesOf = await create('VirtualService', ['first', 'second']);
    const [first, second] = [outcomesOf(createOutcome())[0]!, outcomesOf(rejectedOutcome())[1]!];
    const writer = startWriter();
    writer.changed([first, second]);
    const waited = await kube.kubectl([
      '-n',
      team,
      'wait',
      '--for=condition=Programmed',
      'vs/first',
      '--timeout=10s',
    ]);
    expect(waited).toMatchObject({ code: 0 });
    await until(() => writer.stats().events.sent === 3);
    const shown = await kube.kubectl(['get', 'vs', '-A']);
    expect(shown.stdout.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' '))).toEqual([
      'NAMESPACE NAME DOMAINS ACCEPTED REFS KEYS PROGRAMMED REASON AGE',
      expect.stringMatching(/^team first \["first\.example"\] True True True True \d+s$/),
      expect.stringMatching(
        /^team second \["second\.example"\] False True True False InvalidRegex \d+s$/,
      ),
      '',
    ]);
    const described = await kube.kubectl(['-n', team, 'describe', 'vs', 'second']);
    expect(described.stdout).toMatch(/Warning +Rejected +\d+s +seekgate +spec\.x: bad regex/);
  });

  it('writes nothing when it says so already, after a restart neither', async () => {
    const outcomesOf = await create('VirtualService', ['again']);
    const outcomes = outcomesOf(createOutcome());
    const writer = startWriter(outcomes);
    writer.leading();
    await until(idle(writer));
    const before = await get('vs', 'again');
    const next = startWriter(outcomes);
    next.leading();
    next.changed(outcomes);
    await until(idle(next));
    expect(next.stats()).toMatchObject({ written: 0, events: { sent: 0 } });
    expect(await get('vs', 'again')).toEqual(before);
  });

  it('keeps what others have written, and what they write at the same time', async () => {
    const outcomesOf = await create('VirtualService', ['shared']);
    const [outcome] = outcomesOf(createOutcome());
    const foreign = {
      conditions: [
        {
          type: 'Synced',
          status: 'True',
          reason: 'Synced',
          message: '',
          lastTransitionTime: '2026-01-01T00:00:00Z',
        },
      ],
      statuses: { other: { state: 'Accepted', reportedBy: 'other', more: { a: [1] } } },
    };
    const patch = JSON.stringify({ status: foreign });
    const path = `${collectionPath('VirtualService', team)}/shared/status`;
    const writer = startWriter();
    // The watch has not told of it when the status is written.
    await client.request({
      method: 'PATCH',
      path,
      contentType: 'application/merge-patch+json',
      body: JSON.parse(patch),
    });
    writer.changed([outcome!]);
    await until(idle(writer));
    const { status } = (await get('vs', 'shared')) as unknown as { status: typeof foreign };
    expect(status.conditions.map(({ type }) => type)).toEqual([
      'Synced',
      'Accepted',
      'ResolvedRefs',
      'KeysReady',
      'Programmed',
    ]);
    expect(status.statuses).toEqual({
      ...foreign.statuses,
      gate: { state: 'Accepted', reportedBy: 'seekgate' },
    });
    expect(status.conditions[0]).toEqual(foreign.conditions[0]);
  });

  it(`writes ${many} statuses within seconds`, async () => {
    const names = Array.from({ length: many }, (_, index) => `bulk-${index}`);
    const outcomesOf = await create('VirtualService', names);
    const writer = startWriter();
    const cpu = process.cpuUsage();
    const started = performance.now();
    writer.changed(outcomesOf(createOutcome()));
    await until(idle(writer), 60_000);
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    process.stdout.write(
      `${many} statuses in ${seconds.toFixed(2)} s, own CPU ${((user + system) / 1e6).toFixed(2)} s\n`,
    );
    expect(writer.stats()).toMatchObject({ written: many, failures: 0, conflicts: 0 });
    expect(seconds).toBeLessThan(20);
  }, 120_000);
});

describe('with the CRDs of Gloo', () => {
  it('writes the status on the resource, once', async () => {
    const outcomesOf = await create('Upstream', ['u1', 'u2', 'u3']);
    const outcomes = outcomesOf(rejectedOutcome());
    const writer = startWriter(outcomes);
    writer.leading();
    await until(idle(writer));
    const before = await Promise.all(['u1', 'u2', 'u3'].map((name) => get('upstream', name)));
    expect(before.map(({ status }) => status)).toEqual(
      outcomes.map(({ reason }) => ({
        statuses: { gate: { state: 'Rejected', reportedBy: 'seekgate', reason: reason } },
      })),
    );
    expect(writer.stats()).toMatchObject({ written: 3, conflicts: 0 });
    // A write raises the generation here, and with it a compile may come.
    for (let round = 0; round < 15; round += 1) {
      writer.changed(outcomesOf(rejectedOutcome()));
      await delay(100);
    }
    expect(writer.stats()).toMatchObject({ written: 3 });
    const next = startWriter(outcomes);
    next.leading();
    await until(idle(next));
    expect(next.stats().written).toBeLessThanOrEqual(1);
    expect(await Promise.all(['u1', 'u2', 'u3'].map((name) => get('upstream', name)))).toEqual(
      before,
    );
  });
});

describe('the Lease', () => {
  it('goes to the next one when the leader stops', async () => {
    const join = (identity: string) => {
      const election = createLeaderElection({ client, namespace: 'gate', identity, clock, logger });
      election.start();
      return election;
    };
    const one = join('one');
    await until(one.isLeader);
    const two = join('two');
    await delay(4_000);
    expect([one.isLeader(), two.isLeader()]).toEqual([true, false]);
    const started = performance.now();
    await one.stop();
    await until(two.isLeader);
    expect(performance.now() - started).toBeLessThan(3_000);
    await two.stop();
    const { stdout } = await kube.kubectl(['-n', 'gate', 'get', 'lease', 'seekgate', '-o', 'json']);
    expect(JSON.parse(stdout).spec).toMatchObject({ holderIdentity: '', leaseTransitions: 1 });
  });
});
