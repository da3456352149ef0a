import { afterEach, describe, expect, it } from '@jest/globals';
import { createAdminServer, type AdminServer } from '../../../src/admin/admin-server.ts';
import { createLogger } from '../../../src/base/log.ts';
import { adminFacts } from '../../support/admin-facts.ts';
import { askHttp } from '../../support/http-answer.ts';

const open: AdminServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.stop();
});

function build(bind: string, port = 0): AdminServer {
  const logger = createLogger('silent');
  return createAdminServer({ facts: adminFacts(), port, bind, version: '1.2.3', logger });
}

async function started(bind = '127.0.0.1'): Promise<number> {
  const server = build(bind);
  await server.start();
  open.push(server);
  return server.port()!;
}

describe('admin server', () => {
  it('has no port before it is started', () => {
    expect(build('127.0.0.1').port()).toBeUndefined();
  });

  it('serves the pages', async () => {
    expect(await askHttp(await started(), '/livez')).toMatchObject({ status: 200, body: 'ok\n' });
  });

  it.each([
    ['127.0.0.1', 403],
    ['localhost', 403],
    ['0.0.0.0', 200],
  ])('on %s answers a foreign Host with %i', async (bind, status) => {
    const port = await started(bind);
    expect(await askHttp(port, '/livez', { host: 'gateway.svc' })).toMatchObject({ status });
  });

  it('says which flag to change when the port is taken', async () => {
    const port = await started();
    await expect(build('127.0.0.1', port).start()).rejects.toMatchObject({
      code: 'ERR_LISTEN',
      message: expect.stringContaining(`--admin-port: cannot listen on 127.0.0.1 port ${port}`),
    });
  });
});
