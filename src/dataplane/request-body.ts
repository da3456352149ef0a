import { Readable } from 'node:stream';

import type { ClientRequest } from './client-message.ts';
import { JoinedBytes } from './joined-bytes.ts';

/** Pieces below this wait for the others of the same read. */
const SHORT_BYTES = 1024;

/**
 * A request body on its way to the upstream. It stands between the two because undici destroys a body that it no longer
 * needs, and destroying the client's request would take the connection with it before an answer is out.
 */
export class RequestBody extends Readable {
  readonly #source: ClientRequest;
  readonly #pieces: Buffer[] = [];

  constructor(source: ClientRequest) {
    super({ highWaterMark: 64 * 1024 });
    this.#source = source;
    source.on('data', this.#onData);
    source.on('end', this.#onEnd);
    source.on('close', this.#onClose);
    source.on('error', ignore);
    this.on('error', ignore);
  }

  override _read(): void {
    this.#source.resume();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const source = this.#source;
    source.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose);
    // What still comes is read and thrown away; the answer closes the connection.
    source.resume();
    callback(error);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#pieces.push(chunk);
    if (chunk.length >= SHORT_BYTES) this.#pass();
    else if (this.#pieces.length === 1) setImmediate(this.#pass);
  };

  /** Short pieces of one read go on as one: a chunk of one byte, kept as an object of its own, takes hundreds. */
  readonly #pass = (): void => {
    const pieces = this.#pieces.splice(0);
    const [first] = pieces;
    if (first === undefined || this.destroyed) return;
    if (!this.push(pieces.length === 1 ? first : Buffer.concat(pieces))) this.#source.pause();
  };

  readonly #onEnd = (): void => {
    this.#pass();
    this.push(null);
  };

  readonly #onClose = (): void => {
    if (!this.#source.complete) this.destroy(new Error('the client left'));
  };
}

/** How reading a whole body ended. */
export type Collected = Buffer | 'too large' | 'aborted';

/** What {@link collectBody} has to know, and whom it tells. */
export interface Collecting {
  /** Length that the head declared; 0: none. */
  readonly declared: number;
  readonly limit: number;
  readonly done: (collected: Collected) => void;
  /** There is waiting to be done. */
  readonly slow: () => void;
  /** Whether there is room for so many more bytes of it; without it is too large. Default: always. */
  readonly keeps?: (bytes: number) => boolean;
}

/**
 * Reads a whole body of at most `limit` bytes and calls back once, never at once. Most short bodies come in one piece with
 * their head, and no listener is needed for them: they can be read in the next tick, which node runs after it has parsed
 * the last byte and before it says that the message is complete.
 */
export function collectBody(source: ClientRequest, collecting: Collecting): void {
  const { declared, limit, done, slow, keeps } = collecting;
  process.nextTick(() => {
    if (declared === 0 || source.readableLength < declared) {
      slow();
      collectPieces(source, collecting);
      return;
    }
    const body: unknown = source.read();
    // So that the end of the message is seen and the parser lets go of it.
    source.resume();
    const whole = Buffer.isBuffer(body) ? body : empty;
    done(whole.length > limit || keeps?.(whole.length) === false ? 'too large' : whole);
  });
}

function collectPieces(source: ClientRequest, collecting: Collecting): void {
  const { declared, limit, done, keeps } = collecting;
  const bytes = new JoinedBytes(declared === 0 ? limit : declared);
  let over = false;
  const finish = (collected: Collected): void => {
    if (over) return;
    over = true;
    done(collected);
  };
  source.on('data', (chunk: Buffer) => {
    if (over) return;
    const isTooLarge = bytes.size + chunk.length > limit || keeps?.(chunk.length) === false;
    if (isTooLarge) finish('too large');
    else bytes.add(chunk);
  });
  source.on('end', () => finish(bytes.all));
  source.on('close', () => finish('aborted'));
  source.on('error', ignore);
}

const empty = Buffer.alloc(0);

function ignore(): void {
  // What it means is told by 'close'.
}
