import type { Call } from './call.ts';
import type { Denial } from './denial.ts';
import type { Watched } from './stalls.ts';

/** Bytes on the wire that are no data: extensions of chunks, and what was read ahead of the body. */
const OVERHEAD_BYTES = 80 * 1024;

/** What the framing of a chunk may cost for each byte in it: a chunk of one byte is six bytes long. */
const OVERHEAD_PER_BYTE = 16;

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
    return this.#call.context.limits.bodyIdleMs;
  }

  progress(): number {
    const { request, context, exchange } = this.#call;
    // Complete, or held up by the upstream: not the client's fault.
    if (request.complete || request.isPaused()) return context.clock.monotonic();
    // Framing without data, such as a size of endless zeros, is no progress.
    return exchange.chunked ? this.#received : request.socket.bytesRead;
  }

  stalled(): void {
    this.#call.refuseBody(bodyTimeout);
  }

  /** node's parser bounds the extensions of each chunk, not those of all chunks together. */
  #count(bytes: number): void {
    this.#received += bytes;
    const read = this.#call.request.socket.bytesRead - this.#from;
    const allowed = OVERHEAD_BYTES + this.#received * OVERHEAD_PER_BYTE;
    if (read > allowed) this.#call.refuseBody(tooMuchFraming);
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
  detail: 'chunk extensions',
  close: true,
};
