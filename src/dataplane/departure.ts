import type { Call } from './call.ts';
import type { Watched } from './stalls.ts';

/** An answer that is whole, until the client has taken all of it: one that takes nothing must not hold its call for ever. */
class Departure implements Watched {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  get limitMs(): number {
    return this.#call.streamIdleMs;
  }

  progress(): number {
    return this.#call.response.bytesTaken;
  }

  stalled(): void {
    this.#call.abort();
  }
}

/** To be called behind the end of an answer; costs nothing where the system has taken all of it at once. */
export function watchDeparture(call: Call): void {
  if (!call.response.isLeaving || call.streamIdleMs === 0) return;
  const departure = new Departure(call);
  const { stalls } = call.context;
  stalls.watch(departure);
  call.response.once('close', () => stalls.unwatch(departure));
}
