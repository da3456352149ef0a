import {
  connect,
  createServer,
  type ClientHttp2Session,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import {
  createServer as createNetServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import type { TLSSocket } from 'node:tls';

/** Both ends of an HTTP/2 connection. */
export interface StreamLab {
  readonly port: number;
  readonly client: ClientHttp2Session;
  /** The next stream at the server, as soon as its head is there. */
  readonly accepted: () => Promise<{
    readonly stream: ServerHttp2Stream;
    readonly raw: readonly string[];
  }>;
  readonly close: () => Promise<void>;
}

/** A server of node's own, whose streams a test takes. */
export async function startStreamLab(): Promise<StreamLab> {
  const waiting: ((one: { stream: ServerHttp2Stream; raw: readonly string[] }) => void)[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer({ strictSingleValueFields: false });
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, _headers, _flags, raw) => {
    stream.on('error', () => undefined);
    waiting.shift()?.({ stream, raw });
  });
  await listening(server);
  const client = connect(`http://127.0.0.1:${portOf(server)}`);
  client.on('error', () => undefined);
  return {
    port: portOf(server),
    client,
    accepted: () => new Promise((resolve) => waiting.push(resolve)),
    close: async () => {
      client.destroy();
      for (const session of sessions) session.destroy();
      await closed(server);
    },
  };
}

/** Hands each connection to the test; HTTP/2 does not mind that there is no TLS below. */
export async function startSocketServer(take: (socket: TLSSocket) => void) {
  const server = createNetServer((socket: Socket) => {
    socket.on('error', () => undefined);
    take(socket as TLSSocket);
  });
  await listening(server);
  const clients: ClientHttp2Session[] = [];
  return {
    port: portOf(server),
    connect: () => {
      const client = connect(`http://127.0.0.1:${portOf(server)}`);
      client.on('error', () => undefined);
      clients.push(client);
      return client;
    },
    close: async () => {
      for (const client of clients) client.destroy();
      await closed(server);
    },
  };
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
