const empty = Buffer.alloc(0);
const leastRoom = 4096;

/** Bytes joined as they come: a piece may be one byte, and as an object of its own it would take a hundred. */
export class JoinedBytes {
  #bytes: Buffer = empty;
  #size = 0;

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
    const roomier = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length, leastRoom));
    this.#bytes.copy(roomier, 0, 0, this.#size);
    this.#bytes = roomier;
  }
}
