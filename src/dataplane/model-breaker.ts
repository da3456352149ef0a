/** Times of a {@link ModelBreaker}. */
const firstPauseMs = 5000;
const longestPauseMs = 300_000;
/** One of these may be the fault of the request. */
const tolerated = 2;

/**
 * Passes a model server over that failed, for longer each time; when a pause is over one request is let through, and the
 * others when that one went well.
 */
export class ModelBreaker {
  readonly #told: ((isFailing: boolean) => void) | undefined;
  #failures = 0;
  /** Errors in a row that say little. */
  #doubts = 0;
  #untilMs = 0;

  /** `told` hears when it begins to fail, and when it is well again. */
  constructor(told?: (isFailing: boolean) => void) {
    this.#told = told;
  }

  /** Whether others are to be asked first. */
  isOpen(nowMs: number): boolean {
    return this.#failures > 0 && nowMs < this.#untilMs;
  }

  /** When the pause that lasts now ends; 0: there is none. */
  get untilMs(): number {
    return this.#failures > 0 ? this.#untilMs : 0;
  }

  /** It is asked now: while it is not known to be well again, nobody else does before another pause. */
  asked(nowMs: number): void {
    if (this.#failures > 0) this.#untilMs = nowMs + this.#pauseMs();
  }

  /** It could not be used, or asked for a pause of so many milliseconds. */
  failed(nowMs: number, pauseMs = 0): void {
    this.#doubts = 0;
    this.#failures += 1;
    const longest = Math.min(pauseMs, longestPauseMs);
    this.#untilMs = nowMs + Math.max(this.#pauseMs(), longest);
    if (this.#failures === 1) this.#told?.(true);
  }

  /** It made an error that may be that of the request. */
  doubted(nowMs: number): void {
    this.#doubts += 1;
    if (this.#failures > 0 || this.#doubts > tolerated) this.failed(nowMs);
  }

  /** It answered as it should. */
  succeeded(): void {
    if (this.#failures > 0) this.#told?.(false);
    this.#failures = 0;
    this.#doubts = 0;
  }

  #pauseMs(): number {
    return Math.min(firstPauseMs * 2 ** (this.#failures - 1), longestPauseMs);
  }
}
