import { describe, expect, it } from '@jest/globals';
import type { ResourceEvent } from '../../../src/kube/event-document.ts';
import { createEventQueue } from '../../../src/kube/event-queue.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { settled } from '../../support/fake-kube-api.ts';

function eventOf(
  name: string,
  kind: ResourceEvent['kind'] = 'VirtualService',
  namespace = 'team',
): ResourceEvent {
  const ref = { kind, namespace, name };
  return { kind, ref, uid: name, resourceVersion: '1', type: 'Normal', reason: 'A', message: '' };
}

function setUp(answers: (number | undefined)[] = []) {
  const clock = createFakeClock();
  const sent: string[] = [];
  let dropped = 0;
  const flags = { leads: true };
  const queue = createEventQueue({
    send: async ({ ref }) => {
      sent.push(ref.name);
      return answers.shift();
    },
    dropped: () => void (dropped += 1),
    isLeader: () => flags.leads,
    isBusy: () => false,
    clock,
  });
  return { clock, sent, queue, flags, dropped: () => dropped };
}

describe('event queue', () => {
  it('sends in order, a burst at once and then ten a second of a kind', async () => {
    const { clock, sent, queue } = setUp();
    const names = Array.from({ length: 50 }, (_, index) => `${index}`);
    for (const name of names) queue.put(eventOf(name));
    await settled();
    await settled();
    expect(sent).toEqual(names.slice(0, 25));
    clock.advance(1000);
    for (let step = 0; step < 10; step += 1) {
      await settled();
      clock.advance(100);
    }
    expect(sent.length).toBeGreaterThanOrEqual(30);
    expect(sent.length).toBeLessThanOrEqual(46);
    expect(sent).toEqual(names.slice(0, sent.length));
  });

  it('does not let one kind hold up another', async () => {
    const { sent, queue } = setUp();
    for (let index = 0; index < 40; index += 1) queue.put(eventOf(`${index}`));
    queue.put(eventOf('upstream', 'Upstream'));
    await settled();
    await settled();
    expect(sent).toContain('upstream');
    expect(sent).toHaveLength(26);
  });

  it('does not let one namespace hold up another, or have its events dropped', async () => {
    const { clock, sent, queue, dropped } = setUp();
    const flapping = (name: string) => ({ ...eventOf(name), type: 'Warning' as const });
    for (let index = 0; index < 400; index += 1) queue.put(flapping(`${index}`));
    const others = ['x', 'y', 'z'];
    for (const name of others) queue.put(eventOf(name, 'VirtualService', 'other'));
    for (let step = 0; step < 10; step += 1) {
      await settled();
      clock.advance(100);
    }
    expect(sent).toEqual(expect.arrayContaining(others));
    expect(sent.indexOf('z')).toBeLessThan(33);
    expect(dropped()).toBeGreaterThan(100);
  });

  it('rests as long as it is told to', async () => {
    const { clock, sent, queue } = setUp([5000]);
    queue.put(eventOf('a'));
    queue.put(eventOf('b'));
    await settled();
    clock.advance(4999);
    queue.put(eventOf('c'));
    await settled();
    expect(sent).toEqual(['a']);
    clock.advance(1);
    await settled();
    expect(sent).toEqual(['a', 'b', 'c']);
  });

  it('gives up what waits when leadership is lost', async () => {
    const { clock, sent, queue, flags, dropped } = setUp([1000]);
    for (const name of ['a', 'b', 'c']) queue.put(eventOf(name));
    await settled();
    flags.leads = false;
    clock.advance(1000);
    await settled();
    expect([sent, dropped()]).toEqual([['a'], 2]);
    flags.leads = true;
    queue.put(eventOf('d'));
    await settled();
    expect(sent).toEqual(['a', 'd']);
  });
});
