import { afterEach, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { createLogger } from '../../../src/base/log.ts';
import type { AdminFacts } from '../../../src/admin/admin-facts.ts';
import { createAdminServer, type AdminServer } from '../../../src/admin/admin-server.ts';
import { adminFacts } from '../../support/admin-facts.ts';

const logger = createLogger('silent');
const open: AdminServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.stop();
});

async function started(different: Partial<AdminFacts> = {}, bind = '127.0.0.1') {
  const facts = adminFacts(different);
  const server = createAdminServer({ facts, port: 0, bind, version: '1.2.3', logger });
  await server.start();
  open.push(server);
  return server.port()!;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

function ask(port: number, path: string, options: { method?: string; host?: string } = {}) {
  const { method = 'GET', host = 'localhost' } = options;
  return new Promise<Answer>((resolve, reject) => {
    const target = { port, host: '127.0.0.1', path, method, headers: { host } };
    const sent = request(target, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('admin server', () => {
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

  describe('on loopback answers only to a Host that cannot be rebound', () => {
    it.each(['localhost:9901', '127.0.0.1:9901', '[::1]:9901'])('%s', async (host) => {
      expect(await ask(await started(), '/livez', { host })).toMatchObject({ status: 200 });
    });

    it.each(['evil.example:9901', 'localhost.evil.example'])('not %j', async (host) => {
      expect(await ask(await started(), '/config_dump', { host })).toMatchObject({ status: 403 });
    });

    it('but to any elsewhere', async () => {
      const port = await started({}, '0.0.0.0');
      expect(await ask(port, '/livez', { host: 'gateway.svc' })).toMatchObject({ status: 200 });
    });
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

  it('says which flag to change when the port is taken', async () => {
    const port = await started();
    const options = { facts: adminFacts(), port, bind: '127.0.0.1', version: '1', logger };
    const second = createAdminServer(options);
    await expect(second.start()).rejects.toMatchObject({
      code: 'ERR_LISTEN',
      message: expect.stringContaining(`--admin-port: cannot listen on 127.0.0.1 port ${port}`),
    });
  });
});
