/** Stands for all values that have no label of their own. */
const otherLabel = '_other';

/** Longer ones are no names. */
const longestLabel = 128;

/** Gives texts from outside labels of their own, up to a number of them: the first that come. */
export class BoundedLabels {
  readonly #known = new Set<string>();

  /** How many there are. */
  get size(): number {
    return this.#known.size;
  }

  labelOf(text: string, limit: number): string {
    if (text === '' || this.#known.has(text)) return text;
    if (this.#known.size >= limit || text.length > longestLabel) return otherLabel;
    this.#known.add(text);
    return text;
  }

  /** Without taking a place. */
  knownLabelOf(text: string): string {
    return text === '' || this.#known.has(text) ? text : otherLabel;
  }
}
