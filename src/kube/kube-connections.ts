import type { Clock } from '../base/clock.ts';
import type { KubeAccess } from './kube-access.ts';
import { openKubeConnection, type KubeConnection } from './kube-connection.ts';
import { NoConnectionError } from './no-connection-error.ts';
import { UnsentError, type KubeAnswer, type KubeCall } from './kube-exchange.ts';

/** The connections to one API server: one, as long as that takes all calls. */
export interface KubeConnections {
  readonly send: (call: KubeCall, access: KubeAccess) => Promise<KubeAnswer>;
  readonly close: () => Promise<void>;
  readonly stats: () => { readonly opened: number; readonly open: number };
}

/** How often a call that no server has looked at is sent again. */
const attempts = 3;

/** Whoever asks sooner is told that there is no connection: dozens of watches that try again are no dozens of attempts. */
const reconnectMs = 1_000;

/** Creates the pool; nothing is connected before the first call. */
export function createKubeConnections(options: {
  readonly server: URL;
  readonly clock: Clock;
}): KubeConnections {
  const pool = new Connections(options.server, options.clock);
  return {
    send: (call, access) => pool.send(call, access),
    close: () => pool.close(),
    stats: () => ({ opened: pool.opened, open: pool.open.length }),
  };
}

class Connections {
  opened = 0;
  /** The oldest first: it is filled first, so that the others become empty and end. */
  open: readonly KubeConnection[] = [];
  readonly #server: URL;
  readonly #clock: Clock;
  #opening: Promise<void> | undefined;
  #failed:
    { readonly fingerprint: string; readonly error: Error; readonly atMs: number } | undefined;
  #closed = false;

  constructor(server: URL, clock: Clock) {
    this.#server = server;
    this.#clock = clock;
  }

  async send(call: KubeCall, access: KubeAccess): Promise<KubeAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#sendOnce(call, access);
      } catch (thrown) {
        if (!(thrown instanceof UnsentError) || attempt === attempts) throw thrown;
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#opening?.catch(() => undefined);
    const open = this.open;
    for (const connection of open) connection.destroy();
    await Promise.all(open.map(({ closed }) => closed));
  }

  /** Between finding a place and taking it nothing else may run: the loop asks again after every wait. */
  async #sendOnce(call: KubeCall, access: KubeAccess): Promise<KubeAnswer> {
    for (;;) {
      if (this.#closed) throw new Error('the client is closed');
      const connection = this.#withPlace(access);
      if (connection) return connection.send(call);
      this.#failIfJustTried(access);
      this.#opening ??= this.#tryToConnect(access).finally(() => {
        this.#opening = undefined;
      });
      await abortable(this.#opening, call.signal);
    }
  }

  #failIfJustTried({ fingerprint }: KubeAccess): void {
    const failed = this.#failed;
    if (failed?.fingerprint !== fingerprint) return;
    if (this.#clock.monotonic() - failed.atMs < reconnectMs) throw failed.error;
  }

  async #tryToConnect(access: KubeAccess): Promise<void> {
    try {
      await this.#connect(access);
      this.#failed = undefined;
    } catch (thrown) {
      const error = new NoConnectionError(thrown);
      this.#failed = { fingerprint: access.fingerprint, error, atMs: this.#clock.monotonic() };
      throw error;
    }
  }

  /** A connection with other TLS credentials than are valid now takes no more calls. */
  #withPlace(access: KubeAccess): KubeConnection | undefined {
    for (const one of this.open) if (one.fingerprint !== access.fingerprint) one.retire();
    return this.open.find((one) => one.free() > 0);
  }

  async #connect(access: KubeAccess): Promise<void> {
    const connection = await openKubeConnection({
      server: this.#server,
      access,
      clock: this.#clock,
    });
    this.opened += 1;
    this.open = [...this.open, connection];
    void this.#forgetWhenClosed(connection);
    this.#keepTidy(connection);
  }

  async #forgetWhenClosed(connection: KubeConnection): Promise<void> {
    await connection.closed;
    this.open = this.open.filter((one) => one !== connection);
  }

  /** A connection that a burst has opened ends when it is not used for a minute; the last one stays. */
  #keepTidy(connection: KubeConnection): void {
    let stop = (): void => undefined;
    const look = (): void => {
      const others = this.open.filter((one) => one !== connection && one.free() > 0);
      if (connection.active() === 0 && others.length > 0) connection.retire();
      else stop = this.#clock.after(60_000, look);
    };
    stop = this.#clock.after(60_000, look);
    void connection.closed.then(() => stop());
  }
}

/** The call gives up waiting; the connection is for others as well and is opened all the same. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason as Error);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  return Promise.race([promise, aborted.promise]).finally(() =>
    signal.removeEventListener('abort', abort),
  );
}
