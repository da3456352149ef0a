/** A line in which callers take turns, whatever number each has in it; of one caller the first who came goes first. */
export class FairLine<T> {
  /** In the order of their turns; none is empty. */
  readonly #callers = new Map<string, Set<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(caller: string, item: T): void {
    const items = this.#callers.get(caller);
    if (items === undefined) this.#callers.set(caller, new Set([item]));
    else items.add(item);
    this.#size += 1;
  }

  /** Takes out who is next. */
  shift(): T | undefined {
    const [entry] = this.#callers;
    if (entry === undefined) return undefined;
    const [caller, items] = entry;
    const [first] = items;
    if (first === undefined) return undefined;
    items.delete(first);
    this.#size -= 1;
    // Behind all others, who have not had a turn since.
    this.#callers.delete(caller);
    if (items.size > 0) this.#callers.set(caller, items);
    return first;
  }

  delete(caller: string, item: T): void {
    const items = this.#callers.get(caller);
    if (items?.delete(item) !== true) return;
    this.#size -= 1;
    if (items.size === 0) this.#callers.delete(caller);
  }

  /** Takes out the last of who has most, so that `caller` can have one more and still has no more; undefined: nobody has. */
  makeRoom(caller: string): T | undefined {
    let longest: readonly [string, Set<T>] | undefined;
    for (const entry of this.#callers) {
      if (longest === undefined || entry[1].size > longest[1].size) longest = entry;
    }
    if (longest === undefined) return undefined;
    const [name, items] = longest;
    const own = this.#callers.get(caller)?.size ?? 0;
    if (items.size < own + 2) return undefined;
    const last = [...items].at(-1);
    if (last !== undefined) this.delete(name, last);
    return last;
  }
}
