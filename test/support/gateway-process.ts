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

/** What a process gets beside its manifests and ports. */
interface ProcessOptions {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a gateway on a folder of manifests; resolves when it is ready. */
export async function startGatewayProcess(
  files: string,
  { flags: more = [], env = {} }: ProcessOptions = {},
): Promise<GatewayProcess> {
  const [httpPort, adminPort] = [await freePort(), await freePort()];
  const flags = ['--http-port', `${httpPort}`, '--admin-port', `${adminPort}`];
  const child = spawn(
    process.execPath,
    [main, 'run', '--files', files, '--bind', '127.0.0.1', ...flags, ...more],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  }
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  const deadline = performance.now() + 30_000;
  while (!(await isReady(adminUrl))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill();
      throw new Error(`the gateway is not ready:\n${log}`);
    }
    await new Promise((settle) => setTimeout(settle, 20));
  }
  return {
    url: `http://127.0.0.1:${httpPort}`,
    adminUrl,
    log: () => log,
    stop: async () => {
      if (child.exitCode !== null) return;
      const closed = once(child, 'close');
      child.kill();
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
