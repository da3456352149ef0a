import type { IncomingMessage, ServerResponse } from 'node:http';

import { watch } from 'chokidar';

import { systemClock, type Clock } from '../base/clock.ts';
import { AppError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { contentHash, stableJson } from '../base/stable-json.ts';
import { openHttpListener, type HttpListener } from './http-listener.ts';
import { createKeyFolder, type KeyFolder } from './token-key-folder.ts';

/** What the JWKS server serves and where. */
export interface JwksServerOptions {
  /** Folder of public keys. */
  readonly directory: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly bind: string;
  /** How long a key is published after its file has gone. */
  readonly keepMs: number;
  /** `max-age` of answers: how soon a new key is seen by who caches. */
  readonly maxAgeSeconds: number;
  readonly log: Logger;
  /** Flag that changes the port. Default `--port`. */
  readonly portFlag?: string;
  readonly clock?: Clock;
}

const jwksPath = '/.well-known/jwks.json';

/** Serves the public keys of a folder as `/.well-known/jwks.json` and follows the folder; its `url` is that of the document. */
export async function createJwksServer(options: JwksServerOptions): Promise<HttpListener> {
  const folder = createKeyFolder({ ...options, clock: options.clock ?? systemClock });
  await folder.read().catch((thrown: unknown) => {
    throw new AppError('ERR_SOURCE', `${options.directory}: ${messageOf(thrown)}`, thrown);
  });
  const listener = await openHttpListener(
    (request, response) => answer(request, response, { folder, options }),
    { name: 'JWKS server', portFlag: options.portFlag ?? '--port', ...options },
  );
  const stopFollowing = follow(folder, options);
  return {
    port: listener.port,
    url: `${listener.url}${jwksPath}`,
    close: async () => {
      await Promise.all([stopFollowing(), listener.close()]);
    },
  };
}

/** Reads the folder again after every event, one reading at a time; returns how to stop. */
function follow(folder: KeyFolder, options: JwksServerOptions): () => Promise<void> {
  let reading = Promise.resolve();
  const readAgain = (): void => {
    reading = reading
      .then(() => folder.read())
      .catch((thrown: unknown) => {
        options.log.warn({ error: messageOf(thrown) }, 'key folder cannot be read');
      });
  };
  const watcher = watch(options.directory, { depth: 0, ignoreInitial: true });
  watcher.on('all', readAgain);
  watcher.on('error', (thrown) => {
    options.log.warn({ error: messageOf(thrown) }, 'key folder cannot be watched');
  });
  // What changed between the first reading and the start of the watch raises no event.
  watcher.on('ready', readAgain);
  return async () => {
    await watcher.close();
    await reading;
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { folder, options }: { readonly folder: KeyFolder; readonly options: JwksServerOptions },
): void {
  const path = (request.url ?? '').split('?')[0];
  if (path !== jwksPath) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end(`keys are at ${jwksPath}\n`);
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  const body = stableJson({ keys: folder.keys() });
  const headers = {
    'cache-control': `public, max-age=${options.maxAgeSeconds}`,
    etag: `"${contentHash(body)}"`,
  };
  if (matches(request.headers['if-none-match'], headers.etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  const type = 'application/jwk-set+json';
  response.writeHead(200, {
    ...headers,
    'content-type': type,
    'content-length': Buffer.byteLength(body),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** RFC 9110 13.1.2: a list of tags, compared weakly, or `*`. */
function matches(condition: string | undefined, etag: string): boolean {
  if (condition === undefined) return false;
  const tags = condition.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
