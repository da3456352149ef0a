import type { Call } from './call.ts';
import type { Denial } from './denial.ts';
import type { Watched } from './stalls.ts';

/** Bytes on the wire that are no data: extensions of chunks, and what was read ahead of the body. */
const OVERHEAD_BYTES = 80 * 1024;

/**
 * Bytes on the wire for each byte of data. A chunk of one byte takes six, and in memory a hundred and more: of a body of
 * such chunks some ten thousand are taken.
 */
const WIRE_PER_BYTE = 3;

/** Watches a body that the client is to send: it has to come on, and it has to be data. */
export class BodyWatch implements Watched {
  readonly #call: Call;
  #received = 0;
  #from = 0;

  constructor(call: Call) {
    this.#call = call;
  }

  begin(): void {
    const { request, context, exchange } = this.#call;
    context.stalls.watch(this);
    if (!exchange.chunked) return;
    this.#from = request.socket.bytesRead;
    request.on('data', (chunk: Buffer) => this.#count(chunk.length));
  }

  end(): void {
    this.#call.context.stalls.unwatch(this);
  }

  get limitMs(): number {
    if (this.#isMostlyFraming()) return 0;
    return this.#call.context.limits.bodyIdleMs;
  }

  progress(): number {
    const { request, context, exchange } = this.#call;
    // Also what waits for the upstream takes memory.
    if (this.#isMostlyFraming()) return -1;
    // Complete, or held up by the upstream: not the client's fault.
    if (request.complete || request.isPaused()) return context.clock.monotonic();
    // Framing without data, such as a size of endless zeros, is no progress.
    return exchange.chunked ? this.#received : request.socket.bytesRead;
  }

  stalled(): void {
    this.#call.refuseBody(this.#isMostlyFraming() ? tooMuchFraming : bodyTimeout);
  }

  #count(bytes: number): void {
    this.#received += bytes;
    if (this.#isMostlyFraming()) this.#call.refuseBody(tooMuchFraming);
  }

  /** node's parser bounds the extensions of each chunk, not those of all chunks together, and not the number of chunks. */
  #isMostlyFraming(): boolean {
    const { request, exchange } = this.#call;
    if (!exchange.chunked || request.complete) return false;
    const data = this.#received + request.readableLength;
    return request.socket.bytesRead - this.#from > OVERHEAD_BYTES + data * WIRE_PER_BYTE;
  }
}

const bodyTimeout: Denial = {
  status: 408,
  body: 'Request Timeout',
  reason: 'body_timeout',
  detail: 'the body stopped coming',
  close: true,
};

const tooMuchFraming: Denial = {
  status: 413,
  body: 'Payload Too Large',
  reason: 'too_large',
  detail: 'chunks are mostly framing',
  close: true,
};
