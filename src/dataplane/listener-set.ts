import { AppError, messageOf } from '../base/errors.ts';
import type { Listener } from '../ir/table.ts';
import type { CallContext } from './call.ts';
import { ListeningServer } from './listening-server.ts';
import type { Program } from './program.ts';
import { createRequestHandler } from './request-handler.ts';

/** A listener that could not be opened; the others serve. It is tried again at the next swap. */
export interface ListenFailure {
  readonly listener: string;
  readonly error: AppError;
}

interface OpenListener {
  /** A port stays open when only the name of its listener changes. */
  name: string;
  readonly server: ListeningServer;
}

/** The open ports of a data plane: brought to what the program in force says, without touching those that stay. */
export class ListenerSet {
  readonly #context: CallContext;
  readonly #address: string;
  readonly #current: () => Program;
  readonly #open = new Map<string, OpenListener>();
  readonly #leaving = new Set<ListeningServer>();
  #turn: Promise<unknown> = Promise.resolve();
  #announced = false;

  constructor(context: CallContext, address: string, current: () => Program) {
    this.#context = context;
    this.#address = address;
    this.#current = current;
  }

  /** One after the other, each for the program that is in force then. */
  reconcile(): Promise<readonly ListenFailure[]> {
    const turn = this.#turn.then(() => this.#reconcile());
    this.#turn = turn;
    return turn;
  }

  ports(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...this.#open.values()].map(({ name, server }) => [name, server.port]),
    );
  }

  announceClose(): void {
    this.#announced = true;
    for (const { server } of this.#open.values()) server.announceClose();
  }

  close(): void {
    for (const key of this.#open.keys()) this.#close(key);
  }

  cut(): void {
    for (const server of this.#leaving) server.cut();
    this.#leaving.clear();
  }

  async #reconcile(): Promise<readonly ListenFailure[]> {
    const wanted = new Map(
      [...this.#current().listeners.values()].map(({ listener }) => [keyOf(listener), listener]),
    );
    for (const key of this.#open.keys()) if (!wanted.has(key)) this.#close(key);
    const failures = await Promise.all(
      [...wanted].map(([key, listener]) => this.#ensure(key, listener)),
    );
    return failures.flatMap((failure) => failure ?? []);
  }

  async #ensure(key: string, listener: Listener): Promise<ListenFailure | undefined> {
    const known = this.#open.get(key);
    if (known !== undefined) {
      known.name = listener.name;
      known.server.refresh();
      return undefined;
    }
    try {
      await this.#listen(key, listener);
      return undefined;
    } catch (error) {
      const message = `listener ${listener.name}, port ${listener.port}: ${messageOf(error)}`;
      return { listener: listener.name, error: new AppError('ERR_LISTEN', message, error) };
    }
  }

  async #listen(key: string, { name, port, address, tls }: Listener): Promise<void> {
    const nameNow = (): string => this.#open.get(key)?.name ?? name;
    const server = new ListeningServer(this.#context, {
      tls,
      handle: createRequestHandler(this.#context, this.#current, nameNow),
      listener: () => this.#current().listeners.get(nameNow()),
    });
    await server.listen(port, addressOf(address, this.#address));
    if (this.#announced) server.announceClose();
    this.#open.set(key, { name, server });
  }

  #close(key: string): void {
    const server = this.#open.get(key)?.server;
    this.#open.delete(key);
    if (server === undefined) return;
    this.#leaving.add(server);
    server.close(() => this.#leaving.delete(server));
  }
}

/** Port 0 is any free port: there each name has its own. */
function keyOf({ name, port, address = '', tls }: Listener): string {
  return `${tls ? 'tls' : 'plain'} ${address} ${port === 0 ? name : port}`;
}

/** A process that was told an address opens no other. */
function addressOf(own: string | undefined, ofAll: string): string {
  return own !== undefined && (ofAll === '::' || ofAll === '0.0.0.0') ? own : ofAll;
}
