import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startProgram } from './child-process.ts';
import { controllerNamespace } from './controller-account.ts';
import { freePort } from './free-port.ts';
import { createTempFolder } from './temp-folder.ts';

/** A gateway as it is started for a cluster: `seekgate run --kube`. */
export interface ControllerProcess {
  /** Of the plain listener, without a trailing slash. */
  readonly url: string;
  readonly adminUrl: string;
  readonly pid: number;
  readonly log: () => string;
  readonly ended: () => boolean;
  /** Resolves when `/readyz` says yes, with the milliseconds since the start. */
  readonly ready: () => Promise<number>;
  /** User and system time so far. */
  readonly cpuMs: () => number;
  readonly rssMb: () => number;
  readonly kill: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface ControllerProcessOptions {
  readonly kubeconfig: string;
  /** Default: a free one. A gateway that is started again takes that of the one before. */
  readonly httpPort?: number;
  /** The program; default is the one of the sources. */
  readonly main?: string;
}

const readyWithinMs = 60_000;
/** The kernel counts in steps of 10 ms. */
const msPerTick = 10;

/** Starts a gateway on a cluster; it may not be ready yet. */
export async function startController(
  options: ControllerProcessOptions,
): Promise<ControllerProcess> {
  const { kubeconfig, main = resolve(import.meta.dirname, '../../src/main.ts') } = options;
  const [httpPort, adminPort] = [options.httpPort ?? (await freePort()), await freePort()];
  const folder = createTempFolder();
  const flags = {
    kubeconfig,
    namespace: controllerNamespace,
    bind: '127.0.0.1',
    'http-port': httpPort,
    'admin-port': adminPort,
    'allow-local-upstreams': 'loopback',
    'access-log': 'off',
    'drain-accept-seconds': 0,
  };
  const given = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const args = [main, 'run', '--kube', ...given];
  const started = performance.now();
  const child = startProgram(process.execPath, args, folder.pathOf('log'));
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  const end = (how: () => Promise<void>) => () => how().finally(() => folder[Symbol.dispose]());
  return {
    ...child,
    url: `http://127.0.0.1:${httpPort}`,
    adminUrl,
    ready: async () => {
      await untilReady(adminUrl, child);
      return performance.now() - started;
    },
    cpuMs: () => cpuMs(child.pid),
    rssMb: () => rssMb(child.pid),
    kill: end(child.kill),
    stop: end(child.stop),
  };
}

async function untilReady(
  adminUrl: string,
  child: { readonly ended: () => boolean; readonly log: () => string },
): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  while (!(await isReady(adminUrl))) {
    if (child.ended() || performance.now() > deadline) {
      throw new Error(`the gateway is not ready:\n${child.log().slice(-4000)}`);
    }
    await delay(10);
  }
}

function isReady(adminUrl: string): Promise<boolean> {
  return fetch(`${adminUrl}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // proc(5): after the name, which may hold spaces, utime and stime are the 12th and 13th fields.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
}

function rssMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}
