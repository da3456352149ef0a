/** Chooses among weighted candidates in turn. */
export interface Rotation<T> {
  readonly next: () => T | undefined;
  readonly size: number;
}

/**
 * Weighted round robin: of weights 5 and 1 every sixth turn goes to the second, exactly, spread evenly and without chance.
 * Candidates of weight 0 are never chosen. A turn takes the same time for any number of them while their weights are equal,
 * else the logarithm of it.
 */
export function createRotation<T>(
  candidates: readonly T[],
  weightOf: (candidate: T) => number,
): Rotation<T> {
  const chosen = candidates.filter((candidate) => weightOf(candidate) > 0);
  const size = chosen.length;
  const weights = chosen.map(weightOf);
  if (weights.every((weight) => weight === weights[0])) {
    let turn = size - 1;
    return {
      size,
      next: () => {
        turn = turn + 1 < size ? turn + 1 : 0;
        return chosen[turn];
      },
    };
  }
  const turns = new EarliestFirst(weights);
  return { size, next: () => chosen[turns.next()] };
}

/** Far below the numbers at which a double would lose the parts of a small step. */
const rebaseAt = 2 ** 20;

/** Everybody is due each `1 / weight`; a heap by that time, and by index where it is equal. */
class EarliestFirst {
  readonly #steps: Float64Array;
  readonly #due: Float64Array;
  /** Indexes, as a binary heap. */
  readonly #heap: Uint32Array;

  constructor(weights: readonly number[]) {
    this.#steps = Float64Array.from(weights, (weight) => 1 / weight);
    this.#due = this.#steps.map((step) => step / 2);
    this.#heap = Uint32Array.from(weights, (_weight, index) => index);
    this.#heap.sort((a, b) => (this.#isBefore(a, b) ? -1 : 1));
  }

  next(): number {
    const index = this.#heap[0] ?? 0;
    const due = this.#due[index] ?? 0;
    if (due > rebaseAt) for (let at = 0; at < this.#due.length; at += 1) this.#add(at, -due);
    this.#add(index, this.#steps[index] ?? 0);
    this.#sink();
    return index;
  }

  #add(index: number, step: number): void {
    this.#due[index] = (this.#due[index] ?? 0) + step;
  }

  #isBefore(a: number, b: number): boolean {
    const [first = 0, second = 0] = [this.#due[a], this.#due[b]];
    return first < second || (first === second && a < b);
  }

  /** The first one has got a later time. */
  #sink(): void {
    const heap = this.#heap;
    const moved = heap[0] ?? 0;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const [left = 0, right = left] = [heap[child], heap[child + 1]];
      if (right !== left && this.#isBefore(right, left)) child += 1;
      const next = heap[child] ?? 0;
      if (!this.#isBefore(next, moved)) break;
      heap[at] = next;
      at = child;
    }
    heap[at] = moved;
  }
}
