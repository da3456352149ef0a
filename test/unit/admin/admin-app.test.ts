import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdminApp } from '../../../src/admin/admin-app.ts';
import type { AdminFacts } from '../../../src/admin/admin-facts.ts';
import { createMetricsPage } from '../../../src/admin/metrics-page.ts';
import { createLogger } from '../../../src/base/log.ts';
import { adminFacts } from '../../support/admin-facts.ts';
import { askHttp as ask } from '../../support/http-answer.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function started(different: Partial<AdminFacts> = {}, localOnly = true): Promise<number> {
  const facts = adminFacts(different);
  const metrics = createMetricsPage(facts, '1.2.3');
  const logger = createLogger('silent');
  const server = createServer(createAdminApp({ facts, metrics, localOnly, logger }));
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe('admin app', () => {
  it('lives', async () => {
    expect(await ask(await started(), '/livez')).toMatchObject({ status: 200, body: 'ok\n' });
  });

  it('is ready when nothing is missing, else says what is', async () => {
    let missing: string[] = ['files are being read', 'no table is published'];
    const port = await started({ missing: () => missing });
    expect(await ask(port, '/readyz')).toMatchObject({
      status: 503,
      body: 'not ready: files are being read; no table is published\n',
    });
    missing = [];
    expect(await ask(port, '/readyz')).toMatchObject({ status: 200, body: 'ok\n' });
  });

  it('gives metrics and the configuration', async () => {
    const port = await started();
    const metrics = await ask(port, '/metrics');
    expect(metrics.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(metrics.body).toContain('seekgate_ready 1');
    const dump = await ask(port, '/config_dump');
    expect(dump.headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(dump.body)).toMatchObject({ table: null });
  });

  it('lists its pages at / and where there is none', async () => {
    const port = await started();
    expect(await ask(port, '/')).toMatchObject({ status: 200 });
    const answer = await ask(port, '/quitquitquit');
    expect(answer.status).toBe(404);
    for (const path of ['/livez', '/readyz', '/metrics', '/config_dump']) {
      expect(answer.body).toContain(path);
    }
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('refuses %s', async (method) => {
    const answer = await ask(await started(), '/config_dump', { method });
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  it('answers HEAD', async () => {
    const answer = await ask(await started(), '/livez', { method: 'HEAD' });
    expect(answer).toMatchObject({ status: 200, body: '' });
  });

  it('tells nothing of what it is made of, and is not to be kept', async () => {
    const { headers } = await ask(await started(), '/');
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('hides the stack of an error', async () => {
    const port = await started({
      outcomes: () => {
        throw new Error('broken');
      },
    });
    const answer = await ask(port, '/config_dump');
    expect(answer).toMatchObject({ status: 500, body: 'internal error\n' });
  });

  describe('where it is local answers only to a Host that cannot be rebound', () => {
    it.each(['localhost:9901', '127.0.0.1:9901', '[::1]:9901'])('%s', async (host) => {
      expect(await ask(await started(), '/livez', { host })).toMatchObject({ status: 200 });
    });

    it.each(['evil.example:9901', 'localhost.evil.example'])('not %j', async (host) => {
      expect(await ask(await started(), '/config_dump', { host })).toMatchObject({ status: 403 });
    });

    it('but to any elsewhere', async () => {
      const port = await started({}, false);
      expect(await ask(port, '/livez', { host: 'gateway.svc' })).toMatchObject({ status: 200 });
    });
  });
});
