/** How often values were how large. */
export class Histogram {
  readonly #bounds: readonly number[];
  /** One for each bound, and one for what is above. */
  readonly buckets: number[];
  sum = 0;
  count = 0;

  /** Each bound is the largest value of its bucket. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.buckets = bounds.map(() => 0).concat(0);
  }

  observe(value: number): void {
    let index = 0;
    while (index < this.#bounds.length && value > (this.#bounds[index] ?? Infinity)) index += 1;
    this.buckets[index] = (this.buckets[index] ?? 0) + 1;
    this.sum += value;
    this.count += 1;
  }
}
