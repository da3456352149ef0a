import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../../../src/base/log.ts';
import type { Outcome } from '../../../src/ir/outcome.ts';
import { createEventRecorder } from '../../../src/kube/event-recorder.ts';
import { KubeApiError } from '../../../src/kube/kube-api-error.ts';
import type { ObservedObject } from '../../../src/kube/observed-objects.ts';
import { statusChange } from '../../../src/kube/status-document.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeKubeApi, mergePatch, settled } from '../../support/fake-kube-api.ts';
import { conditionsWith, createOutcome, rejectedOutcome } from '../../support/kube-outcome.ts';

const collection = '/api/v1/namespaces/team/events';

function statusOf(outcome: Outcome, kept = { conditions: true, statuses: true }): unknown {
  const parts = { observedGeneration: true, ...kept };
  return mergePatch({}, statusChange(outcome, undefined, { namespace: 'gate', nowMs: 0, parts }));
}

function objectOf(status: unknown, uid = 'uid-a'): ObservedObject {
  return { uid, resourceVersion: '7', generation: 3, status };
}

function setUp() {
  const api = createFakeKubeApi();
  const clock = createFakeClock();
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger('debug', { write: (line) => void lines.push(JSON.parse(line)) });
  const flags = { leads: true, busy: false };
  const recorder = createEventRecorder({
    client: api.client,
    isLeader: () => flags.leads,
    namespace: 'gate',
    isBusy: () => flags.busy,
    clock,
    logger,
  });
  const made = () =>
    api.requests
      .filter(({ method }) => method === 'POST')
      .map(({ body }) => body as Record<string, unknown>);
  return { api, clock, lines, flags, recorder, made };
}

describe('event recorder', () => {
  it('makes events of core/v1 on the object', async () => {
    const { recorder, api } = setUp();
    recorder.told(rejectedOutcome(), objectOf(undefined));
    await settled();
    expect(api.requests).toEqual([
      {
        method: 'POST',
        path: collection,
        body: {
          apiVersion: 'v1',
          kind: 'Event',
          metadata: { namespace: 'team', name: expect.stringMatching(/^a\.[0-9a-f]{20}$/) },
          involvedObject: {
            apiVersion: 'gateway.solo.io/v1',
            kind: 'VirtualService',
            namespace: 'team',
            name: 'a',
            uid: 'uid-a',
            resourceVersion: '7',
          },
          type: 'Warning',
          reason: 'Rejected',
          message: 'spec.x: bad regex',
          source: { component: 'seekgate' },
          reportingComponent: 'seekgate',
          firstTimestamp: '2030-01-01T00:00:00Z',
          lastTimestamp: '2030-01-01T00:00:00Z',
          count: 1,
        },
      },
    ]);
    expect(recorder.stats()).toEqual({ sent: 1, dropped: 0 });
  });

  it('tells nothing where the status said so already', async () => {
    const { recorder, api } = setUp();
    for (const outcome of [createOutcome(), rejectedOutcome()]) {
      recorder.told(outcome, objectOf(statusOf(outcome)));
    }
    await settled();
    expect(api.requests).toEqual([]);
  });

  it('raises the count when the same happens again', async () => {
    const { recorder, api, clock, made } = setUp();
    for (let round = 0; round < 3; round += 1) {
      recorder.told(rejectedOutcome(), objectOf(statusOf(createOutcome())));
      await settled();
      clock.advance(60_000);
    }
    expect(made()).toHaveLength(1);
    const [, second, third] = api.requests;
    expect(second).toMatchObject({ body: { count: 2, lastTimestamp: '2030-01-01T00:01:00Z' } });
    const path = third?.path ?? '';
    expect(api.get(path)).toMatchObject({ count: 3, firstTimestamp: '2030-01-01T00:00:00Z' });
  });

  it('makes an event anew when the API server has dropped it, and for another object', async () => {
    const { recorder, api, made, clock } = setUp();
    const before = statusOf(createOutcome());
    recorder.told(rejectedOutcome(), objectOf(before));
    await settled();
    for (const { body } of api.requests) {
      const { name } = (body as { metadata: { name: string } }).metadata;
      api.remove(`${collection}/${name}`);
    }
    clock.advance(3_600_000);
    recorder.told(rejectedOutcome(), objectOf(before));
    recorder.told(rejectedOutcome(), objectOf(before, 'uid-other'));
    await settled();
    expect(made()).toHaveLength(3);
    expect(made().map(({ count }) => count)).toEqual([1, 1, 1]);
  });

  it.each([
    ['only statuses', { conditions: false, statuses: true }],
    ['only conditions', { conditions: true, statuses: false }],
    ['both', { conditions: true, statuses: true }],
  ])(
    'tells transitions once, where a CRD keeps %s, and none after a restart',
    async (_name, kept) => {
      const pending = createOutcome({
        conditions: conditionsWith({
          type: 'KeysReady',
          status: 'Unknown',
          reason: 'KeysPending',
          message: '',
        }),
      });
      const failed = createOutcome({
        conditions: conditionsWith({
          type: 'KeysReady',
          status: 'False',
          reason: 'KeyFetchFailed',
          message: 'id.example: no keys yet',
        }),
      });
      const first = setUp();
      first.recorder.told(pending, objectOf(undefined));
      first.recorder.told(failed, objectOf(statusOf(pending, kept)));
      first.recorder.told(failed, objectOf(statusOf(failed, kept)));
      await settled();
      expect(first.made().map(({ reason }) => reason)).toEqual([
        'Accepted',
        'Programmed',
        'KeyFetchFailed',
      ]);
      const second = setUp();
      second.recorder.told(failed, objectOf(statusOf(failed, kept)));
      await settled();
      expect(second.made()).toEqual([]);
    },
  );

  it('cuts long messages and long names', async () => {
    const { recorder, made } = setUp();
    const message = 'é'.repeat(2000);
    const condition = { type: 'Accepted', status: 'False', reason: 'Malformed', message } as const;
    const name = 'n'.repeat(253);
    const outcome = rejectedOutcome({ name, conditions: conditionsWith(condition) });
    recorder.told(outcome, objectOf(undefined));
    await settled();
    const [event] = made();
    expect(event?.['message']).toBe('é'.repeat(512));
    expect(event?.['metadata']).toMatchObject({ name: expect.stringMatching(/^n{232}\.\w{20}$/) });
  });

  it('sends few of a kind at once, the warnings in any case, and drops the rest', async () => {
    const { recorder, made, clock } = setUp();
    for (let index = 0; index < 400; index += 1) {
      const name = `n${index}`;
      const outcome = index % 4 === 0 ? rejectedOutcome({ name }) : createOutcome({ name });
      recorder.told(outcome, objectOf(undefined, `uid-${index}`));
    }
    const upstream = rejectedOutcome({ kind: 'Upstream', name: 'u' });
    recorder.told(upstream, objectOf(undefined, 'uid-u'));
    await settled();
    expect(made().length).toBeLessThanOrEqual(30);
    expect(made().map(({ involvedObject }) => (involvedObject as { kind: string }).kind)).toContain(
      'Upstream',
    );
    for (let seconds = 0; seconds < 240; seconds += 1) {
      clock.advance(250);
      await settled();
    }
    expect(made().filter(({ type }) => type === 'Warning')).toHaveLength(101);
    const { sent, dropped } = recorder.stats();
    expect(sent + dropped).toBe(100 + 300 * 2 + 1);
    expect(sent).toBeLessThanOrEqual(300);
  });

  it('gives way to what is more important', async () => {
    const { recorder, api, clock, flags } = setUp();
    flags.busy = true;
    recorder.told(createOutcome(), objectOf(undefined));
    clock.advance(150);
    await settled();
    expect(api.requests).toEqual([]);
    flags.busy = false;
    clock.advance(50);
    await settled();
    expect(api.requests).toHaveLength(2);
  });

  it('tells nothing without leadership', async () => {
    const { recorder, api, clock, flags } = setUp();
    flags.busy = true;
    recorder.told(createOutcome(), objectOf(undefined));
    flags.busy = false;
    flags.leads = false;
    clock.advance(1000);
    recorder.told(rejectedOutcome(), objectOf(undefined));
    await settled();
    expect(api.requests).toEqual([]);
    expect(recorder.stats()).toEqual({ sent: 0, dropped: 3 });
  });

  it.each([
    ['gone', 404, undefined, 100],
    ['forbidden', 403, undefined, 5_000],
    ['no answer', 0, undefined, 5_000],
    ['too many', 429, 30_000, 30_000],
  ])('drops what fails, and rests: %s', async (_name, status, retryAfterMs, restMs) => {
    const { recorder, api, clock, lines } = setUp();
    api.onRequest = () => {
      throw new KubeApiError(status, 'refused', { retryAfterMs });
    };
    recorder.told(rejectedOutcome(), objectOf(undefined));
    await settled();
    recorder.told(createOutcome(), objectOf(undefined, 'uid-b'));
    clock.advance(restMs - 100);
    await settled();
    expect(api.requests).toHaveLength(status === 404 ? 3 : 1);
    clock.advance(100);
    await settled();
    expect(api.requests.length).toBeGreaterThan(1);
    expect(lines.every(({ level, msg }) => level === 'debug' && msg === 'event not sent')).toBe(
      true,
    );
    const before = api.requests.length;
    clock.advance(3_600_000);
    await settled();
    clock.advance(3_600_000);
    await settled();
    expect(api.requests.length - before).toBeLessThanOrEqual(1);
  });

  it('ends with the request under way when it is stopped', async () => {
    const { recorder, api } = setUp();
    let release: (() => void) | undefined;
    api.onRequest = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    recorder.told(createOutcome(), objectOf(undefined));
    await settled();
    const stopping = recorder.stop();
    release?.();
    await stopping;
    recorder.told(rejectedOutcome(), objectOf(undefined));
    await settled();
    expect(api.requests).toHaveLength(1);
  });
});
