import { describe, expect, test } from '@jest/globals';

import { AppError } from '../../../src/base/errors.ts';
import { readPrices } from '../../../src/config/read-prices.ts';
import type { PriceTable } from '../../../src/ir/prices.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

const usd = '{ cacheHit: 0.1, cacheMiss: 1, output: 2.000001 }';

async function read(text: string): Promise<PriceTable> {
  using folder = createTempFolder();
  await folder.write('prices.yaml', text);
  return readPrices(folder.pathOf('prices.yaml'));
}

test('the table of the program: every entry is of one public server, with a peak', () => {
  const table = readPrices();
  expect(table.map(({ host, models }) => [host, models])).toEqual([
    ['api.deepseek.com', ['deepseek-flash']],
    ['api.deepseek.com', ['deepseek-v4-pro']],
  ]);
  expect(table[0]?.peak).toMatchObject({
    timeZone: 'Asia/Shanghai',
    days: [1, 2, 3, 4, 5],
    windows: [
      [540, 720],
      [840, 1080],
    ],
    prices: { cacheHit: 6000, cacheMiss: 300_000, output: 1_200_000 },
  });
  expect(table[0]?.peak?.holidays).toContain('2026-10-07');
});

describe('a file', () => {
  test('comes before the table of the program', async () => {
    const [first, ...others] = await read(
      `prices: [{ host: R1.example, models: ['*'], from: 2026-01-01T00:00Z, usd: ${usd} }]`,
    );
    expect(first).toEqual({
      host: 'r1.example',
      models: ['*'],
      fromMs: Date.UTC(2026, 0, 1),
      untilMs: Infinity,
      instant: 'end',
      prices: { cacheHit: 100_000, cacheMiss: 1_000_000, output: 2_000_001 },
    });
    expect(others).toEqual(readPrices());
  });

  test('adds days to a calendar of the program', async () => {
    const table = await read(
      'calendars: { china: { timeZone: Asia/Shanghai, holidays: [2027-02-05..2027-02-07] } }',
    );
    const { holidays } = table[0]?.peak ?? { holidays: [] };
    expect(holidays).toEqual(expect.arrayContaining(['2026-10-01', '2027-02-05', '2027-02-07']));
    expect(holidays).not.toContain('2027-02-08');
  });

  const peak = (more: string) =>
    `calendars: { c: { timeZone: UTC } }\nprices: [{ models: [m], usd: ${usd}, peak: { ${more}, usd: ${usd} } }]`;

  test.each([
    ['YAML that is none', 'prices: [', /unexpected end|flow/i],
    ['nothing in it', '', /input is empty/],
    ['another field', 'price: []', /additional properties/],
    ['no models', `prices: [{ models: [], usd: ${usd} }]`, /models must NOT have fewer/],
    ['a price below zero', 'prices: [{ models: [m], usd: { cacheHit: -1 } }]', />= 0|required/],
    [
      'too many decimals',
      'prices: [{ models: [m], usd: { cacheHit: 0.0000001, cacheMiss: 1, output: 1 } }]',
      /more than 6 decimals/,
    ],
    [
      'no instant',
      `prices: [{ models: [m], usd: ${usd}, until: 2026-13-01T00:00Z }]`,
      /no instant/,
    ],
    ['a calendar that is nowhere', peak('calendar: x, days: [Mon], hours: [01:00-02:00]'), /x/],
    ['hours backwards', peak('calendar: c, days: [Mon], hours: [02:00-01:00]'), /before they/],
    ['hours that are none', peak('calendar: c, days: [Mon], hours: [25:00-26:00]'), /pattern/],
    ['a day that is none', peak('calendar: c, days: [Montag], hours: [01:00-02:00]'), /days\/0/],
    [
      'a time zone that is none',
      peak('calendar: c, days: [Mon], hours: [01:00-02:00]').replace('UTC', 'Mars/Base'),
      /Mars\/Base/,
    ],
    [
      'a holiday that is no day',
      peak('calendar: c, days: [Mon], hours: [01:00-02:00]').replace(
        'UTC',
        'UTC, holidays: [2026-02-30]',
      ),
      /2026-02-30/,
    ],
    [
      'a holiday that ends before it begins',
      peak('calendar: c, days: [Mon], hours: [01:00-02:00]').replace(
        'UTC',
        'UTC, holidays: [2026-02-03..2026-02-01]',
      ),
      /which are -1/,
    ],
  ])('with %s is refused', async (_name, text, message) => {
    const reading = read(text);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toBeInstanceOf(AppError);
    await expect(reading).rejects.toMatchObject({ code: 'ERR_SOURCE' });
  });

  test('that is not there is refused', () => {
    expect(() => readPrices('/nowhere/prices.yaml')).toThrow(/ENOENT/);
  });
});
