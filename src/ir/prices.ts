/** What tokens of models cost; the first entry that fits is in force. */
export type PriceTable = readonly PriceEntry[];

/** Prices of some models in some time. */
export interface PriceEntry {
  /** `Host` of the model server, in lower case; absent: every one. */
  readonly host?: string;
  /** Names as they are billed; one that ends in `*` is a beginning. */
  readonly models: readonly string[];
  /** Milliseconds since the epoch; from it on, and before `untilMs`. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Which instant of a request decides. */
  readonly instant: 'start' | 'end';
  readonly prices: TokenPrices;
  readonly peak?: PeakPrices;
}

/** Millionths of a millionth of a dollar for a token, which is millionths of a dollar for a million of them. */
export interface TokenPrices {
  readonly cacheHit: number;
  readonly cacheMiss: number;
  readonly output: number;
}

/** Other prices at some hours. */
export interface PeakPrices {
  readonly timeZone: string;
  /** 0 is Sunday. */
  readonly days: readonly number[];
  /** Minutes of the day: from the first on, and before the second. */
  readonly windows: readonly (readonly [from: number, until: number])[];
  /** Days such as `2026-01-01` on which there is no peak. */
  readonly holidays: readonly string[];
  readonly prices: TokenPrices;
}
