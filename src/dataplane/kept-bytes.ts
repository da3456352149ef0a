/** Bytes of bodies that are kept at a time, by the callers that sent them. */
export class KeptBytes {
  readonly #byCaller = new Map<string, number>();
  #total = 0;

  /** Whether so many more may be kept: one caller has no more than half, or by slow bodies it would shut out all others. */
  hasRoom(caller: string, bytes: number, limit: number): boolean {
    const own = this.#byCaller.get(caller) ?? 0;
    // One body alone may take all there is.
    const share = own === 0 ? limit : limit / 2;
    return this.#total + bytes <= limit && own + bytes <= share;
  }

  /** Less than zero: they are kept no more. */
  add(caller: string, bytes: number): void {
    const own = (this.#byCaller.get(caller) ?? 0) + bytes;
    this.#total += bytes;
    if (own === 0) this.#byCaller.delete(caller);
    else this.#byCaller.set(caller, own);
  }
}
