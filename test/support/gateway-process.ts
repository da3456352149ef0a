import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

import { freePort } from './free-port.ts';

/** The gateway as a user starts it: `seekgate run`. */
export interface GatewayProcess {
  /** Of the plain listener, without a trailing slash. */
  readonly url: string;
  readonly adminUrl: string;
  /** Everything the gateway has logged. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

const main = resolve(import.meta.dirname, '../../src/main.ts');

/** Starts a gateway on a folder of manifests; resolves when it is ready. */
export async function startGatewayProcess(files: string): Promise<GatewayProcess> {
  const gateway = await startRun(['--files', files]);
  await gateway.ready();
  return gateway;
}

/** A gateway on a cluster, which need not be ready yet. */
export interface ControllerProcess extends GatewayProcess {
  readonly pid: number;
  /** Resolves when it is ready. */
  readonly ready: () => Promise<void>;
  /** Resolves with its exit code. */
  readonly ended: Promise<number | null>;
  readonly kill: (signal: 'SIGTERM' | 'SIGKILL') => void;
}

/** Starts a gateway on a cluster; backends on this machine are allowed, and it stops at once, unless the flags say otherwise. */
export async function startController(
  kubeconfig: string,
  flags: readonly string[] = [],
): Promise<ControllerProcess> {
  const test = ['--allow-local-upstreams', 'loopback', '--drain-accept-seconds', '0'];
  return startRun(['--kube', '--kubeconfig', kubeconfig, ...test, ...flags]);
}

async function startRun(flags: readonly string[]): Promise<ControllerProcess> {
  const [httpPort, adminPort] = [await freePort(), await freePort()];
  const own = ['--http-port', `${httpPort}`, '--admin-port', `${adminPort}`, '--bind', '127.0.0.1'];
  const child = spawn(process.execPath, [main, 'run', ...own, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  }
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  const closed = once(child, 'close').then(() => child.exitCode);
  return {
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${httpPort}`,
    adminUrl,
    log: () => log,
    ready: async () => {
      const deadline = performance.now() + 10_000;
      while (!(await isReady(adminUrl))) {
        if (child.exitCode !== null || performance.now() > deadline) {
          child.kill();
          throw new Error(`the gateway is not ready:\n${log}`);
        }
        await new Promise((settle) => setTimeout(settle, 20));
      }
    },
    ended: closed,
    kill: (signal) => void child.kill(signal),
    stop: async () => {
      if (child.exitCode === null) child.kill();
      await closed;
    },
  };
}

async function isReady(adminUrl: string): Promise<boolean> {
  return fetch(`${adminUrl}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}
