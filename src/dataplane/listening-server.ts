import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

import { messageOf } from '../base/errors.ts';
import type { Call, CallContext, ClientConnection } from './call.ts';
import { clientErrorReply, rawReply, type ClientErrorReply } from './client-error.ts';
import type { ClientRequest, ClientResponse } from './client-message.ts';
import { badRequest } from './denial.ts';
import type { Connection } from './exchange.ts';
import { GatewayResponse } from './gateway-response.ts';
import type { Limits } from './limits.ts';
import type { PreparedListener } from './program.ts';
import { parserOptions } from './read-request.ts';
import { StreamConnection } from './stream-connection.ts';
import { TlsEntrance } from './tls-entrance.ts';
import type { TlsSession } from './tls-session.ts';

/** Gets every request that could be read. */
export type RequestHandler = (
  connection: ClientConnection,
  request: ClientRequest,
  response: ClientResponse,
) => void;

/** What a port is opened with. */
export interface ListeningOptions {
  readonly tls: boolean;
  readonly handle: RequestHandler;
  /** The listener as it is in the program in force. */
  readonly listener: () => PreparedListener | undefined;
}

type GatewayServer = Server<typeof IncomingMessage, typeof GatewayResponse>;

/** One open port. Nothing that a client sends to it can throw out of it. */
export class ListeningServer {
  readonly tls: boolean;
  readonly #context: CallContext;
  readonly #options: ListeningOptions;
  readonly #server: GatewayServer;
  readonly #entrance: TlsEntrance | undefined;
  readonly #connections = new Map<Duplex, ClientConnection>();
  /** Connections of HTTP/2. */
  readonly #streams = new Map<StreamConnection, TlsSession>();
  /** Requests behind the one in work, of connections that have some. */
  readonly #waiting = new Map<ClientConnection, (() => void)[]>();
  #announced = false;

  constructor(context: CallContext, options: ListeningOptions) {
    this.tls = options.tls;
    this.#context = context;
    this.#options = options;
    this.#server = createServer(this.#serverOptions());
    this.#bind();
    if (options.tls) this.#entrance = this.#guard();
    else this.#server.on('connection', (socket) => this.#accept(socket));
  }

  /** Rejects with the system's error. */
  listen(port: number, address: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen({ port, host: address, backlog: 1024 }, () => {
      this.#server.off('error', reject);
      this.#server.on('error', (error) =>
        this.#context.logger.error({ error: messageOf(error) }, 'listener failed'),
      );
      resolve();
    });
    return promise;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0;
  }

  /** Another program is in force: connections on which nothing can be asked for any more come to their end. */
  refresh(): void {
    this.#entrance?.prune();
    const listener = this.#options.listener();
    if (listener?.chains === undefined) return;
    for (const [streams, tls] of this.#streams) if (!tls.isOfUse(listener)) streams.close();
    for (const [socket, connection] of this.#connections) {
      if (connection.tls?.isOfUse(listener) !== false) continue;
      connection.lastAnswer = true;
      if (connection.call === undefined) socket.end();
    }
  }

  /** From now on each answer is the last on its connection. */
  announceClose(): void {
    this.#announced = true;
    for (const connection of this.#connections.values()) connection.lastAnswer = true;
    for (const streams of this.#streams.keys()) streams.announceClose();
  }

  /** Takes no more connections; those in use go on, each with a last answer. */
  close(closed: () => void): void {
    this.announceClose();
    this.#server.close(closed);
    this.#server.closeIdleConnections();
    for (const streams of this.#streams.keys()) streams.close();
  }

  /** Cuts what is left. */
  cut(): void {
    this.#server.closeAllConnections();
    this.#entrance?.cut();
    for (const streams of this.#streams.keys()) streams.cut();
    for (const socket of this.#connections.keys()) socket.destroy();
  }

  /** Connections reach the HTTP server behind their handshake. */
  #guard(): TlsEntrance {
    const server = this.#server;
    const listeners = server.listeners('connection') as ((socket: Socket) => void)[];
    server.removeAllListeners('connection');
    const entrance = new TlsEntrance(this.#context, {
      chains: () => this.#options.listener()?.chains,
      enter: (socket, session) => {
        if (socket.alpnProtocol === 'h2') return this.#acceptStreams(socket, session);
        this.#accept(socket, session);
        for (const listener of listeners) listener.call(server, socket);
      },
    });
    server.on('connection', (socket) => entrance.take(socket));
    return entrance;
  }

  #bind(): void {
    const server = this.#server;
    // No bound for node, which would drop what is beyond it in silence: the head stage counts and refuses.
    server.maxHeadersCount = 0;
    server.timeout = 0;
    server.on('request', (request, response) => this.#request(request, response, false));
    server.on('checkContinue', (request, response) => this.#request(request, response, true));
    server.on('checkExpectation', (request, response) => this.#request(request, response, false));
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    server.on('connect', (_request, socket) => {
      this.#refuse(socket, { status: 405, text: 'Method Not Allowed' });
    });
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#error(error, socket));
  }

  #accept(socket: Socket, tls?: TlsSession): void {
    this.#connections.set(socket, {
      ...this.#connectionOf(socket, tls),
      lastAnswer: this.#announced,
      closed: false,
      call: undefined,
    });
    socket.on('close', () => this.#connections.delete(socket));
    socket.on('error', ignore);
  }

  #acceptStreams(socket: TLSSocket, tls: TlsSession): void {
    const streams = new StreamConnection(socket, {
      context: this.#context,
      connection: this.#connectionOf(socket, tls),
      handle: this.#options.handle,
      announced: this.#announced,
    });
    this.#streams.set(streams, tls);
    socket.on('close', () => this.#streams.delete(streams));
    socket.on('error', ignore);
  }

  #connectionOf({ remoteAddress: peer = '' }: Socket, tls: TlsSession | undefined): Connection {
    return {
      scheme: this.tls ? 'https' : 'http',
      peer: peer.startsWith('::ffff:') ? peer.slice('::ffff:'.length) : peer,
      ...(tls === undefined ? {} : { tls }),
    };
  }

  #request(request: IncomingMessage, response: GatewayResponse, expectsContinue: boolean): void {
    const connection = this.#connections.get(request.socket);
    if (connection === undefined) {
      request.socket.destroy();
      return;
    }
    response.expectsContinue = expectsContinue;
    if (connection.call === undefined) this.#serve(connection, request, response);
    else this.#queue(connection, connection.call, () => this.#serve(connection, request, response));
  }

  #serverOptions() {
    const shouldUpgradeCallback = (request: IncomingMessage): boolean => this.#mayUpgrade(request);
    return { ...serverOptions(this.#context.limits), shouldUpgradeCallback };
  }

  /** Behind another request on its connection, or in front of a body, it is a request like any other. */
  #mayUpgrade({ headers, socket }: IncomingMessage): boolean {
    if (headers.upgrade?.toLowerCase() !== 'websocket') return false;
    if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) {
      return false;
    }
    const connection = this.#connections.get(socket);
    // Behind a last answer a request may be left that never gets one, and holds the connection.
    return connection !== undefined && !connection.closed && connection.call === undefined;
  }

  /** The connection is handed over: whatever the answer is, it is the last one on it. */
  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const response = new GatewayResponse(request);
    try {
      response.assignSocket(request.socket);
    } catch {
      // Another response holds it.
      socket.destroy();
      return;
    }
    if (head.length > 0) socket.unshift(head);
    // Nobody else reads it until the upstream has agreed: a client that leaves before would go unnoticed.
    socket.on('end', () => {
      if (!response.headersSent) socket.destroy();
    });
    socket.read(0);
    response.tunnel = socket;
    response.on('finish', () => request.socket.destroySoon());
    socket.on('drain', () => response.emit('drain'));
    this.#request(request, response, false);
  }

  #serve(connection: ClientConnection, request: IncomingMessage, response: GatewayResponse): void {
    // Behind the last answer of a connection nothing counts.
    if (connection.closed || request.socket.destroyed) return;
    this.#options.handle(connection, request, response);
  }

  /**
   * Pipelined requests are served one after the other, as in Envoy: else one connection could take every connection to an
   * upstream. Who sends more of them than are waited for has to send them again (RFC 9112 section 9.3.2).
   */
  #queue(connection: ClientConnection, { request, response }: Call, serve: () => void): void {
    const waiting = this.#waiting.get(connection) ?? [];
    if (waiting.length >= this.#context.limits.pipelinedRequests) {
      request.socket.destroy();
      return;
    }
    waiting.push(serve);
    if (waiting.length > 1) return;
    this.#waiting.set(connection, waiting);
    response.once('close', () => this.#serveNext(connection));
  }

  #serveNext(connection: ClientConnection): void {
    const waiting = this.#waiting.get(connection) ?? [];
    waiting.shift()?.();
    if (waiting.length === 0 || connection.call === undefined) this.#waiting.delete(connection);
    else connection.call.response.once('close', () => this.#serveNext(connection));
  }

  /** The parser gave up: a request whose end it has not seen cannot be completed. */
  #error(error: NodeJS.ErrnoException, socket: Duplex): void {
    this.#context.logger.debug({ code: error.code }, 'unreadable request');
    const reply = clientErrorReply(error.code);
    const call = this.#connections.get(socket)?.call;
    if (reply === undefined || !socket.writable) socket.destroy();
    else if (call === undefined || call.request.complete) this.#refuse(socket, reply);
    else if (call.response.headersSent) call.abort();
    else {
      call.pending?.cancel();
      call.deny({
        ...badRequest('bad_request', error.code ?? ''),
        status: reply.status,
        body: reply.text,
      });
    }
  }

  /** Answers what is no request to be served; behind one in work, that one gets its answer, and nothing after it counts. */
  #refuse(socket: Duplex, reply: ClientErrorReply): void {
    const connection = this.#connections.get(socket);
    const call = connection?.call;
    if (connection === undefined || call === undefined) {
      refuse(socket, reply);
      return;
    }
    connection.lastAnswer = true;
    if (connection.closed || !call.response.headersSent) return;
    connection.closed = true;
    call.response.once('close', () => socket.end(() => socket.destroy()));
  }
}

function serverOptions(limits: Limits) {
  return {
    ServerResponse: GatewayResponse,
    ...parserOptions(limits),
    optimizeEmptyRequests: true,
    keepAliveTimeout: limits.keepAliveMs,
    headersTimeout: limits.headTimeoutMs,
    // A stream may take its time; bodies are watched piece by piece.
    requestTimeout: 0,
    connectionsCheckingInterval: 1000,
  };
}

function refuse(socket: Duplex, reply: ClientErrorReply): void {
  socket.on('error', ignore);
  socket.end(rawReply(reply), () => socket.destroy());
}

function ignore(): void {
  // 'close' follows.
}
