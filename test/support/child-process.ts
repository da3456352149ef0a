import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';

/** A program in the background; its output goes to a file. */
export interface Running {
  readonly pid: number;
  readonly log: () => string;
  readonly ended: () => boolean;
  /** Ends it at once: it has no time to say goodbye. */
  readonly kill: () => Promise<void>;
  /** Asks it to end, and ends it by force after five seconds. */
  readonly stop: () => Promise<void>;
}

/** Starts a program that does not outlive this process; the file of its output is added to. */
export function startProgram(path: string, args: readonly string[], logFile: string): Running {
  const output = openSync(logFile, 'a');
  const child = spawn(path, args, { stdio: ['ignore', output, output] });
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    process.off('exit', killAtExit);
    if (!ended()) await terminate(child, signal);
  };
  return {
    pid: child.pid ?? 0,
    log: () => readFileSync(logFile, 'utf8'),
    ended,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

async function terminate(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const closed = once(child, 'exit');
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), 5000);
  await closed;
  clearTimeout(force);
}
