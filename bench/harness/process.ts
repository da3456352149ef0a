import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { requireTool } from './tools.ts';

/** A process that the bench started and ends. */
export interface Running {
  readonly pid: number;
  /** User and system time of all its threads so far, in microseconds (the kernel counts in steps of 10 ms). */
  readonly cpuMicros: () => number;
  readonly stop: () => Promise<void>;
}

export interface Start {
  readonly command: string;
  readonly parameters: readonly string[];
  /** The one core it may use. */
  readonly core: number;
  /** Its output goes here. */
  readonly logFile: string;
  /** Started when this answers. */
  readonly port: number;
  readonly env?: NodeJS.ProcessEnv;
}

const ticksPerSecond = 100;

/** Starts a server on one core and waits until its port answers. */
export async function start(options: Start): Promise<Running> {
  const log = openSync(options.logFile, 'w');
  const child = spawn(
    requireTool('taskset'),
    ['-c', String(options.core), options.command, ...options.parameters],
    { stdio: ['ignore', log, log], env: { ...process.env, ...options.env } },
  );
  await once(child, 'spawn');
  const running: Running = {
    pid: child.pid ?? 0,
    cpuMicros: () => cpuMicros(child.pid ?? 0),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const forced = setTimeout(() => child.kill('SIGKILL'), 3000);
      await once(child, 'exit');
      clearTimeout(forced);
    },
  };
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await answers(options.port)) return running;
    if (child.exitCode !== null) break;
    await pause(50);
  }
  await running.stop();
  const output = readFileSync(options.logFile, 'utf8').slice(-2000);
  throw new Error(`${options.command} did not open port ${options.port}:\n${output}`);
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function cpuMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // proc(5): after the parenthesised name, which may hold spaces, utime and stime are the 12th and 13th fields.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000_000) / ticksPerSecond;
}
