import { describe, expect, test } from '@jest/globals';

import { createLogger } from '../../../src/base/log.ts';
import {
  createRemoteKeySource,
  type FetchJwks,
  type JwksResponse,
} from '../../../src/jwt/remote-key-set.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createTestKey } from '../../support/token-factory.ts';

const first = createTestKey('ES256', 'first');
const second = createTestKey('ES256', 'second');
const minute = 60_000;
const hour = 60 * minute;
const good = (...keys: (typeof first)[]): JwksResponse => ({
  status: 200,
  body: JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }),
});

interface Pending {
  readonly signal: AbortSignal;
  readonly answer: (response: JwksResponse) => Promise<void>;
  readonly fail: (error: Error) => Promise<void>;
}

/** Lets everything run that waits for promises only. */
async function flush(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function setup(allowWeakKeys = false) {
  const clock = createFakeClock();
  const lines: string[] = [];
  const pending: Pending[] = [];
  const fetchJwks: FetchJwks = (_keySet, signal) =>
    new Promise((resolve, reject) => {
      pending.push({
        signal,
        answer: (response) => {
          resolve(response);
          return flush();
        },
        fail: (error) => {
          reject(error);
          return flush();
        },
      });
    });
  const source = createRemoteKeySource(
    {
      kind: 'remote',
      id: 'remote-1',
      url: 'https://issuer.test/jwks?key=canary',
      cacheDurationMs: 5 * minute,
      allowWeakKeys,
    },
    {
      clock,
      logger: createLogger('warn', { write: (line) => lines.push(line) }),
      fetchJwks,
      staleLimitMs: 24 * hour,
      random: () => 0,
    },
  );
  const kids = (): unknown => source.current()?.keys.map(({ kid }) => kid);
  return { clock, lines, pending, source, kids };
}

async function ready() {
  const parts = setup();
  await parts.pending[0]!.answer(good(first));
  return parts;
}

describe('createRemoteKeySource: first fetch', () => {
  test('begins at once, and requests may wait for it', async () => {
    const { pending, source, kids } = setup();
    expect(pending).toHaveLength(1);
    expect(source.current()).toBeUndefined();
    expect(source.state()).toEqual({ state: 'pending', keys: 0 });
    const arriving = source.arriving();
    expect(arriving).toBeInstanceOf(Promise);
    await pending[0]!.answer(good(first));
    await arriving;
    expect(kids()).toEqual(['first']);
    expect(source.arriving()).toBeUndefined();
    expect(source.state()).toMatchObject({ state: 'ready', keys: 1, ageSeconds: 0 });
  });

  test('when it fails nobody waits any longer, and it is tried again with growing pauses', async () => {
    const { clock, pending, source, kids } = setup();
    await pending[0]!.fail(new Error('connect ECONNREFUSED'));
    expect(source.arriving()).toBeUndefined();
    expect(source.state()).toEqual({
      state: 'failed',
      keys: 0,
      lastError: 'connect ECONNREFUSED',
    });
    // Half of 0.5, 1, 2, 4, 8, 16, 30, 30 s: the jitter at its lowest.
    for (const [index, pause] of [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000].entries()) {
      clock.advance(pause - 1);
      expect(pending).toHaveLength(index + 1);
      clock.advance(1);
      expect(pending).toHaveLength(index + 2);
      await pending[index + 1]!.fail(new Error('still'));
    }
    clock.advance(15_000);
    await pending.at(-1)!.answer(good(first));
    expect(kids()).toEqual(['first']);
    expect(source.state()).not.toHaveProperty('lastError');
  });
});

describe('createRemoteKeySource: refresh', () => {
  test('says since when the keys are these, however they are written', async () => {
    const { clock, pending, source, kids } = await ready();
    const loadedAtMs = clock.now();
    const snapshot = source.current();
    expect(source.state()).toMatchObject({ loadedAtMs, fetchedAtMs: loadedAtMs });
    clock.advance(5 * minute);
    await pending[1]!.answer({ status: 200, body: ` ${good(first).body}` });
    const fetchedAtMs = loadedAtMs + 5 * minute;
    expect(source.state()).toMatchObject({ loadedAtMs, fetchedAtMs });
    expect(source.current()).toBe(snapshot);
    clock.advance(5 * minute);
    await pending[2]!.fail(new Error('gone'));
    expect(source.state()).toMatchObject({ state: 'stale', loadedAtMs, fetchedAtMs });
    clock.advance(1_000);
    await pending[3]!.answer(good(second));
    expect(kids()).toEqual(['second']);
    const later = clock.now();
    expect(source.state()).toMatchObject({ loadedAtMs: later, fetchedAtMs: later });
  });

  test('after the cache duration, and only one at a time', async () => {
    const { clock, pending, source, kids } = await ready();
    clock.advance(5 * minute - 1);
    expect(pending).toHaveLength(1);
    clock.advance(1);
    expect(pending).toHaveLength(2);
    expect(source.refetch()).toBe(source.refetch());
    expect(pending).toHaveLength(2);
    expect(kids()).toEqual(['first']);
    await pending[1]!.answer(good(first, second));
    expect(kids()).toEqual(['first', 'second']);
  });

  test('the same document keeps the snapshot, so that cached tokens stay good', async () => {
    const { clock, pending, source } = await ready();
    const before = source.current();
    clock.advance(5 * minute);
    await pending[1]!.answer(good(first));
    expect(source.current()).toBe(before);
    clock.advance(5 * minute);
    await pending[2]!.answer(good(second));
    expect(source.current()?.generation).not.toBe(before?.generation);
  });

  test.each<[string, JwksResponse]>([
    ['a 500 with good keys', { ...good(second), status: 500 }],
    ['a redirect', { ...good(second), status: 302 }],
    ['a 204', { status: 204, body: '' }],
    ['HTML', { status: 200, body: '<html>' }],
    ['an empty set', { status: 200, body: '{"keys":[]}' }],
    ['a set without usable keys', { status: 200, body: '{"keys":[{"kty":"RSA","use":"enc"}]}' }],
    ['a PEM', { status: 200, body: second.spki }],
    ['101 keys', { status: 200, body: JSON.stringify({ keys: Array(101).fill(second.jwk) }) }],
  ])('%s never replaces good keys', async (_what, response) => {
    const { clock, pending, source, kids } = await ready();
    clock.advance(5 * minute);
    await pending[1]!.answer(response);
    expect(kids()).toEqual(['first']);
    expect(source.state()).toMatchObject({ state: 'stale', keys: 1, ageSeconds: 300 });
    clock.advance(250);
    await pending[2]!.answer(good(second));
    expect(kids()).toEqual(['second']);
    expect(source.state().state).toBe('ready');
  });

  test('one bad key does not spoil the set', async () => {
    const { pending, kids } = setup();
    const body = JSON.stringify({ keys: [{ kty: 'RSA', n: 'AAAA', e: 'AQAB' }, first.jwk] });
    await pending[0]!.answer({ status: 200, body });
    expect(kids()).toEqual(['first']);
  });

  test('weak keys are taken only where the set says so', async () => {
    const body = '{"keys":[{"kty":"oct","kid":"weak","k":"c2VjcmV0MTI"}]}';
    const [strict, lax] = [setup(), setup(true)];
    await strict.pending[0]!.answer({ status: 200, body });
    await lax.pending[0]!.answer({ status: 200, body });
    expect(strict.source.state()).toMatchObject({
      lastError: 'keys[0]: found a shared secret of 8 bytes, accepted 32 or more',
    });
    expect(lax.kids()).toEqual(['weak']);
  });

  test('stale keys serve on for the limit, and no longer', async () => {
    const { clock, pending, source, kids } = await ready();
    const failUntil = async (ms: number): Promise<void> => {
      const end = clock.monotonic() + ms;
      while (clock.monotonic() < end) {
        clock.advance(15_000);
        await pending.at(-1)!.fail(new Error('down'));
      }
    };
    clock.advance(5 * minute);
    await pending[1]!.fail(new Error('down'));
    await failUntil(hour);
    expect(kids()).toEqual(['first']);
    clock.advance(23 * hour);
    expect(source.current()).toBeUndefined();
    expect(source.state()).toMatchObject({ state: 'failed', keys: 0 });
    await flush();
    clock.advance(15_000);
    await pending.at(-1)!.answer(good(second));
    expect(kids()).toEqual(['second']);
  });
});

describe('createRemoteKeySource: unknown key ids', () => {
  test('ask for a fetch, not more than one in 30 seconds', async () => {
    const { clock, pending, source, kids } = await ready();
    clock.advance(29_999);
    expect(source.refetch()).toBeUndefined();
    clock.advance(1);
    const refetch = source.refetch();
    expect(pending).toHaveLength(2);
    expect(source.refetch()).toBe(refetch);
    await pending[1]!.answer(good(first, second));
    await refetch;
    expect(kids()).toEqual(['first', 'second']);
    expect(source.refetch()).toBeUndefined();
    expect(pending).toHaveLength(2);
  });
});

describe('createRemoteKeySource: limits', () => {
  test('no answer within five seconds is a failure, and the fetch is told', async () => {
    const { clock, pending, source } = setup();
    clock.advance(4999);
    await flush();
    expect(source.state().state).toBe('pending');
    clock.advance(1);
    await flush();
    expect(pending[0]!.signal.aborted).toBe(true);
    expect(source.state()).toMatchObject({ state: 'failed', lastError: 'no answer within 5 s' });
  });

  test('close ends timers and fetches, and the last keys stay', async () => {
    const { clock, pending, source, kids } = await ready();
    clock.advance(5 * minute);
    source.close();
    await flush();
    expect(pending[1]!.signal.aborted).toBe(true);
    clock.advance(hour);
    expect(source.refetch()).toBeUndefined();
    expect(pending).toHaveLength(2);
    expect(kids()).toEqual(['first']);
  });

  test('logs say what failed, without body and query', async () => {
    const { lines, pending, source } = setup();
    await pending[0]!.answer({ status: 200, body: 'canary' });
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      {
        msg: 'jwks fetch failed',
        keySet: 'remote-1',
        url: 'https://issuer.test/jwks',
        failures: 1,
      },
    ]);
    expect(lines.join() + JSON.stringify(source.state())).not.toContain('canary');
  });
});
