import type { Clock } from '../base/clock.ts';
import { FairLine } from './fair-line.ts';

/** Someone who waits for a request of the account to end. */
export interface SlotWaiter {
  /** Who asks: callers take turns. */
  readonly caller: string;
  /** The slot is theirs. */
  readonly admit: (slot: Slot) => void;
  /** They have to make room for a caller who has fewer in the line. */
  readonly displaced: () => void;
}

/** The right to have one request of an account under way. */
export interface Slot {
  /** Gives it back; a second time does nothing. */
  readonly free: () => void;
}

/** Why requests of an account were refused. */
export type SlotRefusal = 'full' | 'late';

/** How much the last request says of how long one takes. */
const smoothing = 0.1;
const longestRetryAfterSeconds = 60;

/** The requests that one account has under way over all upstreams that name it, and a line in front of them. */
export class Account {
  readonly name: string;
  /** Requests that were not sent, for ever. */
  readonly refused: Record<SlotRefusal, number> = { full: 0, late: 0 };
  readonly #clock: Clock;
  readonly #line = new FairLine<SlotWaiter>();
  /** Of the upstreams in force; the lowest holds. */
  readonly #limits: number[] = [];
  #limit: number;
  #active = 0;
  #meanMs = 0;
  #isAdmitting = false;

  constructor(name: string, limit: number, clock: Clock) {
    this.name = name;
    this.#limit = limit;
    this.#clock = clock;
  }

  get limit(): number {
    return this.#limit;
  }

  get active(): number {
    return this.#active;
  }

  get waiting(): number {
    return this.#line.size;
  }

  /** Room for one more at once. */
  get hasRoom(): boolean {
    return this.#active < this.#limit;
  }

  /** In whole seconds, about when one who asks now would have its turn. */
  get retryAfterSeconds(): number {
    const seconds = Math.ceil(((this.waiting + 1) * this.#meanMs) / this.#limit / 1000);
    return Math.min(Math.max(seconds, 1), longestRetryAfterSeconds);
  }

  /** An upstream with this limit is in force. */
  use(limit: number): void {
    this.#limits.push(limit);
    this.#limitChanged();
  }

  unuse(limit: number): void {
    const index = this.#limits.indexOf(limit);
    if (index >= 0) this.#limits.splice(index, 1);
    this.#limitChanged();
  }

  /** A slot, if one is free. */
  enter(): Slot | undefined {
    return this.hasRoom ? this.#slot() : undefined;
  }

  /** Puts someone into the line; false: it is full, and nobody in it has more than they have. */
  wait(waiter: SlotWaiter, maxWaiting: number): boolean {
    if (this.#line.size >= maxWaiting) {
      const last = maxWaiting === 0 ? undefined : this.#line.makeRoom(waiter.caller);
      if (last === undefined) return false;
      last.displaced();
    }
    this.#line.push(waiter.caller, waiter);
    return true;
  }

  /** Takes someone out of the line who does not wait any more. */
  leave(waiter: SlotWaiter): void {
    this.#line.delete(waiter.caller, waiter);
  }

  #slot(): Slot {
    this.#active += 1;
    const sinceMs = this.#clock.monotonic();
    let isFree = false;
    return {
      free: () => {
        if (isFree) return;
        isFree = true;
        this.#active -= 1;
        this.#took(this.#clock.monotonic() - sinceMs);
        this.#admit();
      },
    };
  }

  #took(ms: number): void {
    this.#meanMs = this.#meanMs === 0 ? ms : this.#meanMs + smoothing * (ms - this.#meanMs);
  }

  /** One loop, also where whoever is let in ends at once: calls within calls would have no bound. */
  #admit(): void {
    if (this.#isAdmitting) return;
    this.#isAdmitting = true;
    try {
      while (this.hasRoom) {
        const next = this.#line.shift();
        if (next === undefined) return;
        next.admit(this.#slot());
      }
    } finally {
      this.#isAdmitting = false;
    }
  }

  #limitChanged(): void {
    if (this.#limits.length === 0) return;
    this.#limit = Math.min(...this.#limits);
    this.#admit();
  }
}
