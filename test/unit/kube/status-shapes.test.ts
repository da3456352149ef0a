import { describe, expect, it } from '@jest/globals';
import { settled } from '../../support/fake-kube-api.ts';
import { createOutcome } from '../../support/kube-outcome.ts';
import {
  createStatusWriterRig,
  group,
  manyNames,
  pathOf,
} from '../../support/status-writer-rig.ts';

describe('status writer, with the CRDs of Gloo', () => {
  const onlyStatuses = (status: Record<string, unknown>) => ({ statuses: status['statuses'] });

  it('writes on the resource itself, without a generation', async () => {
    const { writer, writes, status } = createStatusWriterRig(['a'], { subresource: false });
    writer.changed([createOutcome()]);
    await settled();
    expect(writes().map(({ path }) => path)).toEqual([pathOf('a')]);
    expect(status()['conditions']).toHaveLength(4);
    expect(JSON.stringify(status())).not.toContain('observedGeneration');
  });

  it('notices from the first answer that conditions are not kept, and writes no more for them', async () => {
    const { writer, writes, api, start, setOutcomes } = createStatusWriterRig(manyNames, {
      subresource: false,
    });
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
    const { writer, writes, api } = createStatusWriterRig(manyNames, { subresource: false });
    api.prune = () => ({});
    const outcomes = manyNames.map((name) => createOutcome({ name }));
    writer.changed(outcomes);
    await settled();
    writer.changed(outcomes);
    await settled();
    expect(writes().length).toBeLessThanOrEqual(2);
    expect(writer.stats()).toMatchObject({ queued: 0, failures: 0 });
  });

  it('notices a status subresource that has come, with all that it keeps, though nothing else is new', async () => {
    const { writer, writes, api, clock, status, setOutcomes } = createStatusWriterRig(['a', 'b'], {
      subresource: false,
    });
    api.prune = onlyStatuses;
    const outcomes = ['a', 'b'].map((name) => createOutcome({ name }));
    setOutcomes(outcomes);
    writer.leading();
    await settled();
    expect(writes()).toHaveLength(2);
    clock.advance(300_000);
    await settled();
    expect(writes()).toHaveLength(2);
    api.prune = (kept) => kept;
    api.discovery.set(group, ['virtualservices', 'virtualservices/status']);
    clock.advance(300_000);
    await settled();
    expect(
      writes()
        .slice(2)
        .map(({ path }) => path),
    ).toEqual([`${pathOf('a')}/status`, `${pathOf('b')}/status`]);
    expect(status()).toMatchObject({ observedGeneration: 3 });
    expect(status()['conditions']).toHaveLength(4);
  });

  it('notices a status subresource that is gone', async () => {
    const { writer, writes, api, status } = createStatusWriterRig(['a', 'b']);
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
    const { writer, writes, api, status } = createStatusWriterRig(['a', 'b'], {
      subresource: false,
    });
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
