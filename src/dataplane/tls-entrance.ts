import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';

import { messageOf } from '../base/errors.ts';
import type { CallContext } from './call.ts';
import { readClientHello } from './client-hello.ts';
import { hasSubjectAltName } from './subject-alt-names.ts';
import type { TlsChain, TlsChains, TlsClientRule } from './tls-chains.ts';
import { TlsSession } from './tls-session.ts';

/** The largest first message that is waited for, as in Envoy. */
const HELLO_BYTES = 16 * 1024;

/** What an entrance is made with. */
export interface TlsEntranceOptions {
  /** Asked at each handshake: those of the program in force. */
  readonly chains: () => TlsChains | undefined;
  /** Gets each connection whose handshake is over and whose client may connect. */
  readonly enter: (socket: TLSSocket, session: TlsSession) => void;
}

/**
 * Where TLS connections come in. The server name is read before the handshake begins, since all of it depends on the name:
 * versions, certificate, and whether the client is asked for one.
 */
export class TlsEntrance {
  readonly #context: CallContext;
  readonly #options: TlsEntranceOptions;
  /** One for each chain, by its key: what one of them has agreed on with a client cannot be resumed at another. */
  readonly #servers = new Map<string, Server>();
  readonly #waiting = new Set<Socket>();

  constructor(context: CallContext, options: TlsEntranceOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** Takes a connection of which no byte was read. */
  take(socket: Socket): void {
    this.#waiting.add(socket);
    const cancel = this.#context.clock.after(this.#context.limits.headTimeoutMs, () =>
      socket.destroy(),
    );
    let bytes: Buffer = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      const hello = readClientHello(bytes);
      if (hello === 'more' && bytes.length < HELLO_BYTES) return;
      socket.off('data', onData);
      cancel();
      if (typeof hello === 'string') socket.destroy();
      else this.#begin(socket, bytes, hello.serverName);
    };
    socket.on('data', onData);
    socket.on('error', ignore);
    socket.on('close', () => {
      cancel();
      this.#waiting.delete(socket);
    });
  }

  /** Lets go of what no chain needs any more. */
  prune(): void {
    const keys = new Set(this.#options.chains()?.all.map(({ key }) => key));
    for (const key of this.#servers.keys()) if (!keys.has(key)) this.#servers.delete(key);
  }

  /** Cuts those that are still shaking hands. */
  cut(): void {
    for (const socket of this.#waiting) socket.destroy();
  }

  #begin(socket: Socket, bytes: Buffer, serverName: string | undefined): void {
    const chain = this.#options.chains()?.find(serverName);
    const server = chain && this.#serverFor(chain);
    if (server === undefined) {
      socket.destroy();
      return;
    }
    socket.pause();
    socket.unshift(bytes);
    server.emit('connection', socket);
  }

  /** One certificate that does not load hurts only its own names. */
  #serverFor(chain: TlsChain): Server | undefined {
    const known = this.#servers.get(chain.key);
    if (known !== undefined) return known;
    try {
      const server = this.#createServer(chain);
      this.#servers.set(chain.key, server);
      return server;
    } catch (error) {
      this.#context.logger.error({ error: messageOf(error) }, 'certificate does not load');
      return undefined;
    }
  }

  #createServer(chain: TlsChain): Server {
    const handshakeTimeout = this.#context.limits.headTimeoutMs;
    const server = createServer({ handshakeTimeout, ...chain.options });
    server.on('secureConnection', (socket: TLSSocket) => this.#enter(socket, chain));
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }

  #enter(socket: TLSSocket, chain: TlsChain): void {
    const { clients } = chain;
    if (clients !== undefined && !isWelcome(socket, clients)) {
      this.#context.logger.debug({}, 'client certificate refused');
      socket.destroy();
      return;
    }
    // `servername` is typed as if there always was one.
    const name: unknown = socket.servername;
    const serverName = typeof name === 'string' ? name.toLowerCase() : undefined;
    this.#options.enter(socket, new TlsSession(serverName, chain));
  }
}

/** Node has refused already whom no authority certifies. */
function isWelcome(socket: TLSSocket, { names }: TlsClientRule): boolean {
  const certificate = socket.getPeerX509Certificate();
  return socket.authorized && certificate !== undefined && hasSubjectAltName(certificate, names);
}

function ignore(): void {
  // 'close' follows.
}
