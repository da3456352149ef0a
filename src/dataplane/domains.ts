/** The virtual host for a host name; a prepared form of the lists of `VirtualHost.domains`. */
export interface Domains<T> {
  /** Exact, else the longest suffix form, else the longest prefix form, else `*` (Envoy's order). */
  readonly find: (host: string) => T | undefined;
}

/** Prepares domains in their four forms; the names are in lower case already. */
export function prepareDomains<T>(entries: Iterable<readonly [string, T]>): Domains<T> {
  const exact = new Map<string, T>();
  const suffixes = new LengthMap<T>();
  const prefixes = new LengthMap<T>();
  let fallback: T | undefined;
  for (const [domain, target] of entries) {
    if (domain === '*') fallback ??= target;
    else if (domain.startsWith('*')) suffixes.add(domain.slice(1), target);
    else if (domain.endsWith('*')) prefixes.add(domain.slice(0, -1), target);
    else if (!exact.has(domain)) exact.set(domain, target);
  }
  return {
    find: (host) =>
      exact.get(host) ??
      suffixes.longest(host.length, (length) => host.slice(-length)) ??
      prefixes.longest(host.length, (length) => host.slice(0, length)) ??
      fallback,
  };
}

/** Texts by their length, so that a lookup costs one map access per distinct length. */
class LengthMap<T> {
  readonly #byLength = new Map<number, Map<string, T>>();
  #lengths: number[] = [];

  add(text: string, target: T): void {
    let texts = this.#byLength.get(text.length);
    if (texts === undefined) {
      texts = new Map();
      this.#byLength.set(text.length, texts);
      this.#lengths = [...this.#byLength.keys()].sort((a, b) => b - a);
    }
    if (!texts.has(text)) texts.set(text, target);
  }

  /** The wildcard stands for at least one character. */
  longest(available: number, cut: (length: number) => string): T | undefined {
    for (const length of this.#lengths) {
      if (length >= available) continue;
      const found = this.#byLength.get(length)?.get(cut(length));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
