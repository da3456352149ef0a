import type { Clock } from '../base/clock.ts';
import type { TokenTimeouts } from '../ir/llm.ts';
import type { Denial } from './denial.ts';
import { modelFault } from './model-fault.ts';

const defaultFirstTokenMs = 600_000;
const defaultProgressMs = 300_000;

/** Bounds the time in which nothing of a streamed answer comes: what is no token is no progress. */
export class TokenTimers {
  readonly #clock: Clock;
  readonly #limits: Required<TokenTimeouts>;
  /** The client does not take what is here: no token is waited for. */
  isPaused: () => boolean = () => false;
  #fail: ((denial: Denial) => void) | undefined;
  #cancel: (() => void) | undefined;
  #isRunning = false;
  #lastMs = 0;

  constructor(clock: Clock, limits: TokenTimeouts | undefined) {
    this.#clock = clock;
    this.#limits = {
      firstTokenMs: limits?.firstTokenMs ?? defaultFirstTokenMs,
      progressMs: limits?.progressMs ?? defaultProgressMs,
    };
  }

  /** The request is on its way. */
  start(fail: (denial: Denial) => void): void {
    const { firstTokenMs } = this.#limits;
    this.stop();
    this.#fail = fail;
    if (firstTokenMs === 0) return;
    this.#cancel = this.#clock.after(firstTokenMs, () => fail(modelFault('no token')));
  }

  /** A piece of the answer is here. */
  progress(): void {
    if (this.#fail === undefined) return;
    this.#lastMs = this.#clock.monotonic();
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#limits.progressMs > 0) this.#watch(this.#limits.progressMs);
  }

  /** Nothing more is waited for. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#fail = undefined;
    this.#isRunning = false;
  }

  /** One timer for all pieces: when it is due, it is seen how long ago the last one was. */
  #watch(afterMs: number): void {
    this.#cancel = this.#clock.after(afterMs, () => {
      const { progressMs } = this.#limits;
      if (this.isPaused()) this.#lastMs = this.#clock.monotonic();
      const leftMs = this.#lastMs + progressMs - this.#clock.monotonic();
      if (leftMs > 0) this.#watch(leftMs);
      else this.#fail?.(modelFault('no progress'));
    });
  }
}
