import type { Clock } from '../base/clock.ts';
import type { AccountConcurrency } from '../ir/llm.ts';
import { Account } from './account.ts';

interface Held {
  readonly account: Account;
  holders: number;
}

/** All accounts whose requests are counted; one stays as long as there is an upstream, or a request, that holds it. */
export class Accounts {
  readonly #clock: Clock;
  readonly #held = new Map<string, Held>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The account of that name; has to be let go with {@link release}. */
  hold({ account: name, limit }: AccountConcurrency): Account {
    const held = this.#held.get(name) ?? {
      account: new Account(name, limit, this.#clock),
      holders: 0,
    };
    held.holders += 1;
    this.#held.set(name, held);
    return held.account;
  }

  release({ name }: Account): void {
    const held = this.#held.get(name);
    if (held === undefined) return;
    held.holders -= 1;
    if (held.holders === 0) this.#held.delete(name);
  }

  /** For metrics. */
  all(): readonly Account[] {
    return Array.from(this.#held.values(), ({ account }) => account);
  }
}
