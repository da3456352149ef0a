import type { Clock } from '../base/clock.ts';
import type { QueueDepth } from '../llm/queue-depth.ts';

/** How busy a model server is, as far as anybody knows. */
export interface Load {
  /** Requests that wait there for their turn; 0 also where that is not known. */
  readonly waiting: number;
  /** All requests it has. */
  readonly total: number;
}

interface Reading extends QueueDepth {
  readonly active: number;
  readonly untilMs: number;
}

/** The last reading of a server's queue, and what this process has sent there and seen end since. */
export class EndpointQueue {
  readonly #clock: Clock;
  #reading: Reading | undefined;
  #wantedAtMs = -Infinity;
  /** Called when somebody asks after nobody did for a while. */
  wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The last reading, unless it is stale. */
  get reading(): QueueDepth | undefined {
    const reading = this.#reading;
    const isFresh = reading !== undefined && this.#clock.monotonic() <= reading.untilMs;
    return isFresh ? reading : undefined;
  }

  /** Whether somebody has asked for it within so long. */
  isWanted(withinMs: number): boolean {
    return this.#clock.monotonic() - this.#wantedAtMs <= withinMs;
  }

  /** `active`: requests of this process that were under way there at that moment; after `freshMs` it says nothing about now. */
  record({ waiting, running }: QueueDepth, active: number, freshMs: number): void {
    const untilMs = this.#clock.monotonic() + freshMs;
    this.#reading = { waiting, running, active, untilMs };
  }

  /** With so many requests of this process under way there. */
  load(active: number): Load {
    this.#wantedAtMs = this.#clock.monotonic();
    this.wake?.();
    const reading = this.reading === undefined ? undefined : this.#reading;
    if (reading === undefined) return { waiting: 0, total: active };
    const since = active - reading.active;
    return {
      // What was sent since then got behind those who waited already.
      waiting: reading.waiting === 0 ? 0 : Math.max(0, reading.waiting + since),
      total: Math.max(active, reading.waiting + reading.running + since),
    };
  }
}
