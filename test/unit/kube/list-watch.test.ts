import { afterEach, describe, expect, it } from '@jest/globals';
import {
  bookmark,
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

describe('list and watch', () => {
  it('lists, then watches from the version of the list', async () => {
    const test = start({ query: { fieldSelector: 'metadata.name=a' } });
    test.client.answer(listOf('7', [object('a', '5')]));
    await test.begin();
    expect(test.client.log.map(({ query }) => query)).toEqual([
      { fieldSelector: 'metadata.name=a', limit: '500' },
      {
        fieldSelector: 'metadata.name=a',
        watch: '1',
        allowWatchBookmarks: 'true',
        resourceVersion: '7',
        timeoutSeconds: '300',
      },
    ]);
    test.watch().send(event('ADDED', 'b', '8'), event('MODIFIED', 'a', '9'));
    test.watch().send(event('DELETED', 'b', '10'));
    await settled();
    expect(test.told).toEqual(['= a/uid-of-a', '+ b 8', '+ a 9', '- b 10']);
    expect(test.states).toEqual(['synced']);
    expect(test.list().counts()).toEqual({ lists: 1, watches: 1 });
  });

  it('reads a list page by page and tells it as one', async () => {
    const test = start();
    test.client.answer(
      listOf('7', [object('a', '1')], 'page 2'),
      listOf('7', [object('b', '2')], 'page 3'),
      listOf('7', [object('c', '3')]),
    );
    await test.begin();
    expect(test.told).toEqual(['= a/uid-of-a b/uid-of-b c/uid-of-c']);
    expect(test.client.log.map(({ query }) => query.continue)).toEqual([
      undefined,
      'page 2',
      'page 3',
      undefined,
    ]);
    expect(test.list().counts().lists).toBe(3);
  });

  it('reads the list at once when its version expires between pages', async () => {
    const test = start();
    test.client.answer(
      listOf('7', [object('a', '1')], 'page 2'),
      410,
      listOf('9', [object('b', '8')]),
    );
    await test.begin();
    expect(test.told).toEqual(['= b/uid-of-b']);
    expect(test.client.log[2]).toEqual({ at: 0, query: {} });
    expect(test.watch().query.resourceVersion).toBe('9');
  });

  it('drops managedFields, and says what the items of a list are', async () => {
    const test = start();
    const managed = (name: string) => ({
      metadata: { ...object(name, '1').metadata, managedFields: [{ manager: 'kubectl' }] },
    });
    test.client.answer(listOf('7', [managed('a')]));
    await test.begin();
    test.watch().send({ type: 'ADDED', object: { ...object('b', '8'), ...managed('b') } });
    await settled();
    expect(test.objects).toEqual([object('a', '1'), object('b', '1')]);
  });

  it('asks for watches of 5 to 10 minutes', async () => {
    const test = start({ random: 0.999_999 });
    await test.begin();
    expect(test.watch().query.timeoutSeconds).toBe('599');
  });
});

describe('the end of a watch', () => {
  it('is followed by the next one at once, from the last version that was seen', async () => {
    const test = start();
    await test.begin();
    test.watch().send(event('ADDED', 'a', '8'), bookmark('20'));
    await test.advance(300_000);
    test.watch().end();
    await settled();
    expect(test.client.watches).toHaveLength(2);
    expect(test.watch().query.resourceVersion).toBe('20');
    expect(test.told).toEqual(['= ', '+ a 8']);
    expect(test.states).toEqual(['synced']);
  });

  it('does not make the next one wait longer and longer, nor come in a hot loop', async () => {
    const test = start();
    await test.begin();
    for (let second = 0; second < 20; second += 1) {
      test.watch().end();
      await test.pass(1000);
    }
    expect(test.list().counts()).toEqual({ lists: 1, watches: 21 });
  });

  it('is made by the client when the server does not: a minute after it should have', async () => {
    const test = start();
    await test.begin();
    test.watch().open();
    await test.advance(359_999);
    expect(test.watch().left()).toBe(false);
    await test.advance(1);
    expect(test.watch().left()).toBe(true);
    await test.pass(900);
    expect(test.list().counts()).toEqual({ lists: 1, watches: 2 });
    expect(test.states).toEqual(['synced']);
  });
});

describe('a version that the server no longer knows', () => {
  const ways = {
    'when the watch is opened': (test: ListWatchRig) => test.client.refuse(410, undefined),
    'as an event': (test: ListWatchRig) => test.watch().send(status(410)),
    'as an event without a code': (test: ListWatchRig) =>
      test.watch().send(status(0, { reason: 'Expired' })),
  };
  it.each(Object.entries(ways))('%s leads to a new list at once', async (_, expire) => {
    const test = start();
    test.client.answer(listOf('7', [object('a', '5'), object('b', '6')]));
    await test.begin();
    test.watch().open();
    await test.advance(60_000);
    test.client.answer(listOf('90', [object('a', '80', 'another uid')]));
    expire(test);
    test.watch().end();
    await settled();
    expect(test.told).toEqual(['= a/uid-of-a b/uid-of-b', '= a/another uid']);
    expect(test.watch().query.resourceVersion).toBe('90');
    expect(test.states).toEqual(['synced']);
  });

  it('is no hot loop when every list is too old', async () => {
    const test = start();
    test.client.refuse(410);
    await test.begin();
    await test.pass(60_000);
    expect(test.list().counts().lists).toBeLessThanOrEqual(8);
  });
});

describe('handlers', () => {
  it('that throw are logged and change nothing', async () => {
    const test = start({ throwing: true });
    test.client.answer(listOf('7', [object('a', '5')]));
    await test.begin();
    test.watch().send(event('ADDED', 'b', '8'), event('DELETED', 'b', '9'));
    await settled();
    expect(test.told).toEqual(['= a/uid-of-a', '+ b 8', '- b 9']);
    expect(test.list().counts()).toEqual({ lists: 1, watches: 1 });
    expect(
      test.logged.filter((line) => line.includes('kubernetes change not handled')),
    ).toHaveLength(3);
  });
});

describe('stop', () => {
  it.each([
    ['a watch', (test: ListWatchRig) => test.watch().open()],
    ['a wait', (test: ListWatchRig) => test.watch().fail(500)],
  ])('ends %s at once, and nothing more is told or asked', async (_, reach) => {
    const test = start();
    await test.begin();
    reach(test);
    await settled();
    await test.list().stop();
    const asked = test.client.log.length;
    test.watch().send(event('ADDED', 'a', '8'));
    await test.pass(60_000);
    expect(test.told).toEqual(['= ']);
    expect(test.client.log).toHaveLength(asked);
    expect(test.watch().left()).toBe(true);
  });
});
