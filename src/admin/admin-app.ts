import { isIP } from 'node:net';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Logger } from '../base/log.ts';
import type { AdminFacts } from './admin-facts.ts';
import { configDump } from './config-dump.ts';
import { addExplainPage } from './explain-page.ts';
import type { MetricsPage } from './metrics-page.ts';

/** What each path of the admin listener is for. */
const endpoints = {
  '/livez': 'the process runs',
  '/readyz': 'requests can be served; else what is missing',
  '/metrics': 'metrics for Prometheus',
  '/explain': 'POST a request as JSON: why it would be answered as it is',
  '/config_dump': 'the table in force, what became of each resource, key sets; without secrets',
} as const;

export interface AdminAppOptions {
  readonly facts: AdminFacts;
  readonly metrics: MetricsPage;
  /** Answer only to a `Host` that is an address or localhost. */
  readonly localOnly: boolean;
  readonly logger: Logger;
}

/** The admin pages: none of them changes anything. */
export function createAdminApp({ facts, metrics, localOnly, logger }: AdminAppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  if (localOnly) app.use(refuseForeignHosts);
  app.use(uncached);
  addExplainPage(app, facts);
  app.use(onlyReads);
  app.get('/', (_request, response) => {
    response.type('text').send(overview());
  });
  app.get('/livez', (_request, response) => {
    response.type('text').send('ok\n');
  });
  app.get('/readyz', (_request, response) => {
    const missing = facts.missing();
    const text = missing.length === 0 ? 'ok\n' : `not ready: ${missing.join('; ')}\n`;
    response
      .status(missing.length === 0 ? 200 : 503)
      .type('text')
      .send(text);
  });
  app.get('/metrics', async (_request, response) => {
    response.set('content-type', metrics.contentType).send(await metrics.text());
  });
  app.get('/config_dump', (_request, response) => {
    response.type('json').send(`${JSON.stringify(configDump(facts), undefined, 2)}\n`);
  });
  app.use((_request, response) => {
    response.status(404).type('text').send(overview());
  });
  app.use(reportError(logger));
  return app;
}

/** A page in a browser can have its own name resolve to this machine and read what listens there (DNS rebinding). */
const refuseForeignHosts: RequestHandler = (request, response, next) => {
  const host = URL.parse(`http://${request.headers.host ?? ''}`)?.hostname ?? '';
  if (host === 'localhost' || isIP(host.replaceAll(/^\[|\]$/g, '')) !== 0) return next();
  response.status(403).type('text').send('Host: found a name, accepted an address or localhost\n');
};

const uncached: RequestHandler = (_request, response, next) => {
  response.set({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  next();
};

const onlyReads: RequestHandler = (request, response, next) => {
  if (request.path === '/explain') {
    response.status(405).set('allow', 'POST').type('text').send('accepted POST\n');
    return;
  }
  if (request.method === 'GET' || request.method === 'HEAD') return next();
  response.status(405).set('allow', 'GET, HEAD').type('text').send('accepted GET and HEAD\n');
};

/** Express' own handler shows the stack. */
function reportError(logger: Logger): ErrorRequestHandler {
  return (thrown: unknown, _request, response, _next) => {
    logger.error({ err: thrown }, 'admin request failed');
    response.status(500).type('text').send('internal error\n');
  };
}

function overview(): string {
  const lines = Object.entries(endpoints).map(([path, text]) => `${path.padEnd(14)}${text}\n`);
  return lines.join('');
}
