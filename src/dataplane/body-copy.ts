import type { ClientRequest } from './client-message.ts';
import { JoinedBytes } from './joined-bytes.ts';

/** Keeps a body while it goes to the upstream, up to a bound: it may have to be sent a second time. */
export class BodyCopy {
  readonly #source: ClientRequest;
  readonly #limit: number;
  #bytes: JoinedBytes | undefined = new JoinedBytes();

  constructor(source: ClientRequest, limit: number) {
    this.#source = source;
    this.#limit = limit;
    source.on('data', (chunk: Buffer) => this.#keep(chunk));
  }

  /** All of it; undefined: it is still coming, or too large. */
  get whole(): Buffer | undefined {
    return this.#source.readableEnded ? this.#bytes?.all : undefined;
  }

  #keep(chunk: Buffer): void {
    const bytes = this.#bytes;
    if (bytes === undefined) return;
    if (bytes.size + chunk.length > this.#limit) this.#bytes = undefined;
    else bytes.add(chunk);
  }
}
