import type { Command } from '../../src/cli/command.ts';

export interface CommandRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartedCommand {
  /** Resolves with everything written so far once standard output matches; rejects when the command ends first. */
  readonly until: (pattern: RegExp) => Promise<string>;
  /** As Ctrl-C does; then the exit. */
  readonly stop: () => Promise<CommandRun>;
  readonly done: Promise<CommandRun>;
}

/** Runs a command in this process and keeps what it wrote. */
export function runCommand(command: Command, args: readonly string[]): Promise<CommandRun> {
  return startCommand(command, args).done;
}

/** The same for a command that stays up until it is stopped. */
export function startCommand(command: Command, args: readonly string[]): StartedCommand {
  const abort = new AbortController();
  const written = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  const done = command
    .run(args, {
      stdout: (text) => {
        written.stdout += text;
        for (const watcher of watchers) watcher();
      },
      stderr: (text) => {
        written.stderr += text;
      },
      signal: abort.signal,
    })
    .then((code) => ({ code, ...written }));
  const until = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(written.stdout)) resolve(written.stdout);
      };
      watchers.add(look);
      look();
      done.then(() => reject(new Error(`ended: ${JSON.stringify(written)}`)), reject);
    });
  return {
    until,
    stop: () => {
      abort.abort();
      return done;
    },
    done,
  };
}
