import type { Duplex } from 'node:stream';

import type { Call } from './call.ts';
import type { Watched } from './stalls.ts';

/** How long one side may take to end after the other one has; Envoy's `delayed_close_timeout`. */
const closeMs = 1000;

/** Two connections that are one since the protocol was changed: bytes go through as fast as the other side takes them. */
export class Tunnel implements Watched {
  readonly #call: Call;
  readonly #client: Duplex;
  readonly #upstream: Duplex;
  readonly #closed: () => void;
  #bytes = 0;
  #over = false;
  #cancelClose: (() => void) | undefined;

  /** `closed` is called once, when neither side is left. */
  constructor(call: Call, client: Duplex, upstream: Duplex, closed: () => void) {
    this.#call = call;
    this.#client = client;
    this.#upstream = upstream;
    this.#closed = closed;
  }

  begin(): void {
    const sides = [this.#client, this.#upstream];
    for (const side of sides) {
      side.on('error', ignore);
      side.on('end', () => this.#ending());
      side.on('close', () => this.cut());
      side.on('data', (chunk: Buffer) => (this.#bytes += chunk.length));
    }
    this.#upstream.on('data', (chunk: Buffer) => (this.#call.bytesSent += chunk.length));
    this.#client.pipe(this.#upstream);
    this.#upstream.pipe(this.#client);
    if (this.limitMs > 0) this.#call.context.stalls.watch(this);
  }

  /** Both sides at once. */
  cut(): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelClose?.();
    this.#call.context.stalls.unwatch(this);
    this.#client.destroy();
    this.#upstream.destroy();
    this.#closed();
  }

  get limitMs(): number {
    return this.#call.streamIdleMs;
  }

  progress(): number {
    return this.#bytes;
  }

  stalled(): void {
    this.cut();
  }

  /** What is still on its way may arrive. */
  #ending(): void {
    if (this.#over || this.#cancelClose !== undefined) return;
    this.#cancelClose = this.#call.context.clock.after(closeMs, () => this.cut());
  }
}

function ignore(): void {
  // 'close' follows.
}
