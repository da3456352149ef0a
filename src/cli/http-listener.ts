import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';

import { AppError, messageOf } from '../base/errors.ts';

/** A small HTTP server that is listening. */
export interface HttpListener {
  readonly port: number;
  /** `http://<address>:<port>`, without a trailing slash. */
  readonly url: string;
  /** Stops listening and cuts the connections that are open. */
  readonly close: () => Promise<void>;
}

/** Where to listen, and which flag changes the port (for the text of the error when it is taken). */
export interface HttpListenerOptions {
  readonly name: string;
  readonly bind: string;
  readonly port: number;
  readonly portFlag: string;
}

/** Starts a plain HTTP server; a port that is taken is an `ERR_LISTEN` that names the flag to use. */
export async function openHttpListener(
  handler: RequestListener,
  options: HttpListenerOptions,
): Promise<HttpListener> {
  const server = createServer(handler);
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const host = options.bind.includes(':') ? `[${options.bind}]` : options.bind;
  return { port, url: `http://${host}:${port}`, close: () => close(server) };
}

function listen(server: NetServer, options: HttpListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, options)));
    server.listen(options.port, options.bind, resolve);
  });
}

function listenError(error: Error, options: HttpListenerOptions): AppError {
  const taken = 'code' in error && error.code === 'EADDRINUSE';
  const why = taken ? 'is in use by another program' : `cannot be opened (${messageOf(error)})`;
  return new AppError(
    'ERR_LISTEN',
    `${options.name}: port ${options.port} on ${options.bind} ${why}; choose another with ${options.portFlag}`,
    error,
  );
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
