/** A request as one strict reader understands it. */
export interface ReadRequest {
  readonly method: string;
  readonly target: string;
  readonly minor: number;
  /** Name in lower case, value without the white space around it. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly chunked: boolean;
  /** What only a lenient reader would take without a thought: chunk extensions and trailers, blank lines in front. */
  readonly tolerated: readonly string[];
}

/** All that is in a stream of bytes. */
export interface Reading {
  readonly requests: readonly ReadRequest[];
  /** How it ends: behind a request, within one, or with something that is none. */
  readonly tail: 'clean' | 'incomplete' | 'fault';
  /** The head of the request that was not complete or had a fault in its body. */
  readonly partial: ReadRequest | undefined;
  readonly fault: string;
}

/**
 * Reads requests by the letter of RFC 9112 and nothing else, with code of its own: what it cannot read in exactly one way
 * is a fault, and behind a fault it reads nothing.
 */
export function readRequests(bytes: Buffer): Reading {
  const reader = new RequestReader();
  reader.push(bytes);
  return reader.reading();
}

/**
 * Several spaces are allowed by RFC 9112 section 3. The other protocols, and a lone CR or LF in front of the line, are what
 * node's parser takes besides and does not tell: nothing of them reaches an upstream, whose request is written anew.
 */
const requestLine = /^([!#$%&'*+.^_`|~\w-]+) +([!-~]+) +(HTTP|RTSP|ICE)\/1\.([01])$/;

class Fault extends Error {}
class Incomplete extends Error {}

/** The same for bytes that come in pieces. */
export class RequestReader {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #requests: ReadRequest[] = [];
  #fault = '';
  #partial: ReadRequest | undefined;

  /** Gives the requests that are complete now. */
  push(bytes: Buffer): readonly ReadRequest[] {
    if (this.#fault !== '') return [];
    this.#bytes = Buffer.concat([this.#bytes.subarray(this.#at), bytes]);
    this.#at = 0;
    const complete: ReadRequest[] = [];
    try {
      for (;;) {
        this.#partial = undefined;
        const start = this.#at;
        const cursor = new Cursor(this.#bytes, start);
        complete.push(this.#request(cursor));
        this.#at = cursor.at;
      }
    } catch (error) {
      if (error instanceof Fault) this.#fault = error.message;
      else if (!(error instanceof Incomplete)) throw error;
    }
    this.#requests.push(...complete);
    return complete;
  }

  /** Everything up to now. */
  reading(): Reading {
    const isRest = this.#bytes.subarray(this.#at).some((byte) => byte !== 13 && byte !== 10);
    const ending = isRest ? 'incomplete' : 'clean';
    const tail = this.#fault === '' ? ending : 'fault';
    return { requests: this.#requests, tail, partial: this.#partial, fault: this.#fault };
  }

  #request(cursor: Cursor): ReadRequest {
    const tolerated: string[] = [];
    if (cursor.skipBlank()) tolerated.push('blank line');
    const line = cursor.line();
    const [, method, target, protocol, minor] = requestLine.exec(line) ?? [];
    if (protocol !== undefined && protocol !== 'HTTP') tolerated.push(protocol);
    if (line.includes('  ')) tolerated.push('spaces');
    if (method === undefined || target === undefined) throw new Fault(`request line ${line}`);
    const headers = fields(cursor);
    const framing = framingOf(headers, Number(minor));
    const head = { method, target, minor: Number(minor), headers, chunked: framing === 'chunked' };
    this.#partial = { ...head, body: Buffer.alloc(0), tolerated };
    const body = framing === 'chunked' ? chunks(cursor, tolerated) : cursor.bytes(framing);
    this.#partial = undefined;
    return { ...head, body, tolerated };
  }
}

function fields(cursor: Cursor): readonly (readonly [string, string])[] {
  const headers: [string, string][] = [];
  for (let line = cursor.line(); line !== ''; line = cursor.line()) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):([\t\x20-\x7e\x80-\xff]*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined)
      throw new Fault(`header line ${line.slice(0, 80)}`);
    headers.push([name.toLowerCase(), value.replaceAll(/^[ \t]+|[ \t]+$/g, '')]);
  }
  return headers;
}

function framingOf(
  headers: readonly (readonly [string, string])[],
  minor: number,
): 'chunked' | number {
  const lengths = headers.filter(([name]) => name === 'content-length');
  const codings = headers.filter(([name]) => name === 'transfer-encoding');
  if (lengths.length + codings.length > 1) throw new Fault('framed twice');
  const [coding] = codings;
  if (coding !== undefined) {
    if (coding[1].toLowerCase() !== 'chunked' || minor === 0) throw new Fault('transfer coding');
    return 'chunked';
  }
  const [, length = '0'] = lengths[0] ?? [];
  if (!/^0*[0-9]{1,15}$/.test(length)) throw new Fault('length');
  return Number(length);
}

function chunks(cursor: Cursor, tolerated: string[]): Buffer {
  const pieces: Buffer[] = [];
  for (;;) {
    const line = cursor.line();
    const [, size, extension] = /^([0-9A-Fa-f]+)((?:[ \t]*;.*)?)$/.exec(line) ?? [];
    if (size === undefined || !/^0*[0-9A-Fa-f]{1,12}$/.test(size)) throw new Fault('chunk size');
    if (extension !== '') tolerated.push('chunk extension');
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    pieces.push(cursor.bytes(length));
    if (!cursor.skip('\r\n')) throw new Fault('end of a chunk');
  }
  if (fields(cursor).length > 0) tolerated.push('trailer');
  return Buffer.concat(pieces);
}

class Cursor {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** Up to CRLF; a CR or LF by itself, or a NUL, is a fault as soon as it is there. */
  line(): string {
    const end = this.#bytes.indexOf('\r\n', this.at);
    const stop = end === -1 ? this.#bytes.length : end;
    const text = this.#bytes.toString('latin1', this.at, stop);
    const open = end === -1 && text.endsWith('\r') ? text.slice(0, -1) : text;
    if (/[\r\n\0]/.test(open)) throw new Fault('control character in a line');
    if (end === -1) throw new Incomplete();
    this.at = end + 2;
    return text;
  }

  bytes(length: number): Buffer {
    if (this.at + length > this.#bytes.length) throw new Incomplete();
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  /** Whether there was a CR or LF in front of a request. */
  skipBlank(): boolean {
    const from = this.at;
    while (this.#bytes[this.at] === 13 || this.#bytes[this.at] === 10) this.at += 1;
    return this.at > from;
  }

  skip(text: string): boolean {
    const found = this.#bytes.toString('latin1', this.at, this.at + text.length);
    if (found.length < text.length && text.startsWith(found)) throw new Incomplete();
    if (found !== text) return false;
    this.at += text.length;
    return true;
  }
}
