import { describe, expect, it } from '@jest/globals';
import { KubeApiError } from '../../../src/kube/kube-api-error.ts';
import { watchFrom } from '../../../src/kube/watch-from.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { bookmark, event, settled, status } from '../../support/list-watch-rig.ts';
import { createScriptedKubeClient } from '../../support/scripted-kube-client.ts';

async function watch(...lines: readonly unknown[]) {
  const clock = createFakeClock();
  const client = createScriptedKubeClient(clock);
  const told: string[] = [];
  const ended = watchFrom({
    client,
    clock,
    path: '/x',
    query: {},
    resourceVersion: '1',
    signal: new AbortController().signal,
    random: () => 0.5,
    opened: () => told.push('opened'),
    changed: ({ metadata }) => told.push(`+ ${metadata.name}`),
    deleted: ({ metadata }) => told.push(`- ${metadata.name}`),
    seen: (version) => told.push(version),
  }).catch((thrown: unknown) => thrown);
  await settled();
  client.watches[0]?.send(...lines);
  client.watches[0]?.end();
  return { told, outcome: await ended, query: client.watches[0]?.query };
}

describe('watchFrom', () => {
  it('tells each event before its version is taken as seen', async () => {
    const { told, outcome, query } = await watch(
      event('ADDED', 'a', '2'),
      event('MODIFIED', 'a', '3'),
      event('DELETED', 'a', '4'),
      bookmark('9'),
    );
    expect(told).toEqual(['opened', '+ a', '2', '+ a', '3', '- a', '4', '9', 'opened']);
    expect(outcome).toBeUndefined();
    expect(query?.timeoutSeconds).toBe('450');
  });

  it.each([
    ['a code', status(410), 410, undefined],
    ['a reason', status(500, { reason: 'Gone' }), 410, undefined],
    ['neither', { type: 'ERROR', object: null }, 500, undefined],
    ['a time to wait', status(429, { details: { retryAfterSeconds: 2 } }), 429, 2000],
  ])('throws for an ERROR event with %s', async (_, line, code, retryAfterMs) => {
    const { outcome } = await watch(line, event('ADDED', 'a', '2'));
    expect(outcome).toBeInstanceOf(KubeApiError);
    expect(outcome).toMatchObject({ status: code, retryAfterMs });
  });
});
