/** Something under several labels, one level per label: looking it up makes no new text. */
export class LabelTree<T> {
  readonly #make: () => T;
  readonly #children = new Map<string, LabelTree<T>>();
  #value: T | undefined;

  constructor(make: () => T) {
    this.#make = make;
  }

  at(label: string): LabelTree<T> {
    let child = this.#children.get(label);
    if (child === undefined) {
      child = new LabelTree(this.#make);
      this.#children.set(label, child);
    }
    return child;
  }

  /** What is here; made when it is asked for first. */
  get value(): T {
    this.#value ??= this.#make();
    return this.#value;
  }

  /** All that was ever asked for, below here. */
  entries(labels: readonly string[] = []): readonly (readonly [readonly string[], T])[] {
    const own = this.#value === undefined ? [] : [[labels, this.#value] as const];
    const below = [...this.#children].map(([label, child]) => child.entries([...labels, label]));
    return [...own, ...below.flat()];
  }
}
