import { describe, expect, it } from '@jest/globals';
import { settled } from '../../support/fake-kube-api.ts';
import { conditionsWith, createOutcome, rejectedOutcome } from '../../support/kube-outcome.ts';
import {
  createStatusWriterRig,
  group,
  manyNames,
  pathOf,
} from '../../support/status-writer-rig.ts';

const foreignEntry = { reportedBy: 'other', state: 'Rejected', reason: 'theirs' };
const foreignCondition = { type: 'Synced', status: 'True' };

describe('status writer', () => {
  it('writes a status once, by the subresource and against the version that was seen', async () => {
    const { writer, writes, status, api, observed } = createStatusWriterRig();
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
    const { writer, writes, start, setOutcomes } = createStatusWriterRig(manyNames);
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
    const { writer, status, api, watch } = createStatusWriterRig();
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
    const { writer, api, writes, setLeader, setOutcomes } = createStatusWriterRig(manyNames);
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

  it('sets right after a while what somebody has removed, and writes nothing else', async () => {
    const { writer, writes, api, watch, clock, setOutcomes } = createStatusWriterRig(manyNames);
    const outcomes = manyNames.map((name) => createOutcome({ name }));
    setOutcomes(outcomes);
    writer.leading();
    await settled();
    api.put(pathOf('n7'), { metadata: { generation: 3 }, spec: {} });
    watch(createOutcome({ name: 'n7' }).ref, pathOf('n7'));
    for (let minutes = 0; minutes < 20; minutes += 1) {
      clock.advance(60_000);
      await settled();
    }
    expect(writes()).toHaveLength(41);
    await writer.stop();
    clock.advance(3_600_000);
    await settled();
    expect(writes()).toHaveLength(41);
  });

  it('stops in the middle of the queue when leadership is lost', async () => {
    const { writer, writes, api, setLeader } = createStatusWriterRig(manyNames);
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
    const { writer, api } = createStatusWriterRig(manyNames);
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
    const { writer, writes, status, api } = createStatusWriterRig();
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
    const { writer, writes, status, api } = createStatusWriterRig();
    api.onRequest = ({ method }) => {
      if (method === 'PATCH' && writes().length === 1) writer.changed([rejectedOutcome()]);
    };
    writer.changed([createOutcome()]);
    await settled();
    expect(writes()).toHaveLength(2);
    expect(status()).toMatchObject({ statuses: { gate: { state: 'Rejected' } } });
  });

  it('reads anew after a conflict, and keeps what the other wrote', async () => {
    const { writer, writes, status, api } = createStatusWriterRig();
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
    const { writer, writes, api, clock, status } = createStatusWriterRig();
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
    const { writer, writes, status, api } = createStatusWriterRig();
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
    const { writer, status, api, watch } = createStatusWriterRig();
    api.put(pathOf('a'), { metadata: { generation: 3 }, status: { observedGeneration: 99 } });
    watch(createOutcome().ref, pathOf('a'));
    writer.changed([createOutcome()]);
    await settled();
    expect(status()).toMatchObject({ observedGeneration: 3 });
  });

  it('leaves a resource alone that was made anew, or is gone', async () => {
    const { writer, writes, api, create } = createStatusWriterRig(['a', 'b', 'c']);
    create('a', { uid: 'another' });
    api.remove(pathOf('b'));
    writer.changed([createOutcome(), createOutcome({ name: 'b' }), createOutcome({ name: 'x' })]);
    await settled();
    expect(writes().map(({ path }) => path)).toEqual([`${pathOf('b')}/status`]);
    expect(writer.stats()).toMatchObject({ written: 0, failures: 0, queued: 0 });
  });

  it('waits a moment for keys that are being fetched, so that one write says all', async () => {
    const { writer, writes, clock, status } = createStatusWriterRig(['a', 'b']);
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
    const { writer, writes, api } = createStatusWriterRig(manyNames);
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
