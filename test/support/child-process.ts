import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';

/** A program in the background; its output goes to a file. */
export interface Running {
  readonly log: () => string;
  readonly ended: () => boolean;
  /** Asks it to end, and ends it by force after five seconds. */
  readonly stop: () => Promise<void>;
}

/** Starts a program that does not outlive this process. */
export function startProgram(path: string, args: readonly string[], logFile: string): Running {
  const output = openSync(logFile, 'w');
  const child = spawn(path, args, { stdio: ['ignore', output, output] });
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  return {
    log: () => readFileSync(logFile, 'utf8'),
    ended,
    stop: async () => {
      process.off('exit', killAtExit);
      if (!ended()) await terminate(child);
    },
  };
}

async function terminate(child: ChildProcess): Promise<void> {
  const closed = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 5000);
  await closed;
  clearTimeout(force);
}
