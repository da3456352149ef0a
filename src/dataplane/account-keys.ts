import type { Clock } from '../base/clock.ts';
import type { PreparedBackend } from '../llm/backend.ts';
import type { Program } from './program.ts';

/** Someone who waits for another key. */
interface Waiting {
  readonly cluster: string;
  readonly refused: string;
  readonly give: (renewed: PreparedBackend | undefined) => void;
}

/** What a watch needs to tell of a new key: the hold-off of a compile, and the way from the API server. */
const WAIT_MS = 2_000;

/**
 * The keys of model servers that are in force now. A request is served by the program it began with, except for the key: one
 * that was taken out of force in the meantime is of no use to anybody.
 */
export class AccountKeys {
  readonly #clock: Clock;
  readonly #program: () => Program;
  /** By cluster: the key that is taken to be good. */
  readonly #accepted = new Map<string, string>();
  readonly #waiting = new Set<Waiting>();

  constructor(clock: Clock, program: () => Program) {
    this.#clock = clock;
    this.#program = program;
  }

  /** A model server has answered otherwise than that it refuses the key. */
  accepted(cluster: string, { key }: PreparedBackend): void {
    if (key !== undefined) this.#accepted.set(cluster, key);
  }

  /** A model server has refused the key: whether another one is in force, or may come soon since that one was good before. */
  mayRenew(cluster: string, { key }: PreparedBackend): boolean {
    if (key === undefined) return false;
    return this.#other(cluster, key) !== undefined || this.#accepted.get(cluster) === key;
  }

  /** Gives the cluster's settings with another key than the refused one, soon; undefined: none came. The result stops it. */
  renew(
    cluster: string,
    { key: refused = '' }: PreparedBackend,
    give: (renewed: PreparedBackend | undefined) => void,
  ): () => void {
    const stop = (): void => {
      cancel();
      this.#waiting.delete(waiting);
    };
    const waiting: Waiting = {
      cluster,
      refused,
      give: (renewed) => {
        stop();
        give(renewed);
      },
    };
    const isThere = this.#other(cluster, refused) !== undefined;
    const cancel = this.#clock.after(isThere ? 0 : WAIT_MS, () => this.#giveUp(waiting));
    this.#waiting.add(waiting);
    return stop;
  }

  /** Another program is in force. */
  published(): void {
    const { upstreams } = this.#program();
    for (const waiting of this.#waiting) {
      const { cluster, refused } = waiting;
      const isOver = upstreams.get(cluster)?.backend?.key !== refused;
      if (isOver) waiting.give(this.#other(cluster, refused));
    }
    // Where the key before was good the new one is trusted: it may be replaced before anybody has used it.
    for (const cluster of this.#accepted.keys()) {
      const key = upstreams.get(cluster)?.backend?.key;
      if (key === undefined) this.#accepted.delete(cluster);
      else this.#accepted.set(cluster, key);
    }
  }

  #giveUp(waiting: Waiting): void {
    const { cluster, refused } = waiting;
    const other = this.#other(cluster, refused);
    // Nobody waits for it again until it was accepted once more.
    if (other === undefined && this.#accepted.get(cluster) === refused) {
      this.#accepted.delete(cluster);
    }
    waiting.give(other);
  }

  #other(cluster: string, refused: string): PreparedBackend | undefined {
    const backend = this.#program().upstreams.get(cluster)?.backend;
    return backend?.key === undefined || backend.key === refused ? undefined : backend;
  }
}
