/** An object of a JSON text: no prototype, so that `__proto__` and `constructor` are names like any other. */
export type JsonObject = Record<string, unknown>;

/** Nesting that is read; deeper is refused. */
const depthLimit = 32;

const numberForm = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y;
const literals: readonly (readonly [string, unknown])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/**
 * Reads JSON of unknown origin, or returns undefined. `JSON.parse` decides on the grammar; what it lets through and we do
 * not: a member twice (at any depth), lone surrogates, numbers beyond a double, more than 32 levels. Integers that a
 * double cannot hold become a bigint, so that an id of 19 digits is passed on as it was signed.
 */
export function parseStrictJson(text: string): { readonly value: unknown } | undefined {
  try {
    JSON.parse(text);
    return { value: new Reader(text).read() };
  } catch (error) {
    // Both throw on what they do not take; anything else is a fault of ours and has to be seen.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether a JSON value is an object; a list is none. */
export function isJsonObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Builds the values of a text whose grammar is known to be right: so it only has to tell them apart by their first character. */
class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): unknown {
    const first = this.#peek();
    if (first === '{') return this.#nested(() => this.#object());
    if (first === '[') return this.#nested(() => this.#array());
    if (first === '"') return this.#string();
    for (const [word, value] of literals) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    return this.#number();
  }

  #nested<T>(build: () => T): T {
    this.#depth += 1;
    if (this.#depth > depthLimit) throw new SyntaxError('too deep');
    this.#at += 1;
    const built = build();
    this.#at += 1;
    this.#depth -= 1;
    return built;
  }

  #object(): JsonObject {
    const members = Object.create(null) as JsonObject;
    while (this.#peek() !== '}') {
      const name = this.#string();
      if (name in members) throw new SyntaxError('a member twice');
      this.#skip(':');
      members[name] = this.read();
      this.#skip(',');
    }
    return members;
  }

  #array(): unknown[] {
    const items: unknown[] = [];
    while (this.#peek() !== ']') {
      items.push(this.read());
      this.#skip(',');
    }
    return items;
  }

  #string(): string {
    this.#peek();
    const start = this.#at;
    let end = this.#text.indexOf('"', start + 1);
    while (this.#escaped(end)) end = this.#text.indexOf('"', end + 1);
    this.#at = end + 1;
    const inner = this.#text.slice(start + 1, end);
    const text = inner.includes('\\') ? String(JSON.parse(`"${inner}"`)) : inner;
    if (!text.isWellFormed()) throw new SyntaxError('a lone surrogate');
    return text;
  }

  /** Whether an odd number of backslashes stands in front of a quote. */
  #escaped(quote: number): boolean {
    let first = quote;
    while (this.#text[first - 1] === '\\') first -= 1;
    return (quote - first) % 2 === 1;
  }

  #number(): number | bigint {
    numberForm.lastIndex = this.#at;
    const [source = '', fraction, exponent] = numberForm.exec(this.#text) ?? [];
    this.#at = numberForm.lastIndex;
    const value = Number(source);
    if (source === '' || !Number.isFinite(value)) throw new SyntaxError('no number');
    const isInteger = fraction === undefined && exponent === undefined;
    return isInteger && !Number.isSafeInteger(value) ? BigInt(source) : value;
  }

  /** The next character that is no white space. */
  #peek(): string {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? '-')) this.#at += 1;
    return this.#text[this.#at] ?? '';
  }

  #skip(separator: string): void {
    if (this.#peek() === separator) this.#at += 1;
  }
}
