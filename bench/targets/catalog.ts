import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { envoyBinary } from '../../hack/envoy.ts';
import type { Credentials } from '../harness/credentials.ts';
import { freePort, start, type Running } from '../harness/process.ts';
import { writeEnvoyConfig } from './envoy.ts';
import { writeManifests } from './seekgate.ts';

/** The proxies that are compared. */
export const targetNames = [
  'bare',
  'envoy',
  'envoy-cache',
  'envoy-cache-log',
  'seekgate',
  'seekgate-log',
  'seekgate-model',
] as const;
export type TargetName = (typeof targetNames)[number];

export interface Target extends Running {
  readonly name: TargetName;
  readonly port: number;
}

export interface Surroundings {
  readonly scratch: string;
  readonly core: number;
  readonly credentials: Credentials;
  readonly upstreamPort: number;
}

/** Starts one of the proxies. */
export async function startTarget(name: TargetName, around: Surroundings): Promise<Target> {
  const port = await freePort();
  const command = name.startsWith('envoy')
    ? envoyCommand(name, port, around)
    : nodeCommand(name, await nodeParameters(name, port, around));
  const logFile = join(around.scratch, `${name}.log`);
  const running = await start({ ...command, core: around.core, logFile, port });
  return { ...running, name, port };
}

interface Command {
  readonly command: string;
  readonly parameters: readonly string[];
}

function envoyCommand(name: TargetName, port: number, around: Surroundings): Command {
  const file = join(around.scratch, `${name}.json`);
  writeEnvoyConfig(file, {
    credentials: around.credentials,
    port,
    upstreamPort: around.upstreamPort,
    cache: name.startsWith('envoy-cache'),
    ...(name.endsWith('-log') ? { accessLog: join(around.scratch, `${name}.access.log`) } : {}),
  });
  const parameters = ['-c', file, '--concurrency', '1', '--disable-hot-restart', '-l', 'error'];
  return { command: envoyBinary(), parameters };
}

function nodeCommand(name: TargetName, parameters: readonly string[]): Command {
  // BENCH_NODE_OPTIONS is for profiles: `--cpu-prof` and the like, for seekgate only.
  const extra = name === 'seekgate' ? (process.env.BENCH_NODE_OPTIONS?.split(' ') ?? []) : [];
  return { command: process.execPath, parameters: [...extra, ...parameters] };
}

async function nodeParameters(
  name: TargetName,
  port: number,
  around: Surroundings,
): Promise<readonly string[]> {
  if (name === 'bare') {
    const file = fileURLToPath(import.meta.resolve('./bare.ts'));
    return [file, String(port), `http://127.0.0.1:${around.upstreamPort}`];
  }
  const folder = join(around.scratch, name);
  writeManifests(folder, { ...around, model: name === 'seekgate-model' });
  const main = fileURLToPath(import.meta.resolve('../../src/main.ts'));
  const adminPort = await freePort();
  const accessLog = name.endsWith('-log') ? 'on' : 'off';
  return (
    `${main} run --files ${folder} --bind 127.0.0.1 --http-port ${port}` +
    ` --admin-port ${adminPort} --access-log ${accessLog}`
  ).split(' ');
}
