import { EventEmitter } from 'node:events';
import { constants, type ServerHttp2Stream } from 'node:http2';

import type { Call } from './call.ts';
import type { ClientResponse } from './client-message.ts';
import type { HeaderLines } from './header-lines.ts';
import type { StreamRequest } from './stream-request.ts';

/** Meant for a connection of HTTP/1.1; in HTTP/2 they would make the answer malformed. */
const ofConnections = new Set(['connection', 'http2-settings', 'upgrade', 'transfer-encoding']);

/** The answer on a stream of HTTP/2. */
export class StreamResponse extends EventEmitter implements ClientResponse {
  call: Call | undefined = undefined;
  expectsContinue: boolean;
  readonly tunnel = undefined;
  writableFinished = false;
  readonly #stream: ServerHttp2Stream;
  readonly #request: Pick<StreamRequest, 'discard'>;
  #written = 0;
  #ended = false;

  constructor(
    stream: ServerHttp2Stream,
    request: Pick<StreamRequest, 'discard'>,
    expectsContinue: boolean,
  ) {
    super();
    this.#stream = stream;
    this.#request = request;
    this.expectsContinue = expectsContinue;
    stream.on('finish', () => this.#finish());
    stream.on('drain', () => this.emit('drain'));
    stream.on('close', () => this.emit('close'));
    // 'close' follows.
    stream.on('error', ignore);
  }

  get headersSent(): boolean {
    return this.#stream.headersSent;
  }

  get bytesTaken(): number {
    return this.#written - this.#stream.writableLength;
  }

  /** Also its end is held back by a client that leaves it no room. */
  get isLeaving(): boolean {
    return !this.writableFinished && !this.#stream.destroyed;
  }

  writeContinue(): void {
    this.#stream.additionalHeaders({ ':status': 100 });
  }

  /** Throws where a line cannot be written. */
  writeHead(status: number, lines: HeaderLines): void {
    const fields = [':status', String(status)];
    for (let index = 0; index < lines.length; index += 2) {
      const name = lines[index] ?? '';
      if (!ofConnections.has(name)) fields.push(name, lines[index + 1] ?? '');
    }
    this.#stream.respond(fields);
  }

  flushHeaders(): void {
    // They are on their way.
  }

  write(data: Buffer): boolean {
    if (!this.#takesData) return true;
    this.#written += data.length;
    return this.#stream.write(data);
  }

  end(data: string | Buffer = '', encoding: BufferEncoding = 'utf8'): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.#takesData) return;
    const bytes = typeof data === 'string' ? Buffer.from(data, encoding) : data;
    this.#written += bytes.length;
    if (bytes.length > 0) this.#stream.end(bytes);
    else this.#stream.end();
  }

  cut(): void {
    // Closing it would first send its end.
    this.#stream.destroy(new Error('cut'));
  }

  /** An answer without a body has ended with its head. */
  get #takesData(): boolean {
    return !this.#stream.writableEnded && !this.#stream.destroyed;
  }

  /** All is out: who still sends a body need not. */
  #finish(): void {
    // Node also finishes what the client has reset.
    if (this.#stream.aborted) return;
    this.writableFinished = true;
    if (this.#stream.readableEnded) return;
    this.#stream.close(constants.NGHTTP2_NO_ERROR);
    this.#request.discard();
  }
}

function ignore(): void {
  // 'close' follows.
}
