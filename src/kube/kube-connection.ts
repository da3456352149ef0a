import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import type { KubeAccess } from './kube-access.ts';
import { sendOverHttp2, type KubeAnswer, type KubeCall } from './kube-exchange.ts';

/** One HTTP/2 connection to the API server, which many calls share. */
export interface KubeConnection {
  /** Of the TLS credentials that it was made with. */
  readonly fingerprint: string;
  /** How many calls more it takes now; 0 when the server wants no more of them, or it is at an end. */
  readonly free: () => number;
  /** Calls under way. */
  readonly active: () => number;
  readonly send: (call: KubeCall) => Promise<KubeAnswer>;
  /** Takes no more calls, and ends with the last one. */
  readonly retire: () => void;
  /** Breaks off every call. */
  readonly destroy: () => void;
  /** Resolves when it is at an end, for whatever reason. */
  readonly closed: Promise<void>;
}

export interface KubeConnectionOptions {
  readonly server: URL;
  readonly access: KubeAccess;
  readonly clock: Clock;
}

/** TCP, TLS and the server's settings. */
const connectWithinMs = 10_000;
/** A watch may be silent for minutes: only the answer to a ping tells a quiet server from one that is gone. */
const pingEveryMs = 15_000;
const pongWithinMs = 14_000;
/** A stall of this process must not pass for one of the server: what has arrived meanwhile is read first. */
const pongGraceMs = 1_000;
/** Lists are long, and the windows that HTTP/2 starts with let through 64 KiB per round trip. */
const streamWindow = 1024 * 1024;
const connectionWindow = 16 * 1024 * 1024;

/** Opens a connection; rejects when there is none within 10 s, or the server does not speak HTTP/2. */
export async function openKubeConnection(options: KubeConnectionOptions): Promise<KubeConnection> {
  const opening = Promise.withResolvers<never>();
  const socket = tlsSocket(options);
  socket.on('error', opening.reject);
  const stop = options.clock.after(connectWithinMs, () =>
    opening.reject(new Error(`no connection within ${connectWithinMs / 1000} s`)),
  );
  try {
    await Promise.race([secured(socket), opening.promise]);
    const session = connectHttp2(options.server, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: streamWindow },
    });
    session.on('error', opening.reject);
    await Promise.race([settled(session), opening.promise]);
    return connectionOf(session, options);
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  } finally {
    stop();
  }
}

function tlsSocket({ server, access }: KubeConnectionOptions): TLSSocket {
  const host = server.hostname.replace(/^\[(.*)\]$/, '$1');
  const socket = connectTls({
    // A name of a server cannot be an address.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...access.tls,
    host,
    port: Number(server.port || 443),
    ALPNProtocols: ['h2', 'http/1.1'],
  });
  return socket.setNoDelay(true).setKeepAlive(true, pingEveryMs);
}

async function secured(socket: TLSSocket): Promise<void> {
  await new Promise((resolve) => {
    socket.once('secureConnect', resolve);
  });
  if (socket.alpnProtocol !== 'h2') {
    throw new Error('the API server, or a proxy before it, offers no HTTP/2, which is needed');
  }
}

/** Until the server has said how many calls it takes at a time. */
async function settled(session: ClientHttp2Session): Promise<void> {
  await new Promise((resolve) => {
    session.once('remoteSettings', resolve);
  });
  session.setLocalWindowSize(connectionWindow);
}

function connectionOf(
  session: ClientHttp2Session,
  { access, clock }: KubeConnectionOptions,
): KubeConnection {
  let active = 0;
  let retired = false;
  const retire = (): void => {
    retired = true;
    // Sends a GOAWAY and waits for the calls under way.
    if (!session.closed) session.close();
  };
  session.on('goaway', () => {
    retired = true;
  });
  const closed = new Promise<void>((resolve) => {
    session.once('close', () => resolve());
  });
  keepPinging(session, clock);
  return {
    fingerprint: access.fingerprint,
    free: () => {
      if (retired || session.closed || session.destroyed) return 0;
      return Math.max(0, (session.remoteSettings.maxConcurrentStreams ?? 100) - active);
    },
    active: () => active,
    send: (call) => {
      active += 1;
      return sendOverHttp2(session, call, () => {
        active -= 1;
      });
    },
    retire,
    destroy: () => session.destroy(new Error('the client is closed')),
    closed,
  };
}

function keepPinging(session: ClientHttp2Session, clock: Clock): void {
  let stop: () => void;
  const giveUp = (): void => session.destroy(new Error('the API server does not answer pings'));
  const ping = (): void => {
    if (session.destroyed) return;
    stop = clock.after(pongWithinMs, () => {
      stop = clock.after(pongGraceMs, giveUp);
    });
    session.ping((error) => {
      stop();
      if (!error) stop = clock.after(pingEveryMs, ping);
    });
  };
  stop = clock.after(pingEveryMs, ping);
  session.once('close', () => stop());
}
