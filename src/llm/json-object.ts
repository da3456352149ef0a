import { isUtf8 } from 'node:buffer';

/** Where a member of the outermost object of a JSON text stands: its key, without the quotes, and its value. */
export interface JsonMember {
  readonly keyFrom: number;
  readonly keyTo: number;
  readonly from: number;
  readonly to: number;
}

/** A JSON text that is an object. */
export interface JsonObjectText {
  /** Just behind the opening brace. */
  readonly inside: number;
  readonly members: readonly JsonMember[];
}

/** Where a value stands. */
export type JsonPlace = Pick<JsonMember, 'from' | 'to'>;

/** Nesting that is read; no request for a model comes near to it. */
const depthLimit = 512;
/** Digits of one number; reading more would cost whoever reads it dearly. */
const numberLimit = 1024;

/** Of an object and of a list whose parts are noted down: what is noted takes more room than the text. */
const membersLimit = 10_000;
const elementsLimit = 100_000;

/**
 * Checks that bytes are one JSON object (RFC 8259, in UTF-8, without a byte order mark) and finds its members; undefined
 * when they are not. Nothing is built of what is in them: `JSON.parse` takes the better part of a second for 4 MiB of
 * brackets, in which nobody else is served.
 */
export function readJsonObject(bytes: Buffer): JsonObjectText | undefined {
  if (!isUtf8(bytes)) return undefined;
  return attempted(() => {
    const scanner = new Scanner(bytes, 0);
    const object = scanner.object();
    scanner.end();
    return object;
  });
}

/** The object at a place of bytes that were read already; undefined when something else stands there. */
export function readInnerObject(bytes: Buffer, from: number): JsonObjectText | undefined {
  return attempted(() => new Scanner(bytes, from).object());
}

/** The elements of the list at a place of bytes that were read already; undefined when something else stands there. */
export function readInnerList(bytes: Buffer, from: number): readonly JsonPlace[] | undefined {
  return attempted(() => new Scanner(bytes, from).list());
}

function attempted<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const letterU = 0x75;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const escapes = new Set(Buffer.from('"\\/bfnrt'));
const scalarEnds = new Set([...Buffer.from(' \t\n\r'), comma, closeBrace, closeBracket]);
const words = new Set(['true', 'false', 'null']);
/** Bytes of a string that are looked at one by one before a search is worth its while. */
const longRun = 512;
const searchedAtOnce = 64 * 1024;
/** What is below a space. */
const control = /[^ -\uffff]/;
const numberForm = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

class Scanner {
  readonly #bytes: Buffer;
  #at = 0;
  /** Places of the next quote and backslash, where they are not behind. */
  #nextQuote = -1;
  #nextEscape = -1;
  /** Closing characters of the containers around the place, the outermost object left out. */
  readonly #closers: number[] = [];

  constructor(bytes: Buffer, from: number) {
    this.#bytes = bytes;
    this.#at = from;
  }

  object(): JsonObjectText {
    const members: JsonMember[] = [];
    this.#skip(openBrace);
    const inside = this.#at;
    let more = this.#peek() !== closeBrace;
    while (more) {
      this.#peek();
      const keyFrom = this.#at + 1;
      const keyTo = this.#key();
      this.#peek();
      const from = this.#at;
      this.#value();
      members.push({ keyFrom, keyTo, from, to: this.#at });
      if (members.length > membersLimit) fail();
      more = this.#peek() === comma;
      if (more) this.#at += 1;
    }
    this.#skip(closeBrace);
    return { inside, members };
  }

  list(): JsonPlace[] {
    const elements: JsonPlace[] = [];
    this.#skip(openBracket);
    let more = this.#peek() !== closeBracket;
    while (more) {
      this.#peek();
      const from = this.#at;
      this.#value();
      elements.push({ from, to: this.#at });
      if (elements.length > elementsLimit) fail();
      more = this.#peek() === comma;
      if (more) this.#at += 1;
    }
    this.#skip(closeBracket);
    return elements;
  }

  /** Nothing else may follow. */
  end(): void {
    this.#peek();
    if (this.#at < this.#bytes.length) fail();
  }

  /** Without recursion: the depth of a text is up to whoever wrote it. */
  #value(): void {
    do {
      if (this.#opened()) continue;
      this.#scalar();
      this.#closed();
    } while (this.#closers.length > 0);
  }

  /** Goes into a container; an empty one is a value like any other. */
  #opened(): boolean {
    const first = this.#peek();
    if (first !== openBrace && first !== openBracket) return false;
    const closer = first === openBrace ? closeBrace : closeBracket;
    this.#at += 1;
    this.#closers.push(closer);
    if (this.#closers.length > depthLimit) fail();
    if (this.#peek() === closer) this.#closed();
    else if (closer === closeBrace) this.#key();
    return true;
  }

  /** Behind a value: leaves the containers that end here, up to the place of the next value. */
  #closed(): void {
    for (;;) {
      const closer = this.#closers.at(-1);
      if (closer === undefined) return;
      const next = this.#peek();
      if (next === comma) {
        this.#at += 1;
        if (closer === closeBrace) this.#key();
        return;
      }
      this.#skip(closer);
      this.#closers.pop();
    }
  }

  /** A key and its colon; gives the place of the closing quote. */
  #key(): number {
    this.#peek();
    this.#string();
    const end = this.#at - 1;
    this.#skip(colon);
    return end;
  }

  #scalar(): void {
    const bytes = this.#bytes;
    if (this.#peek() === quote) {
      this.#string();
      return;
    }
    const start = this.#at;
    let digits = true;
    while (this.#at < bytes.length && !scalarEnds.has(bytes[this.#at] ?? 0)) {
      digits &&= isDigit(bytes[this.#at] ?? 0);
      this.#at += 1;
      if (this.#at - start > numberLimit) fail();
    }
    const length = this.#at - start;
    // Most numbers are short whole ones.
    if (digits && (length === 1 || (length > 1 && bytes[start] !== 0x30))) return;
    const text = bytes.toString('latin1', start, this.#at);
    if (!words.has(text) && !numberForm.test(text)) fail();
  }

  #string(): void {
    const bytes = this.#bytes;
    if (bytes[this.#at] !== quote) fail();
    let at = this.#at + 1;
    let plain = 0;
    for (;;) {
      const byte = bytes[at] ?? 0;
      if (byte < 0x20) fail();
      if (byte === quote) break;
      plain = byte === backslash ? 0 : plain + 1;
      at += byte === backslash ? this.#escape(at + 1) : 1;
      if (plain === longRun) {
        at = this.#endOfRun(at);
        plain = 0;
      }
    }
    this.#at = at + 1;
  }

  /** Of characters that stand for themselves: found by searches over many bytes at once, images come as such texts. */
  #endOfRun(at: number): number {
    const bytes = this.#bytes;
    // Each is sought once, however often strings are broken by the other.
    if (this.#nextQuote < at) this.#nextQuote = foundAt(bytes, quote, at);
    if (this.#nextEscape < at) this.#nextEscape = foundAt(bytes, backslash, at);
    const to = Math.min(this.#nextQuote, this.#nextEscape);
    for (let from = at; from < to; from += searchedAtOnce) {
      const part = bytes.toString('latin1', from, Math.min(from + searchedAtOnce, to));
      if (control.test(part)) fail();
    }
    return to;
  }

  /** Length of an escape, its backslash included. */
  #escape(at: number): number {
    const bytes = this.#bytes;
    const byte = bytes[at] ?? 0;
    if (escapes.has(byte)) return 2;
    if (byte !== letterU) fail();
    for (let digit = at + 1; digit < at + 5; digit += 1) if (!isHex(bytes[digit] ?? 0)) fail();
    return 6;
  }

  /** The next byte that is no white space; 0 at the end. */
  #peek(): number {
    const bytes = this.#bytes;
    while (isSpace(bytes[this.#at])) this.#at += 1;
    return bytes[this.#at] ?? 0;
  }

  #skip(byte: number): void {
    if (this.#peek() !== byte) fail();
    this.#at += 1;
  }
}

function foundAt(bytes: Buffer, byte: number, from: number): number {
  const found = bytes.indexOf(byte, from);
  return found < 0 ? bytes.length : found;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isHex(byte: number): boolean {
  return isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function fail(): never {
  throw new SyntaxError('no JSON object');
}
