import type { Static } from 'typebox';
import { Type } from '../base/json-type.ts';

const price = Type.Number({ minimum: 0, maximum: 1_000_000 });
const usd = Type.Object(
  { cacheHit: price, cacheMiss: price, output: price },
  { additionalProperties: false },
);

/** Days of the week as a file of prices names them; Sunday is the first. */
export const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

const peak = Type.Object(
  {
    calendar: Type.String({ minLength: 1 }),
    days: Type.Array(Type.Union(weekdays.map((day) => Type.Literal(day))), { minItems: 1 }),
    hours: Type.Array(
      Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d-(([01]\\d|2[0-3]):[0-5]\\d|24:00)$' }),
      { minItems: 1 },
    ),
    usd,
  },
  { additionalProperties: false },
);

const instant = '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d)?(Z|[+-]\\d\\d:\\d\\d)$';

const entry = Type.Object(
  {
    host: Type.Optional(Type.String({ minLength: 1 })),
    models: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
    from: Type.Optional(Type.String({ pattern: instant })),
    until: Type.Optional(Type.String({ pattern: instant })),
    instant: Type.Optional(Type.Union([Type.Literal('start'), Type.Literal('end')])),
    usd,
    peak: Type.Optional(peak),
  },
  { additionalProperties: false },
);

const calendar = Type.Object(
  {
    timeZone: Type.String({ minLength: 1 }),
    holidays: Type.Optional(
      Type.Array(Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d(\\.\\.\\d{4}-\\d\\d-\\d\\d)?$' })),
    ),
  },
  { additionalProperties: false },
);

/** A file of prices. */
export const priceFileSchema = Type.Object(
  {
    calendars: Type.Optional(
      Type.Unsafe<Readonly<Record<string, CalendarText>>>({
        type: 'object',
        additionalProperties: calendar,
      }),
    ),
    prices: Type.Optional(Type.Array(entry)),
  },
  { additionalProperties: false },
);
export type PriceFile = Static<typeof priceFileSchema>;
export type CalendarText = Static<typeof calendar>;
export type PriceText = Static<typeof entry>;
