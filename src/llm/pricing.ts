import type { PeakPrices, PriceEntry, PriceTable, TokenPrices } from '../ir/prices.ts';
import type { TokenUsage } from './token-usage.ts';

/** What a price depends on. */
export interface PricedAnswer {
  /** `Host` of the model server. */
  readonly host: string;
  /** As it is billed. */
  readonly model: string;
  readonly usage: TokenUsage;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
}

/** What an answer cost, in billionths of a dollar; undefined: the table has no price for it. */
export type Pricing = (answer: PricedAnswer) => number | undefined;

type Peak = (atMs: number) => TokenPrices | undefined;

/** Makes a price table ready. */
export function createPricing(table: PriceTable): Pricing {
  const entries = table.map((entry) => ({ entry, peak: entry.peak && createPeak(entry.peak) }));
  return (answer) => {
    const found = entries.find(({ entry }) => fits(entry, answer));
    if (found === undefined) return undefined;
    const prices = found.peak?.(instantOf(found.entry, answer)) ?? found.entry.prices;
    return cost(answer.usage, prices);
  };
}

function fits(entry: PriceEntry, answer: PricedAnswer): boolean {
  const atMs = instantOf(entry, answer);
  return (
    (entry.host === undefined || entry.host === answer.host.toLowerCase()) &&
    atMs >= entry.fromMs &&
    atMs < entry.untilMs &&
    entry.models.some((name) => isNamed(answer.model, name))
  );
}

function instantOf({ instant }: PriceEntry, { startMs, endMs }: PricedAnswer): number {
  return instant === 'start' ? startMs : endMs;
}

function isNamed(model: string, name: string): boolean {
  return name.endsWith('*') ? model.startsWith(name.slice(0, -1)) : model === name;
}

/** Reasoning is part of the output; what a server does not tell of its cache was not in it. */
function cost(usage: TokenUsage, prices: TokenPrices): number {
  const { inputTokens, outputTokens } = usage;
  const hit = Math.min(usage.cacheHitTokens ?? inputTokens - missed(usage), inputTokens);
  const total =
    hit * prices.cacheHit + (inputTokens - hit) * prices.cacheMiss + outputTokens * prices.output;
  return Math.round(total / 1000);
}

function missed({ inputTokens, cacheMissTokens = inputTokens }: TokenUsage): number {
  return Math.min(cacheMissTokens, inputTokens);
}

const minuteMs = 60_000;

/** Calendars are slow to ask, so that each minute is asked for once: time zones begin at whole minutes. */
function createPeak(peak: PeakPrices): Peak {
  const format = localFormat(peak.timeZone);
  const holidays = new Set(peak.holidays);
  let known = { minute: Number.NaN, isPeak: false };
  return (atMs) => {
    const minute = Math.floor(atMs / minuteMs);
    if (known.minute !== minute) {
      const { date, weekday, minuteOfDay } = localTime(format, minute * minuteMs);
      const isPeak =
        peak.days.includes(weekday) &&
        !holidays.has(date) &&
        peak.windows.some(([from, until]) => minuteOfDay >= from && minuteOfDay < until);
      known = { minute, isPeak };
    }
    return known.isPeak ? peak.prices : undefined;
  };
}

function localFormat(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
}

interface LocalTime {
  readonly date: string;
  readonly weekday: number;
  readonly minuteOfDay: number;
}

function localTime(format: Intl.DateTimeFormat, atMs: number): LocalTime {
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  const date = `${part('year')}-${part('month')}-${part('day')}`;
  return {
    date,
    weekday: new Date(`${date}T00:00:00Z`).getUTCDay(),
    minuteOfDay: Number(part('hour')) * 60 + Number(part('minute')),
  };
}
