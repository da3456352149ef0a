import { afterEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '../../../src/base/log.ts';
import type { KubeObject } from '../../../src/kube/kube-object.ts';
import {
  createListWatch,
  type ListWatch,
  type ListWatchState,
} from '../../../src/kube/list-watch.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createScriptedKubeClient, listOf } from '../../support/scripted-kube-client.ts';

const object = (name: string, resourceVersion: string, uid = `uid-of-${name}`) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, uid, resourceVersion },
});
const event = (type: string, name: string, resourceVersion: string) => ({
  type,
  object: object(name, resourceVersion),
});
const bookmark = (resourceVersion: string) => ({
  type: 'BOOKMARK',
  object: { kind: 'Secret', metadata: { resourceVersion } },
});
const status = (code: number, more: object = {}) => ({
  type: 'ERROR',
  object: { kind: 'Status', code, message: 'no', ...more },
});

/** Promises that are settled, and everything that follows from them. */
const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

let running: ListWatch | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

function start(options: { query?: Record<string, string>; throwing?: boolean } = {}) {
  const clock = createFakeClock();
  const client = createScriptedKubeClient(clock);
  const told: string[] = [];
  const states: ListWatchState[] = [];
  const logged: string[] = [];
  const objects: KubeObject[] = [];
  const tell = (line: string) => {
    told.push(line);
    if (options.throwing) throw new Error('handler fails');
  };
  const begin = () => {
    running = createListWatch({
      client,
      clock,
      path: '/api/v1/secrets',
      ...(options.query && { query: options.query }),
      logger: createLogger('debug', { write: (line) => void logged.push(line) }),
      random: () => 0,
      handlers: {
        replaced: (all) => {
          objects.push(...all);
          tell(`= ${all.map(({ metadata }) => `${metadata.name}/${metadata.uid}`).join(' ')}`);
        },
        changed: (one) => {
          objects.push(one);
          tell(`+ ${one.metadata.name} ${one.metadata.resourceVersion}`);
        },
        deleted: ({ metadata }) => tell(`- ${metadata.name} ${metadata.resourceVersion}`),
        stateChanged: (state) => void states.push(state),
      },
    });
    return settled();
  };
  const advance = async (ms: number) => {
    clock.advance(ms);
    await settled();
  };
  /** Time goes by in small steps, so that what a wait leads to happens at its time. */
  const pass = async (ms: number) => {
    await settled();
    for (let gone = 0; gone < ms; gone += 100) await advance(100);
  };
  const watch = (index = -1) => client.watches.at(index)!;
  return {
    ...{ clock, client, told, states, logged, objects, begin, advance, pass, watch },
    list: () => running!,
  };
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
    const clock = createFakeClock();
    const client = createScriptedKubeClient(clock);
    const handlers = { replaced() {}, changed() {}, deleted() {} };
    const logger = createLogger('silent');
    const random = () => 0.999_999;
    running = createListWatch({ client, clock, path: '/x', handlers, logger, random });
    await settled();
    expect(client.watches[0]?.query.timeoutSeconds).toBe('599');
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
    'when the watch is opened': (test: ReturnType<typeof start>) =>
      test.client.refuse(410, undefined),
    'as an event': (test: ReturnType<typeof start>) => test.watch().send(status(410)),
    'as an event without a code': (test: ReturnType<typeof start>) =>
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
      [9_900, 3200],
      [10_000, 800],
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

  it.each([
    [
      'the list',
      (test: ReturnType<typeof start>) => test.client.answer({ status: 429, retryAfterMs: 20_000 }),
    ],
    [
      'a watch',
      (test: ReturnType<typeof start>) => test.client.refuse({ status: 429, retryAfterMs: 20_000 }),
    ],
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
    ['a watch', (test: ReturnType<typeof start>) => test.watch().open()],
    ['a wait', (test: ReturnType<typeof start>) => test.watch().fail(500)],
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
