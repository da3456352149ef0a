/** The first message of a TLS client as far as it is read here. */
export interface ClientHello {
  /** Lower case; undefined: none was asked for. */
  readonly serverName: string | undefined;
}

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const RECORD_HEAD = 5;
const MESSAGE_HEAD = 4;

/** `more`: the message is not complete; `none`: these bytes begin no TLS connection. */
export function readClientHello(bytes: Buffer): ClientHello | 'more' | 'none' {
  const message = handshakeBytes(bytes);
  if (message === 'none') return 'none';
  if (message.length < MESSAGE_HEAD) return 'more';
  if (message[0] !== CLIENT_HELLO) return 'none';
  const end = MESSAGE_HEAD + message.readUIntBE(1, 3);
  if (message.length < end) return 'more';
  try {
    return { serverName: serverNameIn(new Cursor(message.subarray(MESSAGE_HEAD, end))) };
  } catch {
    // A length that points behind the end, or a name that is none.
    return 'none';
  }
}

/** The bytes of the handshake, which may be cut into several records. */
function handshakeBytes(bytes: Buffer): Buffer | 'none' {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const isHandshake = bytes[at] === HANDSHAKE && (bytes[at + 1] ?? 3) === 3;
    // What is behind the message is for whoever shakes hands.
    if (!isHandshake && at > 0) break;
    if (!isHandshake) return 'none';
    if (bytes.length < at + RECORD_HEAD) break;
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0 || length > 1 << 14) return 'none';
    parts.push(bytes.subarray(at + RECORD_HEAD, at + RECORD_HEAD + length));
    at += RECORD_HEAD + length;
  }
  return Buffer.concat(parts);
}

/** RFC 8446 section 4.1.2, RFC 6066 section 3. */
function serverNameIn(hello: Cursor): string | undefined {
  // Version and random.
  hello.take(34);
  hello.take(hello.number(1));
  hello.take(hello.number(2));
  hello.take(hello.number(1));
  if (hello.isAtEnd) return undefined;
  const extensions = new Cursor(hello.take(hello.number(2)));
  while (!extensions.isAtEnd) {
    const type = extensions.number(2);
    const content = extensions.take(extensions.number(2));
    if (type === SERVER_NAME) return hostName(new Cursor(content));
  }
  return undefined;
}

function hostName(extension: Cursor): string {
  const list = new Cursor(extension.take(extension.number(2)));
  if (list.number(1) !== 0) throw new RangeError('no host name');
  const name = list.take(list.number(2)).toString('latin1');
  if (!/^[!-~]+$/.test(name)) throw new RangeError('no name');
  return name.toLowerCase();
}

/** Reads on from where it stands; throws at the end. */
class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  number(size: number): number {
    return this.take(size).readUIntBE(0, size);
  }

  take(size: number): Buffer {
    const end = this.#at + size;
    if (end > this.#bytes.length) throw new RangeError('behind the end');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
