import { describe, expect, test } from '@jest/globals';

import { KeptBytes } from '../../../src/dataplane/kept-bytes.ts';

describe('KeptBytes', () => {
  test('one caller has half, all have the whole', () => {
    const kept = new KeptBytes();
    expect(kept.hasRoom('ann', 100, 100)).toBe(true);
    expect(kept.hasRoom('ann', 101, 100)).toBe(false);
    kept.add('ann', 40);
    expect(kept.hasRoom('ann', 10, 100)).toBe(true);
    expect(kept.hasRoom('ann', 11, 100)).toBe(false);
    expect(kept.hasRoom('bob', 60, 100)).toBe(true);
    expect(kept.hasRoom('bob', 61, 100)).toBe(false);
    kept.add('bob', 1);
    kept.add('ann', -40);
    expect(kept.hasRoom('ann', 99, 100)).toBe(true);
    expect(kept.hasRoom('ann', 100, 100)).toBe(false);
  });
});
