import type { Duplex, Readable } from 'node:stream';

import type { Call } from './call.ts';
import type { RawRequest } from './exchange.ts';
import type { HeaderLines } from './header-lines.ts';

/** A request of a client: node's `IncomingMessage`, or a stream of HTTP/2 in the same form. */
export interface ClientRequest extends Readable, RawRequest {
  /** All of it has come. */
  readonly complete: boolean;
  readonly socket: ClientSocket;
}

/** What a request is told of its connection. */
export interface ClientSocket {
  readonly bytesRead: number;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  destroy(): unknown;
}

/** The way back to a client: {@link GatewayResponse}, or a stream of HTTP/2. */
export interface ClientResponse {
  call: Call | undefined;
  /** The client waits for `100 Continue` before it sends its body. */
  expectsContinue: boolean;
  /** The connection itself, where the protocol may be changed. */
  readonly tunnel: Duplex | undefined;
  readonly headersSent: boolean;
  readonly writableFinished: boolean;
  /** Of what was written, something waits here for the client to take it. */
  readonly isLeaving: boolean;
  /** A number that grows whenever the client takes something. */
  readonly bytesTaken: number;
  writeContinue(): void;
  writeHead(status: number, lines: HeaderLines): unknown;
  flushHeaders(): void;
  /** False: wait for `drain`. */
  write(data: Buffer): boolean;
  end(data?: string | Buffer, encoding?: BufferEncoding): unknown;
  /** Ends it so that what was sent does not look like a whole answer. */
  cut(): void;
  on(event: 'close' | 'error' | 'drain', listener: (this: ClientResponse) => void): unknown;
  once(event: 'close', listener: () => void): unknown;
}
