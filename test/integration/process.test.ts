import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');

/** Throws where nothing catches it, on SIGUSR2. */
const bomb = `data:text/javascript,${encodeURIComponent('process.on("SIGUSR2", () => { throw new Error("boom"); })')}`;

const children: ChildProcess[] = [];
const servers: Server[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function start(
  folder: TempFolder,
  httpPort: number,
  { takenAdminPort, more = [] }: { takenAdminPort?: number; more?: readonly string[] } = {},
) {
  const adminPort = takenAdminPort ?? (await freePort());
  const ports = ['--http-port', `${httpPort}`, '--admin-port', `${adminPort}`];
  const args = [
    '--import',
    bomb,
    main,
    'run',
    '--files',
    folder.path,
    '--bind',
    '127.0.0.1',
    ...ports,
    ...more,
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (written.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (written.stderr += chunk.toString()));
  const exit = once(child, 'close').then(([code]) => code as number | null);
  const url = `http://127.0.0.1:${httpPort}`;
  const readyz = `http://127.0.0.1:${adminPort}/readyz`;
  return { child, written, exit, url, readyz };
}

async function ready(url: string): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await new Promise((settle) => setTimeout(settle, 20));
  }
  throw new Error('never ready');
}

/** An upstream that answers when it is told to. */
async function slowUpstream() {
  const arrived = Promise.withResolvers<() => void>();
  const server = createServer((_request, response) =>
    arrived.resolve(() => void response.end('late')),
  );
  servers.push(server);
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  return { port: (server.address() as AddressInfo).port, arrived: arrived.promise };
}

const manifest = (port: number) => `apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: {name: app}
spec:
  virtualHost:
    domains: ['*']
    routes:
      - matchers: [{prefix: /}]
        routeAction: {single: {upstream: {name: slow}}}
---
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: {name: slow}
spec: {static: {hosts: [{addr: 127.0.0.1, port: ${port}}]}}
`;

describe('the process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'lets requests end on %s, then exits with 0',
    async (signal) => {
      using folder = createTempFolder();
      const upstream = await slowUpstream();
      await folder.write('a.yaml', manifest(upstream.port));
      const { child, written, exit, url, readyz } = await start(folder, await freePort());
      await ready(readyz);
      const answer = fetch(url).then(async (response) => [response.status, await response.text()]);
      const respond = await upstream.arrived;
      child.kill(signal);
      await new Promise((settle) => setTimeout(settle, 100));
      expect(child.exitCode).toBeNull();
      await expect(fetch(url)).rejects.toThrow();
      expect(await fetch(readyz).then((response) => response.text())).toMatch(/stopping/);
      respond();
      expect(await answer).toEqual([200, 'late']);
      expect(await exit).toBe(0);
      expect(written.stdout.trimEnd().split('\n').at(-1)).toMatch(/"msg":"gateway stopped"/);
      expect(written.stderr).toBe('');
    },
  );

  it('ends at once when it is asked twice', async () => {
    using folder = createTempFolder();
    const upstream = await slowUpstream();
    await folder.write('a.yaml', manifest(upstream.port));
    const { child, exit, url, readyz } = await start(folder, await freePort());
    await ready(readyz);
    const answer = fetch(url);
    await upstream.arrived;
    child.kill('SIGTERM');
    await new Promise((settle) => setTimeout(settle, 100));
    child.kill('SIGTERM');
    await expect(answer).rejects.toThrow();
    expect(await exit).toBe(130);
  });

  it('lets requests end after an exception that nothing caught, and exits with 1', async () => {
    using folder = createTempFolder();
    const upstream = await slowUpstream();
    await folder.write('a.yaml', manifest(upstream.port));
    const { child, written, exit, url, readyz } = await start(folder, await freePort());
    await ready(readyz);
    const answer = fetch(url).then((response) => response.text());
    const respond = await upstream.arrived;
    child.kill('SIGUSR2');
    await new Promise((settle) => setTimeout(settle, 100));
    expect((await fetch(readyz)).status).toBe(503);
    respond();
    expect(await answer).toBe('late');
    expect(await exit).toBe(1);
    expect(written.stdout).toMatch(/"level":"fatal".*boom.*"msg":"uncaught exception"/);
  });

  it('does not start on a port that is in use, and names it', async () => {
    using folder = createTempFolder();
    const upstream = await slowUpstream();
    await folder.write('a.yaml', manifest(upstream.port));
    const { written, exit } = await start(folder, upstream.port);
    expect(await exit).toBe(1);
    expect(written.stderr).toMatch(
      new RegExp(`^seekgate: listener default, port ${upstream.port}: .*EADDRINUSE`),
    );
  });

  it.each(['0', '5'])(
    'does not start with an admin port that is in use, and names it; accepting for %s s more',
    async (seconds) => {
      using folder = createTempFolder();
      const upstream = await slowUpstream();
      await folder.write('a.yaml', manifest(upstream.port));
      const { written, exit } = await start(folder, await freePort(), {
        takenAdminPort: upstream.port,
        more: ['--drain-accept-seconds', seconds],
      });
      expect(await exit).toBe(1);
      expect(written.stderr).toMatch(/^seekgate: --admin-port: .*EADDRINUSE/);
    },
  );

  it('does not start on a folder that is not there, and names it', async () => {
    using folder = createTempFolder();
    const missing = { ...folder, path: folder.pathOf('none') };
    const { written, exit } = await start(missing, await freePort());
    expect(await exit).toBe(1);
    expect(written.stderr).toMatch(/^seekgate: \/.*\/none: cannot be read: ENOENT/);
  });
});
