const empty = Buffer.alloc(0);
const leastRoom = 4096;

/** Bytes joined as they come: a piece may be one byte, and as an object of its own it would take a hundred. */
export class JoinedBytes {
  #bytes: Buffer = empty;
  #size = 0;
  readonly #most: number;

  /** `most`: there will be no more bytes than so many. */
  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  get all(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  add(chunk: Buffer): void {
    this.#makeRoom(this.#size + chunk.length);
    this.#size += chunk.copy(this.#bytes, this.#size);
  }

  /** Twice as much each time, so that each byte is copied once on average. */
  #makeRoom(needed: number): void {
    if (needed <= this.#bytes.length) return;
    const wanted = Math.min(Math.max(2 * this.#bytes.length, leastRoom), this.#most);
    const roomier = Buffer.allocUnsafe(Math.max(needed, wanted));
    this.#bytes.copy(roomier, 0, 0, this.#size);
    this.#bytes = roomier;
  }
}
