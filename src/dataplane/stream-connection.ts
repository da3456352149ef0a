import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { TLSSocket } from 'node:tls';

import type { CallContext, ClientConnection } from './call.ts';
import type { Connection } from './exchange.ts';
import type { RequestHandler } from './listening-server.ts';
import type { Watched } from './stalls.ts';
import { readStreamHead } from './stream-head.ts';
import { StreamRequest } from './stream-request.ts';
import { StreamResponse } from './stream-response.ts';

/** Streams of one connection at a time; more are refused, to be sent again. */
const STREAMS = 100;

/** Streams that a client may reset before their answer, in a minute; with more it has no use for answers. */
const RESETS_PER_MINUTE = 200;
const MINUTE_MS = 60_000;

/** What a connection of HTTP/2 serves, and for whom. */
export interface StreamConnectionOptions {
  readonly context: CallContext;
  readonly connection: Connection;
  readonly handle: RequestHandler;
  /** The port is about to close. */
  readonly announced: boolean;
}

/** A connection of HTTP/2: each stream is served as a request on a connection of its own would be. */
export class StreamConnection implements Watched {
  readonly #options: StreamConnectionOptions;
  readonly #session: ServerHttp2Session;
  readonly #open = new Set<ServerHttp2Stream>();
  #begun = 0;
  #resets = 0;
  #resetsSinceMs: number;
  #announced: boolean;

  constructor(socket: TLSSocket, options: StreamConnectionOptions) {
    this.#options = options;
    this.#announced = options.announced;
    const { clock, limits, stalls } = options.context;
    this.#resetsSinceMs = clock.monotonic();
    // Else a client that only closes its side would keep the connection.
    socket.allowHalfOpen = false;
    this.#session = performServerHandshake(socket, {
      settings: { maxConcurrentStreams: STREAMS, enablePush: false },
      maxHeaderListPairs: limits.headerLines + PSEUDO_HEADERS,
      // Envoy passes such fields on as well.
      strictSingleValueFields: false,
    });
    this.#session.on('stream', (stream, _headers, _flags, rawHeaders) =>
      this.#serve(stream, rawHeaders),
    );
    // 'close' follows.
    this.#session.on('error', ignore);
    this.#session.on('close', () => stalls.unwatch(this));
    stalls.watch(this);
  }

  /** Until the first request as long as for a head, later as long as a connection is kept. */
  get limitMs(): number {
    const { headTimeoutMs, keepAliveMs } = this.#options.context.limits;
    return this.#begun === 0 ? headTimeoutMs : keepAliveMs;
  }

  progress(): number {
    // Of an answer that began behind a reset node waits for the end, and would never say that the stream is over.
    for (const stream of this.#open) if (stream.closed) stream.destroy();
    return this.#open.size > 0 ? this.#options.context.clock.monotonic() : -this.#begun;
  }

  stalled(): void {
    this.#session.destroy();
  }

  /** Asks the client to use another connection, as soon as this one has served something. */
  announceClose(): void {
    this.#announced = true;
    if (this.#begun > 0) this.close();
  }

  /** Takes no more streams, and says up to which it has; those that are open come to their end. */
  close(): void {
    if (!this.#session.closed) this.#session.close();
  }

  cut(): void {
    this.#session.destroy();
  }

  #serve(stream: ServerHttp2Stream, rawHeaders: readonly string[]): void {
    const { context, connection, handle } = this.#options;
    this.#open.add(stream);
    this.#begun += 1;
    // Not before: a client cannot ask anything on a connection that begins with its end.
    if (this.#begun === 1 && this.#announced) this.close();
    stream.on('close', () => this.#closed(stream));
    const { headBytes } = context.limits;
    const head = readStreamHead(rawHeaders, { hasBody: !stream.endAfterHeaders, headBytes });
    const request = new StreamRequest(stream, head);
    const response = new StreamResponse(stream, request, head.expectsContinue);
    const own: ClientConnection = {
      ...connection,
      lastAnswer: false,
      closed: false,
      call: undefined,
    };
    handle(own, request, response);
  }

  #closed(stream: ServerHttp2Stream): void {
    this.#open.delete(stream);
    if (stream.headersSent || !stream.aborted) return;
    const now = this.#options.context.clock.monotonic();
    if (now - this.#resetsSinceMs > MINUTE_MS) {
      this.#resetsSinceMs = now;
      this.#resets = 0;
    }
    this.#resets += 1;
    if (this.#resets <= RESETS_PER_MINUTE || this.#session.destroyed) return;
    this.#options.context.logger.debug({}, 'too many resets');
    this.#session.destroy(new Error('too many resets'), constants.NGHTTP2_ENHANCE_YOUR_CALM);
  }
}

const PSEUDO_HEADERS = 4;

function ignore(): void {
  // 'close' follows.
}
