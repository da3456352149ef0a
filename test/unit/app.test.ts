import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp, type App } from '../../src/app.ts';
import { createLogger } from '../../src/base/log.ts';
import { readSettings } from '../../src/config/read-settings.ts';
import { writeKubeConfig } from '../support/kube-config-file.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';

const hello = `apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: {name: hello}
spec:
  virtualHost:
    domains: ['*']
    routes:
      - matchers: [{prefix: /}]
        directResponseAction: {status: 200, body: hello}
`;

const withKeys = (port: number) =>
  hello.replace(
    '    routes:',
    `    options: {jwt: {providers: {p: {jwks: {remote: {url: 'http://127.0.0.1:${port}/'}}}}}}\n    routes:`,
  );

const open: App[] = [];
afterEach(async () => {
  for (const app of open.splice(0)) await app.stop();
});

function build(folder: TempFolder, ...flags: string[]): App {
  return buildWith('--files', folder.path, ...flags);
}

function buildWith(...flags: string[]): App {
  const logger = createLogger('silent');
  const ports = ['--http-port', '0', '--admin-port', '0', '--bind', '127.0.0.1'];
  const app = createApp({
    settings: readSettings([...ports, ...flags], {}),
    version: '1.2.3',
    logger,
    accessLogger: logger,
  });
  open.push(app);
  return app;
}

const get = (port: number | undefined, path: string) =>
  fetch(`http://127.0.0.1:${port}${path}`).then(async (answer) => {
    return { status: answer.status, body: await answer.text() };
  });

describe('app', () => {
  it('serves the manifests of a folder, and is ready then', async () => {
    using folder = createTempFolder();
    await folder.write('a.yaml', hello);
    const app = build(folder);
    const report = await app.start();
    expect(report).toMatchObject({ listenerFailures: [] });
    const { default: port, admin } = app.ports();
    expect(await get(port, '/')).toEqual({ status: 200, body: 'hello' });
    expect(await get(admin, '/readyz')).toEqual({ status: 200, body: 'ok\n' });
    const metrics = await get(admin, '/metrics');
    expect(metrics.body).toMatch(/seekgate_requests_total\{virtual_host="default.hello".*\} 1/);
    expect(metrics.body).toMatch(/seekgate_build_info\{version="1.2.3"\} 1/);
  });

  it('is ready with nothing to serve', async () => {
    using folder = createTempFolder();
    const app = build(folder);
    await app.start();
    expect(Object.keys(app.ports())).toEqual(['admin']);
    expect(await get(app.ports()['admin'], '/readyz')).toMatchObject({ status: 200 });
  });

  it('is not ready before keys were tried for the first time', async () => {
    using folder = createTempFolder();
    const asked = Promise.withResolvers<() => void>();
    const issuer = createServer((_request, response) =>
      asked.resolve(() => void response.writeHead(503).end()),
    );
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    const { port } = issuer.address() as AddressInfo;
    await folder.write('a.yaml', withKeys(port));
    const app = build(folder);
    await app.start();
    const { admin } = app.ports();
    expect(await get(admin, '/readyz')).toEqual({
      status: 503,
      body: 'not ready: keys are being fetched for the first time\n',
    });
    const refuse = await asked.promise;
    refuse();
    let ready = await get(admin, '/readyz');
    for (let i = 0; i < 100 && ready.status !== 200; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      ready = await get(admin, '/readyz');
    }
    expect(ready.status).toBe(200);
    const dump = JSON.parse((await get(admin, '/config_dump')).body) as {
      keySets: unknown[];
      outcomes: { conditions: { type: string }[] }[];
    };
    expect(dump.keySets).toEqual([
      expect.objectContaining({ host: `127.0.0.1:${port}`, state: 'failed', keys: 0 }),
    ]);
    const ofKeys = dump.outcomes[0]!.conditions.find(({ type }) => type === 'KeysReady');
    expect(ofKeys).toMatchObject({ status: 'False', reason: 'KeyFetchFailed' });
    issuer.close();
    issuer.closeAllConnections();
  });

  it('is not ready once it was told so, or stops', async () => {
    using folder = createTempFolder();
    const app = build(folder);
    await app.start();
    app.unready('it is tired');
    expect(await get(app.ports()['admin'], '/readyz')).toEqual({
      status: 503,
      body: 'not ready: it is tired\n',
    });
  });

  it('takes requests for a while after it was asked to stop, and is not ready then', async () => {
    using folder = createTempFolder();
    await folder.write('a.yaml', hello);
    const app = build(folder, '--drain-accept-seconds', '1');
    await app.start();
    const { default: port, admin } = app.ports();
    const stopped = app.stop();
    expect(await get(admin, '/readyz')).toEqual({
      status: 503,
      body: 'not ready: the process is stopping\n',
    });
    expect(await get(port, '/')).toEqual({ status: 200, body: 'hello' });
    await stopped;
    await expect(get(port, '/')).rejects.toThrow();
  });

  it('answers probes while a cluster cannot be reached, and opens no port', async () => {
    using folder = createTempFolder();
    const server = 'https://127.0.0.1:1';
    const config = writeKubeConfig(folder.pathOf('config'), { server, authority: '', token: 't' });
    const app = buildWith('--kube', '--kubeconfig', config, '--drain-accept-seconds', '0');
    const started = app.start();
    let live: { status: number } | undefined;
    for (let i = 0; i < 100 && live === undefined; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      live = await get(app.ports()['admin'], '/livez').catch(() => undefined);
    }
    expect(live).toMatchObject({ status: 200 });
    expect(await get(app.ports()['admin'], '/readyz')).toMatchObject({ status: 503 });
    const metrics = await get(app.ports()['admin'], '/metrics');
    expect(metrics.body).toMatch(/^seekgate_kube_is_leader 0$/m);
    expect(Object.keys(app.ports())).toEqual(['admin']);
    await app.stop();
    expect(await Promise.race([started, Promise.resolve('still waiting')])).toBe('still waiting');
  });

  it('reports a port that is in use, and opens it once it is free', async () => {
    using folder = createTempFolder();
    await folder.write('a.yaml', hello);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const app = build(folder, '--http-port', `${port}`);
    const report = await app.start();
    expect(report.listenerFailures).toEqual([
      { listener: 'default', message: expect.stringContaining(`port ${port}`) },
    ]);
    await new Promise((resolve) => other.close(resolve));
    await folder.write('b.yaml', hello.replace('hello}', 'other}').replace("'*'", 'b.example'));
    let answer: { status: number } | undefined;
    for (let i = 0; i < 100 && answer === undefined; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      answer = await get(port, '/').catch(() => undefined);
    }
    expect(answer).toMatchObject({ status: 200 });
  });

  it('does not start on a folder that is not there', async () => {
    using folder = createTempFolder();
    const app = build(folder, '--files', folder.pathOf('none'));
    await expect(app.start()).rejects.toMatchObject({ code: 'ERR_SOURCE' });
  });
});
