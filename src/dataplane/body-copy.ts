import type { ClientRequest } from './client-message.ts';

/** Keeps a body while it goes to the upstream, up to a bound: it may have to be sent a second time. */
export class BodyCopy {
  readonly #source: ClientRequest;
  readonly #limit: number;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(source: ClientRequest, limit: number) {
    this.#source = source;
    this.#limit = limit;
    source.on('data', (chunk: Buffer) => this.#keep(chunk));
  }

  /** All of it; undefined: it is still coming, or too large. */
  get whole(): Buffer | undefined {
    if (!this.#source.readableEnded || this.#bytes > this.#limit) return undefined;
    return Buffer.concat(this.#pieces);
  }

  #keep(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limit) this.#pieces = [];
    else this.#pieces.push(chunk);
  }
}
