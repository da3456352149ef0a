import { describe, expect, test } from '@jest/globals';

import { createLogger } from '../../../src/base/log.ts';
import { createJwtEngine } from '../../../src/jwt/jwt-engine.ts';
import type { FetchJwks } from '../../../src/jwt/remote-key-set.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { jwksOf, key } from '../../support/jwt-stage.ts';

const hour = 3_600_000;
const remote = {
  kind: 'remote',
  id: 'set',
  url: 'https://issuer.test/jwks',
  cacheDurationMs: hour,
} as const;

function setup(fetchJwks: FetchJwks) {
  const clock = createFakeClock();
  const logger = createLogger('silent');
  return { clock, engine: createJwtEngine({ clock, logger, fetchJwks, random: () => 0 }) };
}

describe('createJwtEngine', () => {
  test('fetches nothing before a table is there, and nothing after it is closed', async () => {
    let fetches = 0;
    const { clock, engine } = setup(() => {
      fetches += 1;
      return Promise.resolve(jwksOf(key));
    });
    await engine.settled();
    expect(fetches).toBe(0);
    engine.update({ set: remote }, {});
    await engine.settled();
    expect(engine.keySetStates()).toMatchObject({ set: { state: 'ready', keys: 1 } });
    engine.close();
    clock.advance(2 * hour);
    expect(fetches).toBe(1);
    expect(engine.keySetStates()).toEqual({});
  });

  test('by default keys serve on for a day while they cannot be fetched', async () => {
    let isUp = true;
    const { clock, engine } = setup(() =>
      isUp ? Promise.resolve(jwksOf(key)) : Promise.reject(new Error('down')),
    );
    engine.update({ set: remote }, {});
    await engine.settled();
    isUp = false;
    clock.advance(hour);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(23 * hour);
    expect(engine.keySetStates()).toMatchObject({ set: { state: 'stale', keys: 1 } });
    clock.advance(1);
    expect(engine.keySetStates()).toMatchObject({ set: { state: 'failed', keys: 0 } });
  });

  test('counts', () => {
    const { engine } = setup(() => Promise.reject(new Error('down')));
    engine.countDroppedHeader();
    expect(engine.stats()).toEqual({
      cacheEntries: 0,
      cacheBytes: 0,
      cacheHits: 0,
      cacheMisses: 0,
      droppedHeaders: 1,
    });
  });
});
