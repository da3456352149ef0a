import { afterEach, describe, expect, it } from '@jest/globals';
import { KubeApiError } from '../../../src/kube/kube-api-error.ts';
import { NoConnectionError } from '../../../src/kube/no-connection-error.ts';
import {
  createListWatchRig,
  event,
  object,
  settled,
  status,
  type ListWatchRig,
} from '../../support/list-watch-rig.ts';
import { listOf } from '../../support/scripted-kube-client.ts';

let running: ListWatchRig | undefined;
afterEach(() => running?.stop());

function start(options: Parameters<typeof createListWatchRig>[0] = {}): ListWatchRig {
  running = createListWatchRig(options);
  return running;
}

const unconnected = new KubeApiError(0, 'refused', {
  cause: new NoConnectionError(new Error('connect ECONNREFUSED')),
});

describe('errors', () => {
  it('of the list are tried again with a growing back-off, for ever', async () => {
    const test = start();
    test.client.answer(0);
    await test.begin();
    await test.pass(180_000);
    const times = test.client.log.map(({ at }) => at);
    const gaps = times.slice(1).map((at, index) => at - times[index]!);
    expect(gaps.slice(0, 7)).toEqual([800, 1600, 3200, 6400, 12_800, 24_000, 24_000]);
    expect(test.list().state()).toBe('failing');
    expect(test.list().lastError()).toBe('answered 0');
    test.client.answer(listOf('7', [object('a', '1')]));
    await test.pass(30_000);
    expect(test.told).toEqual(['= a/uid-of-a']);
    expect(test.states).toEqual(['failing', 'synced']);
    expect(test.list().lastError()).toBeUndefined();
  });

  it.each([
    [404, 'absent'],
    [403, 'forbidden'],
    [401, 'failing'],
    [429, 'failing'],
    [500, 'failing'],
    [503, 'failing'],
  ])('%i of the list: %s, and tried again within 30 s', async (code, state) => {
    const test = start();
    test.client.answer(code);
    await test.begin();
    expect(test.list().state()).toBe(state);
    await test.pass(120_000);
    expect(test.told).toEqual([]);
    const before = test.client.log.length;
    test.client.answer(listOf('3'));
    await test.pass(30_000);
    expect(test.client.log.length).toBeGreaterThan(before);
    expect(test.states).toEqual([state, 'synced']);
  });

  it('leave what is known as it is', async () => {
    const test = start();
    test.client.answer(listOf('7', [object('a', '5')]));
    await test.begin();
    test.watch().open();
    test.client.answer(404);
    test.client.refuse(404);
    test.watch().fail(0);
    await test.pass(60_000);
    expect(test.told).toEqual(['= a/uid-of-a']);
    expect(test.states).toEqual(['synced', 'absent']);
  });

  it('of a watch lead to a watch from the version that was seen, not to a list', async () => {
    const test = start();
    await test.begin();
    test.watch().send(event('ADDED', 'a', '8'));
    test.watch().fail(0);
    await test.pass(800);
    expect(test.list().counts()).toEqual({ lists: 1, watches: 2 });
    expect(test.watch().query.resourceVersion).toBe('8');
    expect(test.states).toEqual(['synced']);
  });

  it('of two watches one after the other make it failing, until one is opened', async () => {
    const test = start();
    await test.begin();
    test.client.refuse(0);
    test.watch().fail(0);
    await test.pass(1000);
    expect(test.list().state()).toBe('failing');
    test.client.refuse(undefined);
    await test.pass(2000);
    test.watch().open();
    expect(test.states).toEqual(['synced', 'failing', 'synced']);
  });

  it('of a watch, when the server gives them three times, lead to a list', async () => {
    const test = start();
    await test.begin();
    test.client.refuse(504);
    test.watch().fail(504);
    await test.pass(2400);
    expect(test.list().counts()).toEqual({ lists: 1, watches: 3 });
    await test.pass(3200);
    expect(test.list().counts()).toEqual({ lists: 2, watches: 4 });
    expect(test.states).toEqual(['synced', 'failing']);
  });

  it('of a watch that stops at the same line three times lead to a list, which passes it', async () => {
    const test = start();
    await test.begin();
    for (const waitMs of [800, 1600, 3200]) {
      test.watch().open();
      test.watch().send({ hello: 'world' });
      await test.pass(waitMs);
    }
    expect(test.list().counts()).toEqual({ lists: 2, watches: 4 });
  });

  it('of a watch that come after something was told lead to no list', async () => {
    const test = start();
    await test.begin();
    for (const [version, waitMs] of [
      ['8', 800],
      ['9', 1600],
      ['10', 3200],
    ] as const) {
      test.watch().send(event('ADDED', 'a', version));
      test.watch().fail(0);
      await test.pass(waitMs);
    }
    expect(test.list().counts()).toEqual({ lists: 1, watches: 4 });
  });

  it('of a watch that may not be made leave the list, read again and again', async () => {
    const test = start();
    test.client.refuse(403);
    await test.begin();
    await test.pass(120_000);
    expect(test.states).toEqual(['synced', 'forbidden']);
    const { lists, watches } = test.list().counts();
    expect(lists).toBe(watches);
    expect(lists).toBeGreaterThanOrEqual(6);
    expect(lists).toBeLessThanOrEqual(10);
  });

  it.each([
    ['an ERROR event', status(500)],
    ['no event', { hello: 'world' }],
    ['null', null],
    ['an event of an unknown type', event('RENAMED', 'a', '9')],
    ['an event without a version', { type: 'ADDED', object: { metadata: { name: 'a' } } }],
  ])('%s in a watch ends it, and nothing is lost', async (_, line) => {
    const test = start();
    await test.begin();
    test.watch().send(event('ADDED', 'a', '8'), line, event('ADDED', 'b', '9'));
    await test.pass(800);
    expect(test.told).toEqual(['= ', '+ a 8']);
    expect(test.watch().query.resourceVersion).toBe('8');
  });

  it('a list that is no list is an error, and not an empty one', async () => {
    const test = start();
    test.client.answer({ items: [] });
    await test.begin();
    expect(test.told).toEqual([]);
    expect(test.list().state()).toBe('failing');
  });

  it('the back-off begins anew only after a watch that lived', async () => {
    const test = start();
    await test.begin();
    for (const [lived, wait] of [
      [0, 800],
      [0, 1600],
      [900, 3200],
      [1000, 800],
      [0, 1600],
    ] as const) {
      test.watch().open();
      await test.advance(lived);
      const before = test.client.watches.length;
      test.watch().fail(0);
      await settled();
      await test.advance(wait - 1);
      expect(test.client.watches).toHaveLength(before);
      await test.advance(1);
      expect(test.client.watches).toHaveLength(before + 1);
    }
  });

  it('the back-off begins anew after a watch that has told something', async () => {
    const test = start();
    await test.begin();
    for (const [version, wait] of [
      [undefined, 800],
      [undefined, 1600],
      ['8', 800],
      ['9', 800],
      [undefined, 1600],
    ] as const) {
      test.watch().open();
      if (version !== undefined) test.watch().send(event('ADDED', 'a', version));
      await settled();
      const before = test.client.watches.length;
      test.watch().fail(0);
      await settled();
      await test.advance(wait - 1);
      expect(test.client.watches).toHaveLength(before);
      await test.advance(1);
      expect(test.client.watches).toHaveLength(before + 1);
    }
  });

  it.each([
    ['list', (test: ListWatchRig) => test.client.answer(unconnected)],
    ['watch', (test: ListWatchRig) => test.client.refuse(unconnected)],
  ])(
    'without a connection the %s is tried every second, for as long as it takes',
    async (_, cut) => {
      const test = start();
      cut(test);
      await test.begin();
      const before = test.client.log.length;
      expect(test.list().state()).toBe('failing');
      for (let second = 0; second < 120; second += 1) await test.advance(1000);
      expect(test.client.log).toHaveLength(before + 120);
      test.client.answer(listOf('7'));
      test.client.refuse(undefined);
      await test.advance(1000);
      test.watch().open();
      expect(test.list().state()).toBe('synced');
    },
  );

  it.each([
    ['the list', 0, (test: ListWatchRig, error: number) => test.client.answer(error)],
    ['the list', 503, (test: ListWatchRig, error: number) => test.client.answer(error)],
    ['a watch', 0, (test: ListWatchRig, error: number) => test.client.refuse(error)],
  ])(
    '%s that nobody answered (%i) is tried again once others are answered',
    async (_, error, cut) => {
      const test = start({ random: 0.5 });
      cut(test, error);
      await test.begin();
      await test.pass(60_000);
      const before = test.client.log.length;
      test.client.recover();
      await test.advance(249);
      expect(test.client.log).toHaveLength(before);
      await test.advance(1);
      expect(test.client.log).toHaveLength(before + 1);
      // The server may not be all there yet: the back-off begins anew, and nothing makes it ask more than that.
      test.client.recover();
      await test.advance(999);
      expect(test.client.log).toHaveLength(before + 1);
      await test.advance(1);
      expect(test.client.log).toHaveLength(before + 2);
    },
  );

  it('the back-off begins anew when a server refuses what nobody answered before', async () => {
    const test = start();
    test.client.answer(0);
    await test.begin();
    await test.pass(60_000);
    test.client.answer(403);
    test.client.recover();
    await test.advance(0);
    for (const wait of [800, 1600, 3200]) {
      const before = test.client.log.length;
      await test.advance(wait - 1);
      expect(test.client.log).toHaveLength(before);
      await test.advance(1);
      expect(test.client.log).toHaveLength(before + 1);
    }
  });

  it.each([403, 429])('a list that was answered with %i waits its time', async (error) => {
    const test = start();
    test.client.answer(error === 429 ? { status: error, retryAfterMs: 20_000 } : error);
    await test.begin();
    await test.pass(60_000);
    const before = test.client.log.length;
    test.client.recover();
    await test.advance(500);
    expect(test.client.log).toHaveLength(before);
  });

  it('without a connection attempts do not all come together', async () => {
    const test = start({ random: 0.5 });
    test.client.answer(unconnected);
    await test.begin();
    await test.advance(1499);
    expect(test.client.log).toHaveLength(1);
    await test.advance(1);
    expect(test.client.log).toHaveLength(2);
  });

  it.each([
    ['the list', (test: ListWatchRig) => test.client.answer({ status: 429, retryAfterMs: 20_000 })],
    ['a watch', (test: ListWatchRig) => test.client.refuse({ status: 429, retryAfterMs: 20_000 })],
  ])('Retry-After of %s is kept', async (_, refuse) => {
    const test = start();
    refuse(test);
    await test.begin();
    const before = test.client.log.length;
    await test.pass(19_900);
    expect(test.client.log).toHaveLength(before);
    await test.pass(100);
    expect(test.client.log).toHaveLength(before + 1);
  });

  it('a Retry-After of a day is not', async () => {
    const test = start();
    test.client.answer({ status: 503, retryAfterMs: 86_400_000 });
    await test.begin();
    await test.advance(120_000);
    expect(test.client.log).toHaveLength(2);
  });
});
