import { describe, expect, test } from '@jest/globals';

import { createTokenCache, type TokenKey } from '../../../src/jwt/token-cache.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const key = (parts: Partial<TokenKey> = {}): TokenKey => ({
  scope: 1,
  generation: 1,
  token: 'a.b.c',
  ...parts,
});
const identity = { provider: 'kc', claims: { sub: 'me' }, headers: [] };
const forever = Number.POSITIVE_INFINITY;

describe('createTokenCache', () => {
  test('finds exactly what was put in', () => {
    const cache = createTokenCache(createFakeClock());
    cache.set(key(), identity, forever);
    expect(cache.get(key())).toBe(identity);
    for (const other of [
      { scope: 2 },
      { generation: 2 },
      { token: 'a.b.d' },
      { token: 'a.b.c ' },
    ]) {
      expect(cache.get(key(other))).toBeUndefined();
    }
    expect(cache.stats()).toMatchObject({ entries: 1, hits: 1, misses: 4 });
  });

  test('the numbers of scope and generation cannot run into each other or the token', () => {
    const cache = createTokenCache(createFakeClock());
    cache.set(key({ scope: 1, generation: 12 }), identity, forever);
    expect(cache.get(key({ scope: 11, generation: 2 }))).toBeUndefined();
    expect(cache.get(key({ scope: 1, generation: 1, token: '2 a.b.c' }))).toBeUndefined();
  });

  test('an entry ends after a minute', () => {
    const clock = createFakeClock();
    const cache = createTokenCache(clock);
    cache.set(key(), identity, forever);
    clock.advance(59_999);
    expect(cache.get(key())).toBe(identity);
    clock.advance(1);
    expect(cache.get(key())).toBeUndefined();
  });

  test('an entry ends with its token', () => {
    const clock = createFakeClock();
    const cache = createTokenCache(clock);
    cache.set(key(), identity, clock.now() + 5000);
    clock.advance(4999);
    expect(cache.get(key())).toBe(identity);
    clock.advance(1);
    expect(cache.get(key())).toBeUndefined();
    cache.set(key(), identity, clock.now());
    expect(cache.stats().entries).toBe(0);
  });

  test('the oldest goes when there are too many', () => {
    const cache = createTokenCache(createFakeClock(), { entries: 3 });
    for (const token of ['1', '2', '3', '4']) cache.set(key({ token }), identity, forever);
    expect(cache.stats().entries).toBe(3);
    expect(cache.get(key({ token: '1' }))).toBeUndefined();
    expect(cache.get(key({ token: '4' }))).toBe(identity);
  });

  test('keeps the newest, whatever was put in again, ended early or was cleared in between', () => {
    const clock = createFakeClock();
    const cache = createTokenCache(clock, { entries: 5 });
    const names = Array.from({ length: 12 }, (_, index) => `token-${index}`);
    // The plain way: what ends first in a list is the oldest.
    let kept: { token: string; until: number }[] = [];
    for (let turn = 0; turn < 2000; turn += 1) {
      const token = names[(turn * 7 + (turn >> 3)) % names.length] ?? '';
      const until = clock.now() + (turn % 5 === 0 ? 3 : 60_000);
      cache.set(key({ token }), identity, until);
      kept = kept.filter((one) => one.token !== token && one.until > clock.now());
      kept = [...kept, { token, until }].slice(-5);
      if (turn % 97 === 0) {
        cache.clear();
        kept = [];
      }
      clock.advance(1);
      const alive = kept.filter((one) => one.until > clock.now()).map((one) => one.token);
      expect(names.filter((name) => cache.get(key({ token: name })))).toEqual(
        names.filter((name) => alive.includes(name)),
      );
    }
  });

  test('the oldest goes when there are too many bytes, and a token too large is not kept', () => {
    const cache = createTokenCache(createFakeClock(), { bytes: 20_000 });
    for (const token of ['1', '2', '3']) {
      cache.set(key({ token: token.repeat(1000) }), identity, forever);
    }
    cache.set(key({ token: 'x'.repeat(2500) }), identity, forever);
    const { entries, bytes } = cache.stats();
    expect(entries).toBe(2);
    expect(bytes).toBeLessThanOrEqual(20_000);
    cache.set(key({ token: 'x'.repeat(5000) }), identity, forever);
    expect(cache.stats()).toMatchObject({ entries, bytes });
  });

  test('the same token twice is one entry', () => {
    const cache = createTokenCache(createFakeClock());
    cache.set(key(), identity, forever);
    const { bytes } = cache.stats();
    cache.set(key(), { ...identity }, forever);
    expect(cache.stats()).toMatchObject({ entries: 1, bytes });
  });

  test('nothing stays in memory when the traffic has ended', () => {
    const clock = createFakeClock();
    const cache = createTokenCache(clock);
    cache.set(key(), identity, forever);
    clock.advance(30_000);
    cache.set(key({ token: 'later' }), identity, forever);
    clock.advance(30_000);
    expect(cache.stats().entries).toBe(1);
    clock.advance(60_000);
    expect(cache.stats()).toMatchObject({ entries: 0, bytes: 0 });
  });

  test('clear forgets everything', () => {
    const cache = createTokenCache(createFakeClock());
    cache.set(key(), identity, forever);
    cache.clear();
    expect(cache.stats()).toMatchObject({ entries: 0, bytes: 0 });
    expect(cache.get(key())).toBeUndefined();
  });
});
