import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../../../src/base/log.ts';
import type { Outcome, ResourceRef } from '../../../src/ir/outcome.ts';
import { KubeApiError } from '../../../src/kube/kube-api-error.ts';
import type { KubeRequest } from '../../../src/kube/kube-client.ts';
import { createObservedRegistry } from '../../../src/kube/observed-registry.ts';
import { createStatusWriter } from '../../../src/kube/status-writer.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeKubeApi, settled } from '../../support/fake-kube-api.ts';
import { conditionsWith, createOutcome, rejectedOutcome } from '../../support/kube-outcome.ts';

const group = '/apis/gateway.solo.io/v1';
const foreignEntry = { reportedBy: 'other', state: 'Rejected', reason: 'theirs' };
const foreignCondition = { type: 'Synced', status: 'True' };

function pathOf(name: string, namespace = 'team'): string {
  return `${group}/namespaces/${namespace}/virtualservices/${name}`;
}

function setUp(names: readonly string[] = ['a'], { subresource = true } = {}) {
  const api = createFakeKubeApi();
  const clock = createFakeClock();
  const observed = createObservedRegistry();
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger('info', { write: (line) => void lines.push(JSON.parse(line)) });
  const resources = subresource
    ? ['virtualservices', 'virtualservices/status', 'routetables', 'routetables/status']
    : ['virtualservices', 'routetables'];
  api.discovery.set(group, resources);
  let leads = true;
  let outcomes: readonly Outcome[] = [];
  const watch = (ref: ResourceRef, path: string) => {
    const object = api.get(path);
    if (object === undefined) observed.gone(ref);
    else observed.watched(ref, object);
  };
  const create = (name: string, metadata = {}) => {
    api.put(pathOf(name), { metadata: { generation: 3, ...metadata }, spec: {} });
    watch(createOutcome({ name }).ref, pathOf(name));
  };
  for (const name of names) create(name);
  const start = () =>
    createStatusWriter({
      client: api.client,
      observed,
      outcomes: () => outcomes,
      isLeader: () => leads,
      namespace: 'gate',
      clock,
      logger,
      random: () => 0,
    });
  const writes = () =>
    api.requests.filter(({ method, path }) => method === 'PATCH' && !path.includes('/events/'));
  return {
    api,
    clock,
    observed,
    lines,
    create,
    start,
    writer: start(),
    writes,
    watch,
    status: (name = 'a') => api.get(pathOf(name))?.['status'] as Record<string, unknown>,
    setLeader: (value: boolean) => (leads = value),
    setOutcomes: (value: readonly Outcome[]) => (outcomes = value),
  };
}

function failFor(count: number, status: number, retryAfterMs?: number) {
  let left = count;
  return ({ method, path }: KubeRequest) => {
    if (method !== 'PATCH' || path.includes('/events')) return;
    left -= 1;
    if (left >= 0) throw new KubeApiError(status, 'refused', { retryAfterMs });
  };
}

const manyNames = Array.from({ length: 40 }, (_, index) => `n${index}`);

describe('status writer', () => {
  it('writes a status once, by the subresource and against the version that was seen', async () => {
    const { writer, writes, status, api, observed } = setUp();
    const before = observed.get(createOutcome().ref)?.resourceVersion;
    writer.changed([createOutcome()]);
    await settled();
    expect(writes()).toMatchObject([
      {
        path: `${pathOf('a')}/status`,
        contentType: 'application/merge-patch+json',
        body: { metadata: { resourceVersion: before } },
      },
    ]);
    expect(status()).toMatchObject({
      observedGeneration: 3,
      statuses: { gate: { state: 'Accepted', reportedBy: 'seekgate' } },
    });
    expect(observed.get(createOutcome().ref)?.status).toEqual(status());
    writer.changed([createOutcome()]);
    await settled();
    expect(writes()).toHaveLength(1);
    expect(api.requests.filter(({ path }) => path === group)).toHaveLength(1);
    expect(writer.stats()).toMatchObject({ written: 1, unchanged: 1, queued: 0, inFlight: 0 });
  });

  it('writes nothing after a restart', async () => {
    const { writer, writes, start, setOutcomes } = setUp(manyNames);
    const outcomes = manyNames.map((name) => createOutcome({ name }));
    writer.changed(outcomes);
    await settled();
    expect(writes()).toHaveLength(40);
    setOutcomes(outcomes);
    const next = start();
    next.leading();
    await settled();
    expect(writes()).toHaveLength(40);
    expect(next.stats()).toMatchObject({ written: 0, unchanged: 40 });
  });

  it('leaves everything of others as it is', async () => {
    const { writer, status, api, watch } = setUp();
    api.put(pathOf('a'), {
      metadata: { generation: 3 },
      status: { statuses: { other: foreignEntry }, conditions: [foreignCondition], phase: 'x' },
    });
    watch(createOutcome().ref, pathOf('a'));
    writer.changed([rejectedOutcome()]);
    await settled();
    expect(status()).toMatchObject({
      phase: 'x',
      statuses: { other: foreignEntry, gate: { state: 'Rejected' } },
      conditions: [foreignCondition, {}, {}, {}, {}],
    });
  });

  it('does nothing without leadership, and looks at everything when it comes', async () => {
    const { writer, api, writes, setLeader, setOutcomes } = setUp(manyNames);
    setLeader(false);
    const outcomes = manyNames.map((name) => createOutcome({ name }));
    setOutcomes(outcomes);
    writer.changed(outcomes);
    writer.leading();
    await settled();
    expect(api.requests).toEqual([]);
    setLeader(true);
    writer.leading();
    await settled();
    expect(writes()).toHaveLength(40);
  });

  it('stops in the middle of the queue when leadership is lost', async () => {
    const { writer, writes, api, setLeader } = setUp(manyNames);
    api.onRequest = () => {
      if (writes().length === 5) setLeader(false);
    };
    writer.changed(manyNames.map((name) => createOutcome({ name })));
    await settled();
    expect(writes().length).toBeGreaterThanOrEqual(5);
    expect(writes().length).toBeLessThanOrEqual(5 + 12);
    expect(writer.stats()).toMatchObject({ queued: 0, inFlight: 0 });
  });

  it('has few requests under way, and one only until the kind is known', async () => {
    const { writer, api } = setUp(manyNames);
    let running = 0;
    const seen: number[] = [];
    api.onRequest = async ({ method, path }) => {
      if (method !== 'PATCH' || path.includes('/events')) return;
      running += 1;
      seen.push(running);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      running -= 1;
    };
    writer.changed(manyNames.map((name) => createOutcome({ name })));
    await settled();
    await settled();
    expect(seen.slice(0, 2)).toEqual([1, 1]);
    expect(Math.max(...seen)).toBe(12);
    expect(seen).toHaveLength(40);
  });

  it('writes the latest outcome only', async () => {
    const { writer, writes, status, api } = setUp();
    let release: (() => void) | undefined;
    api.onRequest = ({ path }) => {
      if (path !== group) return undefined;
      return new Promise((resolve) => {
        release = resolve;
      });
    };
    writer.changed([createOutcome({ observedGeneration: 1 })]);
    await settled();
    writer.changed([createOutcome({ observedGeneration: 2 })]);
    writer.changed([createOutcome({ observedGeneration: 3 })]);
    release?.();
    await settled();
    expect(writes()).toHaveLength(1);
    expect(status()).toMatchObject({ observedGeneration: 3 });
  });

  it('writes once more what has changed during a write', async () => {
    const { writer, writes, status, api } = setUp();
    api.onRequest = ({ method }) => {
      if (method === 'PATCH' && writes().length === 1) writer.changed([rejectedOutcome()]);
    };
    writer.changed([createOutcome()]);
    await settled();
    expect(writes()).toHaveLength(2);
    expect(status()).toMatchObject({ statuses: { gate: { state: 'Rejected' } } });
  });

  it('reads anew after a conflict, and keeps what the other wrote', async () => {
    const { writer, writes, status, api } = setUp();
    api.onRequest = ({ method }) => {
      if (method !== 'PATCH' || writes().length > 1) return;
      const object = api.get(pathOf('a'));
      api.put(pathOf('a'), { ...object, status: { conditions: [foreignCondition] } });
    };
    writer.changed([createOutcome()]);
    await settled();
    expect(writes()).toHaveLength(2);
    expect(status()['conditions']).toHaveLength(5);
    expect(writer.stats()).toMatchObject({ written: 1, conflicts: 1, failures: 0 });
  });

  it('tries five times against somebody who always comes first, and again later', async () => {
    const { writer, writes, api, clock, status } = setUp();
    let isContended = true;
    api.onRequest = ({ method }) => {
      const object = api.get(pathOf('a'));
      if (method === 'PATCH' && isContended && object) api.put(pathOf('a'), object);
    };
    writer.changed([createOutcome()]);
    await settled();
    expect(writes()).toHaveLength(5);
    clock.advance(900);
    await settled();
    expect(writes()).toHaveLength(5);
    isContended = false;
    clock.advance(200);
    await settled();
    expect(status()).toMatchObject({ observedGeneration: 3 });
  });

  it('does not write over what another leader has told of a newer generation', async () => {
    const { writer, writes, status, api } = setUp();
    const newer = { type: 'Accepted', status: 'False', observedGeneration: 4 };
    api.onRequest = ({ method }) => {
      if (method !== 'PATCH' || writes().length > 1) return;
      api.put(pathOf('a'), { metadata: { generation: 4 }, status: { conditions: [newer] } });
    };
    writer.changed([createOutcome()]);
    await settled();
    expect(writes()).toHaveLength(1);
    expect(status()).toEqual({ conditions: [newer] });
  });

  it('takes no generation for newer that the object never had', async () => {
    const { writer, status, api, watch } = setUp();
    api.put(pathOf('a'), { metadata: { generation: 3 }, status: { observedGeneration: 99 } });
    watch(createOutcome().ref, pathOf('a'));
    writer.changed([createOutcome()]);
    await settled();
    expect(status()).toMatchObject({ observedGeneration: 3 });
  });

  it('leaves a resource alone that was made anew, or is gone', async () => {
    const { writer, writes, api, create } = setUp(['a', 'b', 'c']);
    create('a', { uid: 'another' });
    api.remove(pathOf('b'));
    writer.changed([createOutcome(), createOutcome({ name: 'b' }), createOutcome({ name: 'x' })]);
    await settled();
    expect(writes().map(({ path }) => path)).toEqual([`${pathOf('b')}/status`]);
    expect(writer.stats()).toMatchObject({ written: 0, failures: 0, queued: 0 });
  });

  it('waits a moment for keys that are being fetched, so that one write says all', async () => {
    const { writer, writes, clock, status } = setUp(['a', 'b']);
    const pending = conditionsWith({
      type: 'KeysReady',
      status: 'Unknown',
      reason: 'KeysPending',
      message: '',
    });
    writer.changed([createOutcome({ conditions: pending })]);
    writer.changed([createOutcome({ name: 'b', conditions: pending })]);
    clock.advance(900);
    await settled();
    expect(writes()).toEqual([]);
    writer.changed([createOutcome()]);
    await settled();
    expect(writes()).toHaveLength(1);
    clock.advance(100);
    await settled();
    expect(writes()).toHaveLength(2);
    expect(JSON.stringify(status('b'))).toContain('KeysPending');
  });

  it('ends what is under way when it is stopped, and begins nothing more', async () => {
    const { writer, writes, api } = setUp(manyNames);
    const releases: (() => void)[] = [];
    api.onRequest = ({ method }) =>
      method === 'PATCH' && writes().length > 1
        ? new Promise((resolve) => {
            releases.push(resolve);
          })
        : undefined;
    writer.changed(manyNames.map((name) => createOutcome({ name })));
    await settled();
    let stopped = false;
    const stopping = writer.stop().then(() => {
      stopped = true;
      return undefined;
    });
    await settled();
    expect(stopped).toBe(false);
    for (const release of releases) release();
    await stopping;
    writer.changed([createOutcome({ name: 'n39' })]);
    await settled();
    expect(writes()).toHaveLength(13);
  });
});

describe('status writer, when the API server refuses', () => {
  it.each([429, 500, 503, 0, 401])('keeps everything and asks little: %d', async (code) => {
    const { writer, writes, api, clock, lines } = setUp(manyNames);
    api.onRequest = failFor(Infinity, code);
    writer.changed(manyNames.map((name) => createOutcome({ name })));
    await settled();
    for (let seconds = 0; seconds < 120; seconds += 1) {
      clock.advance(1000);
      await settled();
    }
    expect(writes().length).toBeGreaterThan(5);
    expect(writes().length).toBeLessThan(20);
    expect(lines.filter(({ msg }) => msg === 'status not written')).toHaveLength(1);
    api.onRequest = () => undefined;
    clock.advance(30_000);
    await settled();
    expect(writer.stats()).toMatchObject({ written: 40, queued: 0 });
  });

  it('waits as long as it is told to', async () => {
    const { writer, writes, api, clock } = setUp();
    api.onRequest = failFor(1, 429, 20_000);
    writer.changed([createOutcome()]);
    await settled();
    clock.advance(19_900);
    await settled();
    expect(writes()).toHaveLength(1);
    clock.advance(100);
    await settled();
    expect(writes()).toHaveLength(2);
  });

  it('lets one resource that cannot be written not hinder the others', async () => {
    const { writer, api, clock } = setUp(manyNames);
    api.onRequest = ({ path }) => {
      if (path.endsWith('/n0/status')) throw new KubeApiError(500, 'the webhook failed');
    };
    writer.changed(manyNames.map((name) => createOutcome({ name })));
    for (let seconds = 0; seconds < 10; seconds += 1) {
      await settled();
      clock.advance(1000);
    }
    await settled();
    expect(writer.stats()).toMatchObject({ written: 39, queued: 1 });
  });

  it('logs a lacking right once, asks seldom, and goes on with other namespaces', async () => {
    const { writer, writes, api, clock, lines, watch } = setUp(manyNames);
    api.put(pathOf('z', 'other'), { metadata: { uid: 'uid-z', generation: 3 } });
    const other = createOutcome({ name: 'z' });
    const inOther = { ...other, ref: { ...other.ref, namespace: 'other' } };
    watch(inOther.ref, pathOf('z', 'other'));
    api.onRequest = ({ method, path }) => {
      if (method === 'PATCH' && path.includes('/team/')) throw new KubeApiError(403, 'forbidden');
    };
    writer.changed([...manyNames.map((name) => createOutcome({ name })), inOther]);
    for (let seconds = 0; seconds < 120; seconds += 1) {
      await settled();
      clock.advance(1000);
    }
    expect(writer.stats()).toMatchObject({ written: 1, queued: 40 });
    expect(writes().length).toBeLessThan(12);
    expect(lines.filter(({ msg }) => msg === 'status not written')).toMatchObject([
      { level: 'error', kind: 'VirtualService', status: 403 },
    ]);
    api.onRequest = () => undefined;
    clock.advance(300_000);
    await settled();
    expect(writer.stats()).toMatchObject({ written: 41, queued: 0 });
  });

  it('logs a refused status once for its kind, and tries it again seldom or when it changes', async () => {
    const { writer, writes, api, clock, lines } = setUp(['a', 'b']);
    api.onRequest = failFor(Infinity, 422);
    writer.changed([createOutcome(), createOutcome({ name: 'b' })]);
    await settled();
    expect(writes()).toHaveLength(2);
    expect(lines).toMatchObject([{ level: 'error', msg: 'status not written', status: 422 }]);
    clock.advance(4_000);
    await settled();
    expect(writes()).toHaveLength(2);
    writer.changed([rejectedOutcome()]);
    await settled();
    expect(writes()).toHaveLength(3);
    for (let seconds = 0; seconds < 120; seconds += 1) {
      clock.advance(1000);
      await settled();
    }
    expect(writes().length).toBeLessThan(14);
    expect(lines).toHaveLength(1);
  });
});

describe('status writer, with the CRDs of Gloo', () => {
  const onlyStatuses = (status: Record<string, unknown>) => ({ statuses: status['statuses'] });

  it('writes on the resource itself, without a generation', async () => {
    const { writer, writes, status } = setUp(['a'], { subresource: false });
    writer.changed([createOutcome()]);
    await settled();
    expect(writes().map(({ path }) => path)).toEqual([pathOf('a')]);
    expect(status()['conditions']).toHaveLength(4);
    expect(JSON.stringify(status())).not.toContain('observedGeneration');
  });

  it('notices from the first answer that conditions are not kept, and writes no more for them', async () => {
    const { writer, writes, api, start, setOutcomes } = setUp(manyNames, { subresource: false });
    api.prune = onlyStatuses;
    const outcomes = manyNames.map((name) => createOutcome({ name }));
    writer.changed(outcomes);
    await settled();
    expect(writes()).toHaveLength(40);
    const body = writes().map((request) => JSON.stringify(request.body).includes('conditions'));
    expect(body.filter(Boolean)).toHaveLength(1);
    writer.changed(outcomes.map((one) => ({ ...one, observedGeneration: 9 })));
    await settled();
    expect(writes()).toHaveLength(40);
    // Another process knows nothing of it and finds out with one write of the kind.
    setOutcomes(outcomes);
    const next = start();
    next.leading();
    await settled();
    expect(writes()).toHaveLength(41);
    expect(next.stats()).toMatchObject({ written: 1, unchanged: 39 });
  });

  it('copes with a CRD that keeps no status at all', async () => {
    const { writer, writes, api } = setUp(manyNames, { subresource: false });
    api.prune = () => ({});
    const outcomes = manyNames.map((name) => createOutcome({ name }));
    writer.changed(outcomes);
    await settled();
    writer.changed(outcomes);
    await settled();
    expect(writes().length).toBeLessThanOrEqual(2);
    expect(writer.stats()).toMatchObject({ queued: 0, failures: 0 });
  });

  it('notices a status subresource that is gone', async () => {
    const { writer, writes, api, status } = setUp(['a', 'b']);
    writer.changed([createOutcome()]);
    await settled();
    api.discovery.set(group, ['virtualservices']);
    writer.changed([createOutcome({ name: 'b' })]);
    await settled();
    expect(writes().map(({ path }) => path)).toEqual([
      `${pathOf('a')}/status`,
      `${pathOf('b')}/status`,
      pathOf('b'),
    ]);
    expect(status('b')).toMatchObject({ statuses: { gate: { state: 'Accepted' } } });
  });

  it('notices a status subresource that has come', async () => {
    const { writer, writes, api, status } = setUp(['a', 'b'], { subresource: false });
    writer.changed([createOutcome()]);
    await settled();
    api.discovery.set(group, ['virtualservices', 'virtualservices/status']);
    writer.changed([createOutcome({ name: 'b' })]);
    await settled();
    expect(writes().map(({ path }) => path)).toEqual([
      pathOf('a'),
      pathOf('b'),
      `${pathOf('b')}/status`,
    ]);
    expect(status('b')).toMatchObject({ observedGeneration: 3 });
  });
});
