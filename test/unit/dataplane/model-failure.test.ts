import { describe, expect, test } from '@jest/globals';

import { modelVerdict, pauseAskedMs } from '../../../src/dataplane/model-failure.ts';

describe('modelVerdict', () => {
  test.each([
    [200, 'served', 'served'],
    [400, 'served', 'served'],
    [401, 'failed', 'served'],
    [402, 'failed', 'served'],
    [403, 'failed', 'served'],
    [404, 'served', 'served'],
    [422, 'served', 'served'],
    [429, 'failed', 'failed'],
    [500, 'doubtful', 'doubtful'],
    [502, 'failed', 'failed'],
    [503, 'failed', 'failed'],
    [529, 'failed', 'failed'],
  ])('%i is %s with our key, %s without', (status, ours, theirs) => {
    expect([modelVerdict(status, true), modelVerdict(status, false)]).toEqual([ours, theirs]);
  });
});

describe('pauseAskedMs', () => {
  const nowMs = Date.parse('2026-11-24T10:00:00Z');
  test.each([
    [undefined, 0],
    ['7', 7000],
    ['0', 0],
    ['Tue, 24 Nov 2026 10:00:30 GMT', 30_000],
    ['Tue, 24 Nov 2026 09:00:00 GMT', 0],
    ['soon', 0],
    ['', 0],
  ])('retry-after %j', (text, pause) => {
    const lines = text === undefined ? [] : ['retry-after', text];
    expect(pauseAskedMs(lines, nowMs)).toBe(pause);
  });
});
