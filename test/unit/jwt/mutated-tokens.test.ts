import { describe, expect, test } from '@jest/globals';

import {
  claims,
  custom,
  ed,
  key,
  provider,
  request,
  setOf,
  setup,
} from '../../support/jwt-stage.ts';
import { createTestKey, signToken } from '../../support/token-factory.ts';

describe('prepareStage: mutations', () => {
  /** Numbers that look random and are the same each time (mulberry32). */
  function generator(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
    };
  }
  const alphabet = 'ABCXYZabcxyz0189-_.=+/ ,;"\u00e9\u0000{}';

  function mutate(token: string, random: (below: number) => number): string {
    const at = random(token.length);
    const char = alphabet[random(alphabet.length)]!;
    switch (random(6)) {
      case 0:
        return token.slice(0, at) + char + token.slice(at + 1);
      case 1:
        return token.slice(0, at) + char + token.slice(at);
      case 2:
        return token.slice(0, at) + token.slice(at + 1 + random(4));
      case 3:
        return token.slice(0, at);
      case 4:
        return token.slice(0, at) + token.slice(0, at) + token.slice(at);
      default:
        return token.split('.').toReversed().join('.');
    }
  }

  test.each([key, ed, createTestKey('RS256', 'rsa'), createTestKey('ES512', 'es512')])(
    'no mutation of a good token verifies, and none throws ($alg)',
    async (signer) => {
      const keySets = { set: await setOf('set', signer) };
      const { stage } = await setup({
        keySets,
        providers: { kc: provider({ sources: [custom] }) },
      });
      const good = signToken(signer, claims());
      const random = generator(42);
      for (let round = 0; round < 3000; round += 1) {
        let token = mutate(good, random);
        if (random(3) === 0) token = mutate(token, random);
        if (token === good) continue;
        const verdict = stage.authenticate(request({ 'x-token': token }));
        expect(verdict).toMatchObject({ kind: 'denied' });
      }
      expect(stage.authenticate(request({ 'x-token': good }))).toMatchObject({ kind: 'verified' });
    },
  );
});
