import { describe, expect, test } from '@jest/globals';

import { readPrices } from '../../../src/config/read-prices.ts';
import type { PriceEntry } from '../../../src/ir/prices.ts';
import { createPricing, type PricedAnswer } from '../../../src/llm/pricing.ts';

const million = { inputTokens: 2_000_000, outputTokens: 1_000_000, cacheHitTokens: 1_000_000 };

/** In millionths of a dollar, of the prices that come with the program. */
function microDollars(at: string, different: Partial<PricedAnswer> = {}): number | undefined {
  const atMs = Date.parse(at);
  const nano = createPricing(readPrices())({
    host: 'api.deepseek.com',
    model: 'deepseek-flash',
    usage: million,
    startMs: atMs,
    endMs: atMs,
    ...different,
  });
  return nano === undefined ? undefined : nano / 1000;
}

// A million each of hits, misses and output: 0.003 + 0.15 + 0.60 dollars, and twice as much at peak.
const off = 753_000;
const peak = 1_506_000;

describe('public prices of DeepSeek', () => {
  test.each([
    ['a Tuesday, before the first window', '2026-11-24T00:59:59.999Z', off],
    ['its first instant', '2026-11-24T01:00:00.000Z', peak],
    ['its last instant', '2026-11-24T03:59:59.999Z', peak],
    ['after it', '2026-11-24T04:00:00.000Z', off],
    ['before the second window', '2026-11-24T05:59:59.999Z', off],
    ['its first instant', '2026-11-24T06:00:00.000Z', peak],
    ['its last instant', '2026-11-24T09:59:59.999Z', peak],
    ['after it', '2026-11-24T10:00:00.000Z', off],
    ['a Friday', '2026-11-27T02:00:00Z', peak],
    ['a Saturday', '2026-11-28T02:00:00Z', off],
    ['a Sunday that is a working day in China', '2026-09-20T02:00:00Z', off],
    ['a Monday', '2026-11-30T02:00:00Z', peak],
    ['the last day before the National Day', '2026-09-30T09:59:59Z', peak],
    ['the National Day', '2026-10-01T01:00:00Z', off],
    ['the last day of that holiday', '2026-10-07T09:59:59Z', off],
    ['the day after it', '2026-10-08T01:00:00Z', peak],
    ['a Friday that is a holiday', '2026-09-25T02:00:00Z', off],
    ['the New Year', '2027-01-01T02:00:00Z', off],
  ])('%s', (_name, at, micro) => {
    expect(microDollars(at)).toBe(micro);
  });

  test.each([
    ['2026-11-24T00:00:00Z', 22_000 + 660_000 + 1_980_000],
    ['2026-11-24T01:00:00Z', 44_000 + 1_320_000 + 3_960_000],
  ])('of v4-pro at %s', (at, micro) => {
    expect(microDollars(at, { model: 'deepseek-v4-pro' })).toBe(micro);
  });

  test('are of no other server, model or time', () => {
    const at = '2026-11-24T01:00:00Z';
    expect(microDollars(at, { host: 'API.deepseek.com' })).toBe(peak);
    expect(microDollars(at, { host: 'r1.models.svc:8000' })).toBeUndefined();
    expect(microDollars(at, { model: 'deepseek-flash-2' })).toBeUndefined();
    expect(microDollars(at, { model: 'Deepseek-flash' })).toBeUndefined();
    expect(microDollars('2026-09-10T03:59:59Z')).toBeUndefined();
  });

  test.each([
    ['what is not told of the cache was not in it', { inputTokens: 1000, outputTokens: 7 }, 154.2],
    [
      'reasoning is part of the output',
      { inputTokens: 0, outputTokens: 10, reasoningTokens: 9 },
      6,
    ],
    [
      'hits from misses',
      { inputTokens: 1000, outputTokens: 0, cacheMissTokens: 100 },
      900 * 0.003 + 100 * 0.15,
    ],
    [
      'more hits than tokens are all tokens',
      { inputTokens: 1000, outputTokens: 0, cacheHitTokens: 5000 },
      3,
    ],
    ['a single token', { inputTokens: 1, outputTokens: 0, cacheHitTokens: 1 }, 0.003],
    ['nothing', { inputTokens: 0, outputTokens: 0 }, 0],
  ])('%s', (_name, usage, micro) => {
    expect(microDollars('2026-11-24T00:00:00Z', { usage })).toBeCloseTo(micro, 9);
  });
});

const flat = { cacheHit: 1_000_000, cacheMiss: 1_000_000, output: 1_000_000 };
const entry: PriceEntry = {
  models: ['r1*'],
  fromMs: -Infinity,
  untilMs: Infinity,
  instant: 'start',
  prices: flat,
};

function price(table: readonly PriceEntry[], different: Partial<PricedAnswer>): number | undefined {
  return createPricing(table)({
    host: 'any',
    model: 'r1-70b',
    usage: { inputTokens: 1, outputTokens: 0 },
    startMs: 0,
    endMs: 0,
    ...different,
  });
}

describe('a table', () => {
  test('names models by a beginning', () => {
    expect(price([entry], {})).toBe(1000);
    expect(price([entry], { model: 'r2' })).toBeUndefined();
  });

  test('has the first entry that fits in force', () => {
    const later = { ...entry, fromMs: 100, prices: { ...flat, cacheMiss: 5_000_000 } };
    expect(price([later, entry], { startMs: 99 })).toBe(1000);
    expect(price([later, entry], { startMs: 100 })).toBe(5000);
    expect(price([{ ...entry, untilMs: 100 }], { startMs: 100 })).toBeUndefined();
  });

  test('says which instant decides', () => {
    const from = { ...entry, fromMs: 100 };
    expect(price([from], { startMs: 99, endMs: 100 })).toBeUndefined();
    expect(price([{ ...from, instant: 'end' }], { startMs: 99, endMs: 100 })).toBe(1000);
  });

  test('follows the clocks of a time zone that changes them', () => {
    const dear = { cacheHit: 9_000_000, cacheMiss: 9_000_000, output: 9_000_000 };
    const windows = [[8 * 60, 9 * 60]] as const;
    const peakAt = {
      timeZone: 'Europe/Berlin',
      days: [0, 1, 2, 3, 4, 5, 6],
      windows,
      holidays: [],
      prices: dear,
    };
    const table = [{ ...entry, peak: peakAt }];
    const at = (text: string): number | undefined => price(table, { startMs: Date.parse(text) });
    // Clocks go back on 2026-10-25.
    expect(at('2026-10-24T05:59:59Z')).toBe(1000);
    expect(at('2026-10-24T06:00:00Z')).toBe(9000);
    expect(at('2026-10-25T06:00:00Z')).toBe(1000);
    expect(at('2026-10-25T07:00:00Z')).toBe(9000);
  });
});
