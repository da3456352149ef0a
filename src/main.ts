#!/usr/bin/env node
import { runCommandLine } from './cli/command-line.ts';

const stop = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait.
    if (stop.signal.aborted) process.exit(130);
    stop.abort(signal);
  });
}

let crashed = false;
process.on('uncaughtException', (error) => {
  crashed = true;
  stop.abort(error);
  process.stderr.write(`seekgate: ${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});

// A reader that has gone, as in `seekgate help | head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const code = await runCommandLine(process.argv.slice(2), {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  signal: stop.signal,
});
process.exit(crashed ? 1 : code);
