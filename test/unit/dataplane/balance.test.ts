import { describe, expect, test } from '@jest/globals';

import { createRotation } from '../../../src/dataplane/balance.ts';

const turns = (weights: Record<string, number>, count: number): string => {
  const rotation = createRotation(Object.entries(weights), ([, weight]) => weight);
  return Array.from({ length: count }, () => rotation.next()?.[0] ?? '-').join('');
};

describe('createRotation', () => {
  test.each([
    ['equal weights take turns', { a: 1, b: 1, c: 1 }, 'abcabc'],
    ['weights are kept exactly and spread evenly', { a: 5, b: 1, c: 1 }, 'aabacaaaabacaa'],
    ['weight 0 is never chosen', { a: 0, b: 1 }, 'bbb'],
    ['only weights of 0 choose nobody', { a: 0 }, '--'],
    ['nobody to choose from', {}, '-'],
  ])('%s', (_name, weights, expected) => {
    expect(turns(weights, expected.length)).toBe(expected);
  });
});
