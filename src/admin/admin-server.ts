import { createServer, type RequestListener } from 'node:http';
import { BlockList, type AddressInfo } from 'node:net';
import { AppError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { AdminFacts } from './admin-facts.ts';

/** The admin listener. */
export interface AdminServer {
  /** Throws `ERR_LISTEN` when the port cannot be opened. */
  readonly start: () => Promise<void>;
  /** The port that is open; undefined before the start. */
  readonly port: () => number | undefined;
  readonly stop: () => Promise<void>;
}

export interface AdminServerOptions {
  readonly facts: AdminFacts;
  readonly port: number;
  readonly bind: string;
  /** Of the program, for a metric. */
  readonly version: string;
  readonly logger: Logger;
}

/** Creates the server; its port is closed before `start`. */
export function createAdminServer(options: AdminServerOptions): AdminServer {
  const { port, bind } = options;
  let app: Promise<RequestListener> | undefined;
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 10_000 },
    (request, response) => {
      app ??= loadApp(options);
      void app.then((answer) => answer(request, response));
    },
  );
  return {
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', (thrown) => {
          const message = `--admin-port: cannot listen on ${bind} port ${port}: ${messageOf(thrown)}`;
          reject(new AppError('ERR_LISTEN', message, thrown));
        });
        server.listen(port, bind, () => {
          app ??= loadApp(options);
          resolve();
        });
      }),
    port: () => (server.address() as AddressInfo | null)?.port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Express and the metrics take a while to load, which is spent while the cluster is asked for its resources. */
async function loadApp({
  facts,
  bind,
  version,
  logger,
}: AdminServerOptions): Promise<RequestListener> {
  const [{ createAdminApp }, { createMetricsPage }] = await Promise.all([
    import('./admin-app.ts'),
    import('./metrics-page.ts'),
  ]);
  const metrics = createMetricsPage(facts, version);
  return createAdminApp({ facts, metrics, localOnly: isLoopback(bind), logger });
}

function isLoopback(bind: string): boolean {
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  return bind === 'localhost' || loopback.check(bind, bind.includes(':') ? 'ipv6' : 'ipv4');
}
