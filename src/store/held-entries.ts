import { refKey, type Entry } from '../api/resource.ts';

interface Held {
  readonly entry: Entry;
  readonly origin: string;
  /** Its place among those of its origin. */
  readonly order: number;
}

/** What all origins hold: of each ref the entries in the order of origins, the first of which counts. */
export class HeldEntries {
  readonly #byRef = new Map<string, readonly Held[]>();
  /** Keys of the refs of each origin. */
  readonly #byOrigin = new Map<string, Set<string>>();
  /** Keys of the refs that more than one entry has. */
  readonly #shared = new Set<string>();
  #order = 0;

  /** Takes the entries for all that an origin has; gives the keys of the refs that this concerns. */
  replaceOrigin(origin: string, entries: readonly Entry[]): ReadonlySet<string> {
    const concerned = new Set(this.#byOrigin.get(origin));
    const byKey = new Map<string, Held[]>();
    for (const entry of entries) {
      const key = refKey(entry.ref);
      const held = byKey.get(key) ?? [];
      held.push(this.#held(origin, entry));
      byKey.set(key, held);
      concerned.add(key);
    }
    for (const key of concerned) this.#replace(origin, key, byKey.get(key) ?? []);
    return concerned;
  }

  /** Takes an entry, or none, for all that an origin has of a ref. */
  replace(origin: string, key: string, entry: Entry | undefined): void {
    this.#replace(origin, key, entry ? [this.#held(origin, entry)] : []);
  }

  /** The entry that counts. */
  first(key: string): Entry | undefined {
    return this.#byRef.get(key)?.[0]?.entry;
  }

  /** Entries that do not count and the one that does, in the order of origins and then of their places there. */
  duplicates(): readonly { readonly entry: Entry; readonly first: Entry }[] {
    const found = [...this.#shared].flatMap((key) => {
      const [first, ...rest] = this.#byRef.get(key) ?? [];
      return first ? rest.map((held) => ({ ...held, first: first.entry })) : [];
    });
    return found.sort((a, b) => compare(a.origin, b.origin) || a.order - b.order);
  }

  #held(origin: string, entry: Entry): Held {
    this.#order += 1;
    return { entry, origin, order: this.#order };
  }

  #replace(origin: string, key: string, own: readonly Held[]): void {
    const others = (this.#byRef.get(key) ?? []).filter((one) => one.origin !== origin);
    const held = [...others, ...own].sort((a, b) => compare(a.origin, b.origin));
    if (held.length === 0) this.#byRef.delete(key);
    else this.#byRef.set(key, held);
    if (held.length > 1) this.#shared.add(key);
    else this.#shared.delete(key);
    const keys = this.#byOrigin.get(origin) ?? new Set();
    if (own.length > 0) keys.add(key);
    else keys.delete(key);
    if (keys.size === 0) this.#byOrigin.delete(origin);
    else this.#byOrigin.set(origin, keys);
  }
}

/** By code unit: the order must not depend on the locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
