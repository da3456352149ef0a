import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { CORE_SCHEMA, load } from 'js-yaml';
import { AppError, messageOf } from '../base/errors.ts';
import type { PeakPrices, PriceEntry, PriceTable, TokenPrices } from '../ir/prices.ts';
import {
  priceFileSchema,
  weekdays,
  type CalendarText,
  type PriceFile,
  type PriceText,
} from './price-file.ts';

/** The table of this package. The same place as seen from src/config and from dist/config. */
const ownFile = new URL('../../prices.yaml', import.meta.url);

type Calendars = Readonly<Record<string, CalendarText>>;

/** Reads what tokens cost: the entries of a file, before those that come with the program. */
export function readPrices(file?: string): PriceTable {
  const own = readFile(ownFile);
  if (file === undefined) return tableOf(own, own.calendars ?? {}, ownFile);
  const given = readFile(file);
  const calendars = joined(own.calendars ?? {}, given.calendars ?? {});
  return [...tableOf(given, calendars, file), ...tableOf(own, calendars, ownFile)];
}

function readFile(file: string | URL): PriceFile {
  try {
    const content = load(readFileSync(file, 'utf8'), { schema: CORE_SCHEMA });
    const ajv = new Ajv({ strict: false, meta: false, validateSchema: false });
    if (ajv.validate<PriceFile>(priceFileSchema, content)) return content;
    throw new Error(ajv.errorsText(ajv.errors, { dataVar: '' }));
  } catch (thrown) {
    throw refused(file, messageOf(thrown));
  }
}

function refused(file: string | URL, found: string): AppError {
  const accepted = 'a file of prices as docs/guides/usage-and-cost.md shows';
  return new AppError(
    'ERR_SOURCE',
    `--prices ${String(file)}: found ${found}, accepted ${accepted}`,
  );
}

/** Days off are added; the time zone is that of the file that was given. */
function joined(own: Calendars, given: Calendars): Calendars {
  const both = Object.entries(given).map(([name, calendar]) => {
    const former = Object.hasOwn(own, name) ? own[name] : undefined;
    const holidays = [...(former?.holidays ?? []), ...(calendar.holidays ?? [])];
    return [name, { ...calendar, holidays }] as const;
  });
  return { ...own, ...Object.fromEntries(both) };
}

function tableOf({ prices = [] }: PriceFile, calendars: Calendars, file: string | URL): PriceTable {
  return prices.map((text, index) => {
    try {
      return entryOf(text, calendars);
    } catch (thrown) {
      throw refused(file, `/prices/${index} ${messageOf(thrown)}`);
    }
  });
}

function entryOf(text: PriceText, calendars: Calendars): PriceEntry {
  const { host, models, from, until, instant = 'end', usd, peak } = text;
  return {
    ...(host === undefined ? {} : { host: host.toLowerCase() }),
    models,
    fromMs: from === undefined ? -Infinity : instantOf(from),
    untilMs: until === undefined ? Infinity : instantOf(until),
    instant,
    prices: pricesOf(usd),
    ...(peak === undefined ? {} : { peak: peakOf(peak, calendars) }),
  };
}

function instantOf(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new Error(`${text}, which is no instant`);
  return ms;
}

function peakOf(peak: NonNullable<PriceText['peak']>, calendars: Calendars): PeakPrices {
  const { calendar: name, days, hours, usd } = peak;
  const calendar = Object.hasOwn(calendars, name) ? calendars[name] : undefined;
  if (calendar === undefined) throw new Error(`the calendar ${name}, which is nowhere`);
  return {
    timeZone: knownZone(calendar.timeZone),
    days: days.map((day) => weekdays.indexOf(day)),
    windows: hours.map(windowOf),
    holidays: (calendar.holidays ?? []).flatMap(daysOf),
    prices: pricesOf(usd),
  };
}

function knownZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone }).resolvedOptions().timeZone;
  } catch {
    throw new Error(`the time zone ${timeZone}, which is unknown`);
  }
}

function windowOf(text: string): readonly [number, number] {
  const [from = 0, until = 0] = text.split('-').map(minutesOf);
  if (from >= until) throw new Error(`the hours ${text}, which end before they begin`);
  return [from, until];
}

function minutesOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 60 + minutes;
}

const dayMs = 86_400_000;
/** No holiday is as long; a slip of the pen in a year may be. */
const longestHoliday = 60;

function daysOf(text: string): readonly string[] {
  const [first = '', last = first] = text.split('..');
  const from = dayAt(first);
  const count = (dayAt(last) - from) / dayMs + 1;
  if (count < 1 || count > longestHoliday) throw new Error(`the days ${text}, which are ${count}`);
  return Array.from({ length: count }, (_none, index) =>
    new Date(from + index * dayMs).toISOString().slice(0, 10),
  );
}

function dayAt(text: string): number {
  const ms = Date.parse(`${text}T00:00:00Z`);
  // 2026-02-30 would be read as a day of March.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text) {
    throw new Error(`${text}, which is no day`);
  }
  return ms;
}

const perDollar = 1_000_000;

function pricesOf({ cacheHit, cacheMiss, output }: PriceText['usd']): TokenPrices {
  return { cacheHit: exact(cacheHit), cacheMiss: exact(cacheMiss), output: exact(output) };
}

function exact(dollars: number): number {
  const whole = Math.round(dollars * perDollar);
  if (Math.abs(dollars * perDollar - whole) > 1e-3) {
    throw new Error(`${dollars} dollars, which has more than 6 decimals`);
  }
  return whole;
}
