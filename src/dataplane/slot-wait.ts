import type { Clock } from '../base/clock.ts';
import type { AccountConcurrency } from '../ir/llm.ts';
import { errorBody } from '../llm/error-body.ts';
import type { Account, Slot, SlotRefusal, SlotWaiter } from './account.ts';
import type { Cancellable } from './call.ts';
import type { Denial } from './denial.ts';

/** An account that a request may count against. */
export interface SlotChoice {
  readonly account: Account;
  readonly settings: AccountConcurrency;
}

/** Who asks for a slot, and hears what comes of it: one of the two, once, unless they cancel. */
export interface SlotSeeker {
  /** Verified: callers take turns. */
  readonly caller: string;
  /** `index` is that of the choice whose slot it is; the slot has to be freed. */
  readonly admitted: (index: number, slot: Slot) => void;
  readonly refused: (denial: Denial) => void;
}

/** One request that waits in the lines of several accounts at once, for the slot that is free first. */
export class SlotWait implements Cancellable {
  readonly #choices: readonly SlotChoice[];
  readonly #seeker: SlotSeeker;
  readonly #lines = new Map<Account, SlotWaiter>();
  #cancelTimeout: (() => void) | undefined;
  #over = false;

  constructor(choices: readonly SlotChoice[], seeker: SlotSeeker) {
    this.#choices = choices;
    this.#seeker = seeker;
  }

  /** Takes a free slot of the first choice that has one, or gets in line; may call back at once. */
  start(clock: Clock): void {
    if (this.#over) return;
    for (const [index, { account }] of this.#choices.entries()) {
      const slot = account.enter();
      if (slot === undefined) continue;
      this.#over = true;
      this.#seeker.admitted(index, slot);
      return;
    }
    for (const [index, choice] of this.#choices.entries()) this.#join(index, choice);
    if (this.#lines.size === 0) {
      this.#refuse('full');
      return;
    }
    const waitMs = Math.max(...this.#choices.map(({ settings }) => settings.waitMs));
    this.#cancelTimeout = clock.after(waitMs, () => this.#refuse('late'));
  }

  /** They do not wait any more: the client is gone. */
  cancel(): void {
    this.#end();
  }

  #join(index: number, { account, settings }: SlotChoice): void {
    if (this.#lines.has(account)) return;
    const waiter: SlotWaiter = {
      caller: this.#seeker.caller,
      admit: (slot) => {
        this.#lines.delete(account);
        this.#end();
        this.#seeker.admitted(index, slot);
      },
      displaced: () => {
        this.#lines.delete(account);
        if (this.#lines.size === 0) this.#refuse('full');
      },
    };
    if (account.wait(waiter, settings.maxWaiting)) this.#lines.set(account, waiter);
  }

  #refuse(why: SlotRefusal): void {
    if (this.#over) return;
    this.#end();
    for (const account of new Set(this.#choices.map((choice) => choice.account))) {
      account.refused[why] += 1;
    }
    const seconds = this.#choices.map(({ account }) => account.retryAfterSeconds);
    this.#seeker.refused(slotDenial(why, Math.min(...seconds)));
  }

  #end(): void {
    this.#over = true;
    this.#cancelTimeout?.();
    for (const [account, waiter] of this.#lines) account.leave(waiter);
    this.#lines.clear();
  }
}

const details = { full: 'too many wait', late: 'waited too long' } as const;

function slotDenial(why: SlotRefusal, retryAfterSeconds: number): Denial {
  return {
    status: 429,
    body: errorBody('concurrency_limit', 'Too many requests are under way. Try again later.'),
    contentType: 'application/json',
    headers: ['retry-after', String(retryAfterSeconds)],
    reason: 'concurrency',
    detail: details[why],
  };
}
