import type { Clock } from '../base/clock.ts';

/** How an endpoint stands. `unchecked` until the first active check has ended: it then counts as unhealthy. */
export type EndpointState = 'healthy' | 'unhealthy' | 'ejected' | 'unchecked';

/** Who is told how an endpoint answers. */
export interface AnswerObserver {
  /** Status of an answer; failures of the connection count as 503 and 504, as Envoy. */
  readonly answered: (health: EndpointHealth, status: number) => void;
}

/** What is known of one endpoint; it outlives changes of its cluster. */
export class EndpointHealth {
  readonly label: string;
  readonly #board: HealthBoard;
  #passing: boolean | undefined;
  #ejected = false;
  /** Results of active checks in a row that speak against the state it has. */
  contradictions = 0;
  /** When the last check ended, on the clock's monotonic time. */
  checkedAtMs: number | undefined;
  consecutive5xx = 0;
  consecutiveGatewayFailures = 0;
  /** Of the current interval. */
  successes = 0;
  requests = 0;
  ejectedAtMs = 0;
  /** How often in a row it was ejected: each time is longer. */
  ejections = 0;

  constructor(label: string, board: HealthBoard) {
    this.label = label;
    this.#board = board;
  }

  /** What the active checks say; undefined before the first. */
  get passing(): boolean | undefined {
    return this.#passing;
  }

  set passing(passing: boolean) {
    if (this.#passing === passing) return;
    this.#passing = passing;
    this.#board.changed(this);
  }

  get ejected(): boolean {
    return this.#ejected;
  }

  set ejected(ejected: boolean) {
    if (this.#ejected === ejected) return;
    this.#ejected = ejected;
    this.#board.changed(this);
  }

  /** Whether it may get requests. */
  isUsable(checked: boolean): boolean {
    return !this.#ejected && (!checked || this.#passing === true);
  }

  state(checked: boolean): EndpointState {
    if (this.#ejected) return 'ejected';
    if (!checked || this.#passing === true) return 'healthy';
    return this.#passing === undefined ? 'unchecked' : 'unhealthy';
  }

  /** An answer from it, or a failure of the connection. */
  answered(status: number): void {
    this.#board.observer?.answered(this, status);
  }
}

/** What is known of the endpoints of one cluster; handed on from one version of it to the next. */
export class HealthBoard {
  /** Who looks at answers; that of the version in force. */
  observer: AnswerObserver | undefined;
  /** Whether a request went to the cluster yet. */
  used = false;
  readonly #endpoints = new Map<string, EndpointHealth>();
  #version = 0;
  #told: ((health: EndpointHealth) => void) | undefined;

  constructor(told?: (health: EndpointHealth) => void) {
    this.#told = told;
  }

  /** Another number after each change of who may get requests. */
  get version(): number {
    return this.#version;
  }

  /** What is known of the endpoint; the same object until it is forgotten. */
  of(label: string): EndpointHealth {
    const known = this.#endpoints.get(label) ?? new EndpointHealth(label, this);
    this.#endpoints.set(label, known);
    return known;
  }

  /** Forgets all other endpoints: who comes back later begins anew. */
  keep(labels: ReadonlySet<string>): void {
    for (const label of this.#endpoints.keys()) {
      if (!labels.has(label)) this.#endpoints.delete(label);
    }
  }

  changed(health: EndpointHealth): void {
    this.#version += 1;
    this.#told?.(health);
  }
}

/** Something that works on a clock while its cluster is in force. */
export interface Watch {
  readonly stop: () => void;
}

/** What such work needs. */
export interface WatchParts {
  readonly clock: Clock;
  readonly random: () => number;
}
