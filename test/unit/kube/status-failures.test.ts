import { describe, expect, it } from '@jest/globals';
import { KubeApiError } from '../../../src/kube/kube-api-error.ts';
import { settled } from '../../support/fake-kube-api.ts';
import { createOutcome, rejectedOutcome } from '../../support/kube-outcome.ts';
import {
  createStatusWriterRig,
  failFor,
  manyNames,
  pathOf,
} from '../../support/status-writer-rig.ts';

describe('status writer, when the API server refuses', () => {
  it.each([429, 500, 503, 0, 401])('keeps everything and asks little: %d', async (code) => {
    const { writer, writes, api, clock, lines } = createStatusWriterRig(manyNames);
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
    const { writer, writes, api, clock } = createStatusWriterRig();
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
    const { writer, api, clock } = createStatusWriterRig(manyNames);
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

  it('does not pause for objects that leave no room for a status', async () => {
    const { writer, writes, api, clock } = createStatusWriterRig(manyNames);
    const isFull = (path: string) => path.endsWith('/status') && !path.endsWith('/n0/status');
    api.onRequest = ({ path }) => {
      if (isFull(path)) throw new KubeApiError(500, 'PATCH: 500: etcdserver: request is too large');
    };
    writer.changed(manyNames.slice(1).map((name) => createOutcome({ name })));
    await settled();
    expect(writes()).toHaveLength(39);
    writer.changed([createOutcome({ name: 'n0' })]);
    await settled();
    expect(writer.stats()).toMatchObject({ written: 1, queued: 39 });
    clock.advance(4_900);
    await settled();
    expect(writes()).toHaveLength(40);
  });

  it('logs a lacking right once, asks seldom, and goes on with other namespaces', async () => {
    const { writer, writes, api, clock, lines, watch } = createStatusWriterRig(manyNames);
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
    const { writer, writes, api, clock, lines } = createStatusWriterRig(['a', 'b']);
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
